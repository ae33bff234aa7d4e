import seedrandom from 'seedrandom';

/** How a parameter begins: all equal, normal with mean 0, or uniform on [-bound, bound]. */
export type Initialise = { readonly constant: number } | { readonly normal: number } | { readonly uniform: number };

/** Fills `values` with initial ones, a pure function of `path`. */
export function fillInitial(values: Float32Array, path: string, initialise: Initialise): void {
  if ('constant' in initialise) return void values.fill(initialise.constant);
  const random = seedrandom.xor4096(path); // a sixth of the time of the default, which counts for 10^8 weights
  if ('normal' in initialise) return fillNormal(values, random, initialise.normal);
  for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * initialise.uniform;
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
