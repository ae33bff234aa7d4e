/**
 * What a thread of the pool runs once it has `module`, `memory`, `scratch` and, where there is a BLAS, `sgemm`: plain
 * JavaScript, the same under every loader.
 */
export const workerSource = `
const blasModule = { sgemm: typeof sgemm === 'function' ? sgemm : () => { throw new Error('there is no BLAS'); } };
const { exports } = new WebAssembly.Instance(module, { env: { memory }, blas: blasModule });
const kernels = Object.values(exports);
exports.setScratch(scratch);
while (exports.rest())
  for (let chunk = exports.claim(); chunk >= 0; chunk = exports.claim()) {
    try { kernels[exports.kernel()](chunk); } catch { exports.fail(); }
    exports.complete();
  }
`;
