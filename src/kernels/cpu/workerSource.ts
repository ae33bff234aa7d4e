/** What a thread of the pool runs once it has `module`, `memory` and `scratch`: plain JavaScript, the same under every loader. */
export const workerSource = `
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
const kernels = Object.values(exports);
exports.setScratch(scratch);
while (exports.rest())
  for (let chunk = exports.claim(); chunk >= 0; chunk = exports.claim()) {
    try { kernels[exports.kernel()](chunk); } catch { exports.fail(); }
    exports.complete();
  }
`;
