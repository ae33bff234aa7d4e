/**
 * What a thread of the pool runs once it has `modules`, `memory`, `scratch`, its number `thread` and, where they are there, `sgemm` and
 * `multiplyTiles`: plain JavaScript, the same under every loader.
 */
export const workerSource = `
const absent = () => { throw new Error('kernels call what is not there'); };
const outside = {
  blas: { sgemm: typeof sgemm === 'function' ? sgemm : absent },
  native: { multiplyTiles: typeof multiplyTiles === 'function' ? multiplyTiles : absent },
};
const joined = new WebAssembly.Instance(modules.pairs, { env: { memory } });
const { exports } = new WebAssembly.Instance(modules.main, { env: { memory }, ...outside, joined: joined.exports });
const kernels = Object.values(exports);
exports.enter(scratch, thread);
while (exports.rest())
  for (let chunk = exports.claim(); chunk >= 0; chunk = exports.claim()) {
    try { kernels[exports.kernel()](chunk); } catch { exports.fail(); }
    exports.complete();
  }
`;
