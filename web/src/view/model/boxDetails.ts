import type { Config } from '../../../../src/train/config/table/table.ts';
import type { BoxReport, Seen } from '../../inspect/boxReport.ts';
import { boxTexts } from './boxTexts.ts';
import { h } from '../dom.ts';
import { count, short } from '../format.ts';
import { histogram } from '../charts/histogram.ts';

/** Everything about one box: what it is, its shapes, and the live numbers as far as they are known. */
export function boxDetails(
  path: string,
  config: Config,
  vocabSize: number | undefined,
  report: BoxReport | undefined,
  reason: string | undefined,
): Node[] {
  const parts = path.split('.');
  const last = parts.at(-1) ?? '';
  const name = path === 'decoder.softmax' ? 'decoderSoftmax' : /^\d+$/.test(last) ? 'TF' : last;
  const text = boxTexts[name];
  const formula = h('p', { class: 'formula' });
  formula.innerHTML = text.formula; // our own text
  const isDropout = name.includes('ropout');
  return [
    h('h3', {}, text.title),
    h('p', {}, text.says),
    formula,
    isDropout
      ? h('p', { class: 'fine' }, `Rate ${config.model.dropout}; here as in training, with a draw of its own.`)
      : shapes(name, config, vocabSize),
    ...(report
      ? live(report)
      : [h('p', { class: 'waiting' }, reason ?? 'Its numbers appear here once there is a model.')]),
  ];
}

/** The shapes in the diagram's letters, and in numbers. */
function shapes(name: string, { model, train, data }: Config, vocabSize: number | undefined): HTMLElement {
  const { embeddingSize, heads, feedForwardSize } = model;
  const numbers: Record<string, number | string> = {
    batch: train.batchSize,
    length: data.sequenceLength,
    ES: embeddingSize,
    HC: heads,
    FF: feedForwardSize,
    '2 FF': 2 * feedForwardSize,
    VS: vocabSize ?? 'VS',
    masked: 'masked',
  };
  const words = ['batch', 'length', 'ES'];
  const wide = ['batch', 'length', model.feedForward === 'geglu' ? '2 FF' : 'FF']; // with a gate beside each number
  const squares = ['batch', 'HC', 'length', 'length'];
  const special: Record<string, readonly [readonly string[], readonly string[]]> = {
    Embedding: [['batch', 'length'], words],
    scores: [words, squares],
    softmax: [squares, squares],
    context: [squares, words],
    LL1: [words, wide],
    GELU: [wide, ['batch', 'length', 'FF']],
    LL2: [['batch', 'length', 'FF'], words],
    LL: [
      ['masked', 'ES'],
      ['masked', 'VS'],
    ],
    decoderSoftmax: [
      ['masked', 'VS'],
      ['masked', 'VS'],
    ],
    decoder: [
      ['masked', 'ES'],
      ['masked', 'VS'],
    ],
    loss: [['masked', 'VS'], []],
  };
  const [input, output] = special[name] ?? [words, words];
  const shape = (letters: readonly string[]): string => (letters.length === 0 ? 'one number' : letters.join(' × '));
  const row = (title: string, letters: readonly string[]): HTMLElement =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, title),
      h('td', {}, shape(letters)),
      h('td', {}, letters.map((letter) => numbers[letter]).join(' × ')),
    );
  const used = [...new Set([...input, ...output])].filter((letter) => letter in LETTERS);
  const scale = model.attentionScale === 'embeddingSize' ? 'scale: √ES' : 'scale: √HS, with HS = ES / HC';
  return h(
    'div',
    {},
    h('table', { class: 'shapes' }, row('in', input), row('out', output)),
    h(
      'p',
      { class: 'fine' },
      [...used.map((letter) => `${letter}: ${LETTERS[letter]}`), ...(name === 'scores' ? [scale] : [])].join('; '),
      '.',
    ),
  );
}

/** What the diagram's letters count. */
const LETTERS: Readonly<Record<string, string>> = {
  batch: 'sequences that are computed together',
  length: 'tokens of a sequence',
  ES: 'embedding size, the numbers that stand for a token',
  HC: 'head count, how many ways of looking a block has',
  FF: 'the width inside the feed-forward part',
  VS: 'vocabulary size, how many words and pieces of words there are',
  masked: 'tokens that were hidden, for which the model guesses',
};

function live({ input, output, parameters }: BoxReport): HTMLElement[] {
  const blocks: HTMLElement[] = [];
  if (input) blocks.push(seen('What comes in', input));
  blocks.push(seen('What goes out', output));
  for (const parameter of parameters.slice(0, 4)) {
    const short = parameter.name.split('.').slice(-2).join('.');
    blocks.push(seen(`${short} (${parameter.shape.map(count).join(' × ')}, learnt)`, parameter));
  }
  if (parameters.length > 4) {
    const total = parameters.reduce((sum, { values }) => sum + values.count, 0);
    blocks.push(
      h(
        'p',
        { class: 'fine' },
        `${count(total)} learnt numbers in ${parameters.length} arrays; choose a box inside to see the others.`,
      ),
    );
  }
  return [h('div', { class: 'live' }, ...blocks)];
}

function seen(title: string, { values, gradients }: Seen): HTMLElement {
  if (values.count === 1)
    return h('section', { class: 'seen' }, h('h4', {}, title), h('p', {}, `one number: ${short(values.mean)}`));
  if (values.least === values.greatest)
    return h(
      'section',
      { class: 'seen' },
      h('h4', {}, title),
      h('p', {}, `all ${count(values.count)} numbers are ${short(values.mean)}`),
    );
  const norm = gradients && Math.sqrt(gradients.count * (gradients.deviation ** 2 + gradients.mean ** 2));
  return h(
    'section',
    { class: 'seen' },
    h('h4', {}, title),
    h(
      'div',
      { class: 'pair' },
      histogram(values, 'values', 'model'),
      gradients && gradients.greatest > gradients.least ? histogram(gradients, 'gradient', 'baseline') : undefined,
    ),
    h(
      'p',
      { class: 'fine' },
      `mean ${short(values.mean)}, deviation ${short(values.deviation)}`,
      norm === undefined ? '' : `; gradient’s length ${short(norm)}`,
    ),
  );
}
