/** What a box of the diagram is, in words and as a formula (HTML, ours). */
export interface BoxText {
  readonly title: string;
  readonly says: string;
  readonly formula: string;
}

const linear = (title: string, says: string): BoxText => ({
  title,
  says,
  formula: '<i>y</i> = <i>x</i> <b>W</b><sup>⊤</sup> + <i>b</i>',
});
const norm = (title: string, says: string): BoxText => ({
  title,
  says,
  formula: '<i>y</i> = <i>γ</i> (<i>x</i> − mean(<i>x</i>)) / √(var(<i>x</i>) + <i>ε</i>) + <i>β</i>',
});
const dropout = (title: string): BoxText => ({
  title,
  says: 'While training, sets a random share of the numbers to 0, so that nothing relies on a single one. Off when the model is asked.',
  formula: '<i>y</i> = <i>x</i> · keep / (1 − rate)',
});

/** By the last part of a box's path. */
export const boxTexts: Readonly<Record<string, BoxText>> = {
  Embedding: {
    title: 'Embedding',
    says: 'Turns each token into a vector: which token it is, its position, and which part of the text it belongs to.',
    formula: '<i>x</i> = token[id] + position[place] + segment[part]',
  },
  TF: {
    title: 'Transformer block',
    says: 'Words look at each other (Attention), then each word is worked on by itself (FFN). Both add to what was there.',
    formula: '<i>m</i> = <i>x</i> + Attention(LN1(<i>x</i>)), <i>y</i> = <i>m</i> + FFN(LN2(<i>m</i>))',
  },
  LN1: norm(
    'LN1: LayerNorm',
    'Brings every word’s vector to mean 0 and deviation 1, then scales and shifts it by learnt numbers.',
  ),
  LN2: norm('LN2: LayerNorm', 'The same before the feed-forward part, with its own learnt numbers.'),
  LN: norm('LN: final LayerNorm', 'Brings the last block’s vectors to the same scale before the decoder.'),
  Attention: {
    title: 'Attention',
    says: 'Lets every word gather from the others what it needs, in several heads that each look for something else.',
    formula: 'softmax(<b>Q</b> <b>K</b><sup>⊤</sup> / scale) <b>V</b>, then LLO',
  },
  LLQ: linear('LLQ: query', 'What each word is looking for.'),
  LLK: linear('LLK: key', 'What each word offers to be found by.'),
  LLV: linear('LLV: value', 'What each word hands over when it is looked at.'),
  scores: {
    title: 'Scores',
    says: 'How well each word’s query fits each other word’s key.',
    formula: '<i>s</i><sub>ij</sub> = <b>q</b><sub>i</sub> · <b>k</b><sub>j</sub> / scale',
  },
  softmax: {
    title: 'Softmax',
    says: 'Makes each word’s scores into shares that add up to 1. These are the attention maps above.',
    formula: '<i>p</i><sub>ij</sub> = exp(<i>s</i><sub>ij</sub>) / Σ<sub>k</sub> exp(<i>s</i><sub>ik</sub>)',
  },
  context: {
    title: 'Context',
    says: 'Mixes the values of all words by those shares.',
    formula: '<b>c</b><sub>i</sub> = Σ<sub>j</sub> <i>p</i><sub>ij</sub> <b>v</b><sub>j</sub>',
  },
  LLO: linear('LLO: output', 'Joins what the heads have gathered.'),
  middle: {
    title: 'Residual sum',
    says: 'Adds what Attention found to what was there, so that nothing is lost and gradients reach the first block.',
    formula: '<i>m</i> = <i>x</i> + Dropout1(Attention(…))',
  },
  FFN: {
    title: 'FFN: feed-forward',
    says: 'Works on each word by itself: widens its vector, bends it, and narrows it again.',
    formula: 'LL2(Dropout(GELU(LL1(<i>x</i>))))',
  },
  LL1: linear('LL1', 'Widens each word’s vector.'),
  GELU: {
    title: 'GELU',
    says: 'Lets large numbers through and holds small ones back: what makes the model more than one big matrix.',
    formula: '<i>y</i> = <i>x</i> Φ(<i>x</i>)',
  },
  LL2: linear('LL2', 'Narrows it again to the model’s width.'),
  output: {
    title: 'Residual sum',
    says: 'Adds what the feed-forward part found: the block’s output.',
    formula: '<i>y</i> = <i>m</i> + Dropout2(FFN(…))',
  },
  Dropout: dropout('Dropout'),
  Dropout1: dropout('Dropout1'),
  Dropout2: dropout('Dropout2'),
  Dropout3: dropout('Dropout3'),
  probabilityDropout: dropout('Dropout on the probabilities'),
  decoder: {
    title: 'BertDecoder',
    says: 'Gives every word of the vocabulary a probability for each hidden place.',
    formula: '<i>p</i> = softmax(LL(<i>x</i>))',
  },
  LL: linear('LL: to the vocabulary', 'A score for every word of the vocabulary, at the hidden places only.'),
  decoderSoftmax: {
    title: 'Softmax',
    says: 'Makes the scores of all words into probabilities that add up to 1, at each hidden place.',
    formula: '<i>p</i><sub>w</sub> = exp(<i>s</i><sub>w</sub>) / Σ<sub>v</sub> exp(<i>s</i><sub>v</sub>)',
  },
  loss: {
    title: 'Loss',
    says: 'How improbable the right words were: what training makes smaller. Every gradient is the slope of this number.',
    formula: 'loss = − mean log <i>p</i>(right word)',
  },
};
