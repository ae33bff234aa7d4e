import type { ModelOptions } from '../../../bert/options.ts';

/** A classifier's last layer. */
export const classifierNames: readonly [string, string][] = [
  ['classifier.LL.weight', 'classifier.weight'],
  ['classifier.LL.bias', 'classifier.bias'],
];

/** The pooler's, which classifiers of whole sequences have. */
export const poolerNames: readonly [string, string][] = [
  ['classifier.Pooler.LL.weight', 'bert.pooler.dense.weight'],
  ['classifier.Pooler.LL.bias', 'bert.pooler.dense.bias'],
];

/** Our parameters and those of Hugging Face's BertForMaskedLM; both have linear weights as (outputs, inputs). */
export function bertNames({ layers, decoder }: Pick<ModelOptions, 'layers' | 'decoder'>): readonly [string, string][] {
  const norm = (ours: string, theirs: string): [string, string][] => [
    [`${ours}.gamma`, `${theirs}.weight`],
    [`${ours}.beta`, `${theirs}.bias`],
  ];
  const linear = (ours: string, theirs: string): [string, string][] => [
    [`${ours}.weight`, `${theirs}.weight`],
    [`${ours}.bias`, `${theirs}.bias`],
  ];
  const block = (i: number): [string, string][] => {
    const [ours, theirs] = [`encoder.TF.${i}`, `bert.encoder.layer.${i}`];
    return [
      ...linear(`${ours}.Attention.LLQ`, `${theirs}.attention.self.query`),
      ...linear(`${ours}.Attention.LLK`, `${theirs}.attention.self.key`),
      ...linear(`${ours}.Attention.LLV`, `${theirs}.attention.self.value`),
      ...linear(`${ours}.Attention.LLO`, `${theirs}.attention.output.dense`),
      ...norm(`${ours}.LN1`, `${theirs}.attention.output.LayerNorm`),
      ...linear(`${ours}.FFN.LL1`, `${theirs}.intermediate.dense`),
      ...linear(`${ours}.FFN.LL2`, `${theirs}.output.dense`),
      ...norm(`${ours}.LN2`, `${theirs}.output.LayerNorm`),
    ];
  };
  return [
    ['encoder.Embedding.token', 'bert.embeddings.word_embeddings.weight'],
    ['encoder.Embedding.position', 'bert.embeddings.position_embeddings.weight'],
    ['encoder.Embedding.segment', 'bert.embeddings.token_type_embeddings.weight'],
    ...norm('encoder.Embedding.LN', 'bert.embeddings.LayerNorm'),
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    ...linear('decoder.transform.LL', 'cls.predictions.transform.dense'),
    ...norm('decoder.transform.LN', 'cls.predictions.transform.LayerNorm'),
    ...(decoder === 'untied' ? [['decoder.LL.weight', 'cls.predictions.decoder.weight'] as [string, string]] : []),
    ['decoder.LL.bias', 'cls.predictions.bias'],
  ];
}
