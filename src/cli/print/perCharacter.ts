import type { Evaluation } from '../../train/evaluate/evaluation.ts';

/** The loss by which models of other vocabularies compare. */
export const perCharacter = ({ natsPerCharacter, bitsPerByte }: Evaluation): string =>
  `${natsPerCharacter.toFixed(4)} nats a character, ${bitsPerByte.toFixed(4)} bits a byte`;
