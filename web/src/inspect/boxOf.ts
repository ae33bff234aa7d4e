/** Ops that the drawing shows as boxes inside their module's box. */
const OPS: Readonly<Record<string, string>> = {
  attentionScores: 'scores',
  maskedSoftmax: 'softmax',
  attentionContext: 'context',
  gelu: 'GELU',
  geglu: 'GELU',
};
const SUMS = ['middle', 'output']; // of a block, in this order

/** Names the ops of one forward pass by the drawing, in the order in which they run: `encoder.TF.0.Attention.softmax`. */
export function boxNamer(): (op: string, box: string) => string {
  const sums = new Map<string, number>();
  return (op, box) => {
    if (box === '') return 'loss'; // all that is outside of the model's boxes
    if (op === 'dropout' && !/ropout\d?$/.test(box)) return `${box}.probabilityDropout`; // within Attention's own ops
    if (op in OPS) return `${box}.${OPS[op]}`;
    if (op === 'linear' && box === 'decoder') return 'decoder.LL'; // its matrix may be the Embedding's
    if (op !== 'add') return box;
    const place = sums.get(box) ?? 0;
    sums.set(box, place + 1);
    return `${box}.${SUMS[place]}`;
  };
}
