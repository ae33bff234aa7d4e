export const tileChoices = ['auto', 'narrow', 'wide'] as const;
/** What our own products are made of: `narrow` tiles (5 x 8) and vectors of 128 bits, `wide` ones (5 x 16), or the faster. Results are the same to the last bit. */
export type TileChoice = (typeof tileChoices)[number];
