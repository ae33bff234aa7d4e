import seedrandom from 'seedrandom';

/** How a parameter begins: all equal, normal with mean 0, or uniform on [-bound, bound]. */
export type Initialise = { readonly constant: number } | { readonly normal: number } | { readonly uniform: number };

/** `size` initial values, a pure function of `path`. */
export function initialValues(path: string, size: number, initialise: Initialise): Float32Array {
  const values = new Float32Array(size);
  if ('constant' in initialise) return values.fill(initialise.constant);
  const random = seedrandom.xor4096(path); // a sixth of the time of the default, which counts for 10^8 weights
  if ('uniform' in initialise) return values.map(() => (2 * random() - 1) * initialise.uniform);
  fillNormal(values, random, initialise.normal);
  return values;
}

/** Box and Muller 1958: two uniforms give two normals. */
function fillNormal(values: Float32Array, random: () => number, deviation: number): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
}
