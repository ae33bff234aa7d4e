export const tileChoices = ['auto', 'narrow', 'wide'] as const;
/** Tiles of our own matrix products: `narrow` (5 x 8, in 128-bit vectors), `wide` (5 x 16), or the faster. Results are bit-identical. */
export type TileChoice = (typeof tileChoices)[number];
