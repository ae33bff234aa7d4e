/**
 * What a thread of the pool runs once it has `modules`, `memory`, `scratch`, its number `thread` and, where they are there, `sgemm` and
 * `multiplyTiles`: plain JavaScript, the same under every loader. (`exports` must not be declared: Bun and Deno declare it around such code.)
 */
export const workerSource = `
const absent = () => { throw new Error('kernels call what is not there'); };
const outside = {
  blas: { sgemm: typeof sgemm === 'function' ? sgemm : absent },
  native: { multiplyTiles: typeof multiplyTiles === 'function' ? multiplyTiles : absent },
};
const joined = new WebAssembly.Instance(modules.pairs, { env: { memory } });
const { exports: main } = new WebAssembly.Instance(modules.main, { env: { memory }, ...outside, joined: joined.exports });
const kernels = Object.values(main);
main.enter(scratch, thread);
while (main.rest())
  for (let chunk = main.claim(); chunk >= 0; chunk = main.claim()) {
    try { kernels[main.kernel()](chunk); } catch { main.fail(); }
    main.complete();
  }
`;
