import seedrandom from 'seedrandom';

/** How a parameter begins: all equal, normal with mean 0, or uniform on [-bound, bound]. */
export type Initialise = { readonly constant: number } | { readonly normal: number } | { readonly uniform: number };

/** What fills one piece after another, of an even size but for the last, with initial values that are a pure function of `path`. */
export function initialValues(path: string, initialise: Initialise): (piece: Float32Array) => void {
  if ('constant' in initialise) return (piece) => piece.fill(initialise.constant);
  const random = seedrandom.xor4096(path); // a sixth of the time of the default, which counts for 10^8 weights
  if ('normal' in initialise) return (piece) => fillNormal(piece, random, initialise.normal);
  return (piece) => {
    for (let i = 0; i < piece.length; i++) piece[i] = (2 * random() - 1) * initialise.uniform;
  };
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
