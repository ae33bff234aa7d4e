import seedrandom from 'seedrandom';

/**
 * How a parameter is initialised: a constant, normal values with mean 0 and this deviation, of which those further from 0 than so many
 * deviations (`cutoff`) are drawn again, or uniform on [-uniform, uniform].
 */
export type Initialise =
  | { readonly constant: number }
  | { readonly normal: number; readonly cutoff?: number }
  | { readonly uniform: number };

/** A function that fills successive pieces, all but the last of even size, with initial values that depend only on `path`. */
export function initialValues(path: string, initialise: Initialise): (piece: Float32Array) => void {
  if ('constant' in initialise) return (piece) => piece.fill(initialise.constant);
  const random = seedrandom.xor4096(path); // six times faster than the default, which matters for 10^8 weights
  if ('normal' in initialise)
    return initialise.cutoff === undefined
      ? (piece) => fillNormal(piece, random, initialise.normal)
      : fillingCutNormal(random, initialise.normal, initialise.cutoff);
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

/** Normal values of which those beyond the cut are drawn again; one left over from a pair begins the next piece. */
function fillingCutNormal(random: () => number, deviation: number, cutoff: number): (piece: Float32Array) => void {
  const pair = new Float32Array(2);
  const furthest = Math.fround(cutoff * deviation);
  let next = 2;
  return (piece) => {
    for (let i = 0; i < piece.length; next++) {
      if (next === 2) {
        fillNormal(pair, random, deviation);
        next = 0;
      }
      if (Math.abs(pair[next]) <= furthest) piece[i++] = pair[next];
    }
  };
}
