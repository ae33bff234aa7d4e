import type { ModelOptions } from '../../../bert/options.ts';
import { classifierNames } from './bertNames.ts';

/** A tensor of Hugging Face's ModernBertForMaskedLM, and those of ours that lie in it one after another. */
export type JoinedNames = readonly [ours: readonly string[], theirs: string];

type Named = Pick<ModelOptions, 'layers' | 'decoder' | 'firstNorm' | 'normBiases' | 'biases' | 'transformBias'>;

/** All tensors of ModernBertForMaskedLM; both have linear weights as (outputs, inputs). */
export function modernBertNames(options: Named): JoinedNames[] {
  const { layers, decoder, firstNorm, normBiases, biases, transformBias } = options;
  const norm = (ours: string, theirs: string): JoinedNames[] => [
    [[`${ours}.gamma`], `${theirs}.weight`],
    ...(normBiases ? [[[`${ours}.beta`], `${theirs}.bias`] as const] : []),
  ];
  const linear = (ours: readonly string[], theirs: string, biased: boolean): JoinedNames[] => [
    [ours.map((name) => `${name}.weight`), `${theirs}.weight`],
    ...(biased ? [[ours.map((name) => `${name}.bias`), `${theirs}.bias`] as const] : []),
  ];
  const block = (i: number): JoinedNames[] => {
    const [ours, theirs] = [`encoder.TF.${i}`, `model.layers.${i}`];
    const projections = ['LLQ', 'LLK', 'LLV'].map((name) => `${ours}.Attention.${name}`);
    return [
      ...(firstNorm || i > 0 ? norm(`${ours}.LN1`, `${theirs}.attn_norm`) : []),
      ...linear(projections, `${theirs}.attn.Wqkv`, biases),
      ...linear([`${ours}.Attention.LLO`], `${theirs}.attn.Wo`, biases),
      ...norm(`${ours}.LN2`, `${theirs}.mlp_norm`),
      ...linear([`${ours}.FFN.LL1`], `${theirs}.mlp.Wi`, biases),
      ...linear([`${ours}.FFN.LL2`], `${theirs}.mlp.Wo`, biases),
    ];
  };
  return [
    [['encoder.Embedding.token'], 'model.embeddings.tok_embeddings.weight'],
    ...norm('encoder.Embedding.LN', 'model.embeddings.norm'),
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    ...norm('encoder.LN', 'model.final_norm'),
    ...linear(['decoder.transform.LL'], 'head.dense', transformBias),
    ...norm('decoder.transform.LN', 'head.norm'),
    ...(decoder === 'untied' ? [[['decoder.LL.weight'], 'decoder.weight'] as const] : []),
    [['decoder.LL.bias'], 'decoder.bias'],
  ];
}

/** All tensors of ModernBERT's classifiers, whose heads begin as that of ModernBertForMaskedLM. */
export const modernClassifierNames = (options: Named): JoinedNames[] => [
  ...modernBertNames({ ...options, decoder: 'tied' })
    .filter(([, theirs]) => !theirs.startsWith('decoder.'))
    .map(([ours, theirs]) => [ours.map((name) => name.replace(/^decoder\./, 'classifier.')), theirs] as const),
  ...classifierNames.map(([ours, theirs]) => [[ours], theirs] as const),
];
