import { openWebGpu } from '/work/half/src/kernels/webgpu/index.ts';
import { openReference } from '/work/half/src/kernels/reference/index.ts';
import { compareWithReference } from '/work/half/src/autograd/compareDevices.ts';
import { opChecks } from '/work/half/src/autograd/opChecks.ts';
import { boxChecks } from '/work/half/src/bert/boxChecks.ts';
const d = await openWebGpu({precision:'f16'}); const r = openReference();
const out:any[]=[];
for (const c of [...opChecks,...boxChecks]) { const {error,message}=await compareWithReference(c,d,r); out.push([error, message]); }
out.sort((a,b)=>b[0]-a[0]); console.log(out.slice(0,12), out.length);
await d.close();
