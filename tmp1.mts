import { openWebGpu } from '/work/half/src/kernels/webgpu/index.ts';
import { openReference } from '/work/half/src/kernels/reference/index.ts';
import { differences, kernelNames } from '/work/half/test/kernels/conformance.ts';
const reference = openReference();
const d = await openWebGpu({precision:'f16'}); 
for (const k of process.argv.slice(2)) console.log(k, await differences(k as any, d, reference));
await d.close();
