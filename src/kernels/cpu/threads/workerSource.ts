/**
 * The code of a worker, given `modules`, `memory`, `scratch`, its number `thread` and, if there is a BLAS, `sgemm`: plain JavaScript,
 * so that no loader needs to transform it.
 */
export const workerSource = `
const blasModule = { sgemm: typeof sgemm === 'function' ? sgemm : () => { throw new Error('there is no BLAS'); } };
const joined = new WebAssembly.Instance(modules.pairs, { env: { memory } });
const { exports } = new WebAssembly.Instance(modules.main, { env: { memory }, blas: blasModule, joined: joined.exports });
const kernels = Object.values(exports);
exports.enter(scratch, thread);
while (exports.rest())
  for (let chunk = exports.claim(); chunk >= 0; chunk = exports.claim()) {
    try { kernels[exports.kernel()](chunk); } catch { exports.fail(); }
    exports.complete();
  }
`;
