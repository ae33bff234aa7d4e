import seedrandom from 'seedrandom';
import type { GradientCheck } from '../autograd/check/gradcheck.ts';
import { Queries } from '../autograd/ops/queries.ts';
import { Parameter } from '../autograd/parameters/parameter.ts';
import { Parameters } from '../autograd/parameters/parameters.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import { sizeOf } from '../autograd/shape.ts';
import type { Shape } from '../autograd/shape.ts';
import type { Tape } from '../autograd/tape.ts';
import type { Indices, Tensor } from '../autograd/tensor.ts';
import type { Device } from '../kernels/device.ts';
import { Attention } from './Attention.ts';
import { Bert } from './Bert.ts';
import type { MaskedInput } from './Bert.ts';
import { BertClassifier } from './BertClassifier.ts';
import type { ClassifierTask } from './BertClassifier.ts';
import { BertDecoder } from './BertDecoder.ts';
import { BertEncoder } from './BertEncoder.ts';
import { Dropout } from './Dropout.ts';
import { Embedding } from './Embedding.ts';
import { FFN } from './FFN.ts';
import { Pooler } from './heads/Pooler.ts';
import { SequenceClassifier } from './heads/SequenceClassifier.ts';
import { TokenClassifier } from './heads/TokenClassifier.ts';
import { LayerNorm } from './LayerNorm.ts';
import { Linear } from './Linear.ts';
import type { ModelOptions } from './options.ts';
import { Rotary } from './Rotary.ts';
import { presetNames, presets } from './presets.ts';
import type { PresetName } from './presets.ts';
import { TFBlock } from './TFBlock.ts';
import { Transform } from './Transform.ts';

const sizes = { layers: 2, embeddingSize: 4, heads: 2, feedForwardSize: 6, vocabSize: 7, maxLength: 3, dropout: 0.2 };
const options = (preset: PresetName): ModelOptions => ({ ...presets[preset], ...sizes });
/** Of ModernBERT heads that turn by two angles, and a window that a sequence reaches past. */
const whole = (preset: PresetName): ModelOptions =>
  preset === 'modern' ? { ...options(preset), embeddingSize: 8, localWindow: 2 } : options(preset);
const diagram = options('diagram');

/** Two sequences, the second padded. */
const sequences: MaskedInput = {
  batch: 2,
  length: 3,
  ids: Int32Array.of(2, 6, 4, 2, 4, 0),
  segments: Int32Array.of(1, 1, 1, 1, 1, 0),
  spans: Int32Array.of(0, 3, 0, 3, 0, 3, 0, 2, 0, 2, 0, 0),
  positions: Int32Array.of(2, 4),
  labels: Int32Array.of(5, 6),
};
const head = { labels: 3, dropout: 0.3 };
const input: Shape = [2, 3, 4];
const ids = (tape: Tape): Indices => tape.input(sequences.ids, [2, 3]);
const segments = (tape: Tape): Indices => tape.input(sequences.segments, [2, 3]);
const spans = (tape: Tape): Indices => tape.input(sequences.spans, [2, 3, 2]);
const all = (tape: Tape): Queries => new Queries(spans(tape));

/** Every box of the diagram, and the whole model in each preset, with dropout on. */
export const boxChecks: readonly GradientCheck[] = [
  box('Linear', (scope) => {
    const LL = new Linear(scope, 4, 5, true, diagram.initialisation);
    return (_, x) => LL.forward(x);
  }),
  box('LayerNorm', (scope) => {
    const LN = new LayerNorm(scope, diagram);
    return (_, x) => LN.forward(x);
  }),
  box('Dropout', (scope) => {
    const dropout = new Dropout(scope, 'Dropout1', diagram);
    return (_, x) => dropout.forward(x);
  }),
  box('Attention', (scope) => {
    const attention = new Attention(scope, { ...diagram, dropoutAt: ['probabilities', 'attention'] });
    return (tape, x) => attention.forward(x, all(tape));
  }),
  box('Rotary', (scope) => {
    const rotary = new Rotary(scope, diagram, 100);
    return (tape, x) => rotary.turned(x, all(tape).positions);
  }),
  box('Attention within a window, rotary', (scope) => {
    const attention = new Attention(scope, options('modern'), new Rotary(scope.in('Rotary'), diagram, 100));
    return (tape, x) => attention.forward(x, new Queries(spans(tape), tape.input(sequences.positions, [2])).within(1));
  }),
  box('FFN with a gate', (scope) => {
    const feedForward = new FFN(scope, { ...diagram, feedForward: 'geglu' });
    return (_, x) => feedForward.forward(x);
  }),
  box('LayerNorm without biases', (scope) => {
    const LN = new LayerNorm(scope, { ...diagram, normBiases: false });
    return (_, x) => LN.forward(x);
  }),
  box('TFBlock without its first norm', (scope) => {
    const block = new TFBlock(scope, options('modern'), 0);
    return (tape, x) => block.forward(x, all(tape));
  }),
  box('FFN', (scope) => {
    const feedForward = new FFN(scope, diagram);
    return (_, x) => feedForward.forward(x);
  }),
  box('TFBlock', (scope) => {
    const block = new TFBlock(scope, diagram, 0);
    return (tape, x) => block.forward(x, all(tape));
  }),
  box('TFBlock with some queries', (scope) => {
    const block = new TFBlock(scope, diagram, 0);
    return (tape, x) => block.forward(x, new Queries(spans(tape), tape.input(sequences.positions, [2])));
  }),
  box('TFBlock post', (scope) => {
    const block = new TFBlock(scope, options('bert'), 0);
    return (tape, x) => block.forward(x, all(tape));
  }),
  box('Embedding', (scope) => {
    const embedding = new Embedding(scope, { ...diagram, positions: 'learned', embeddingNorm: true });
    return (tape) => embedding.forward(ids(tape), segments(tape), all(tape));
  }),
  box('BertEncoder with local blocks', (scope) => {
    const encoder = new BertEncoder(scope, { ...options('modern'), layers: 3, localWindow: 2, globalEvery: 2 });
    return (tape) => encoder.forward(ids(tape), segments(tape), all(tape));
  }),
  box('BertEncoder', (scope) => {
    const encoder = new BertEncoder(scope, { ...diagram, finalNorm: true });
    return (tape) => encoder.forward(ids(tape), segments(tape), all(tape));
  }),
  box('BertDecoder', (scope) => {
    const token = scope.matrix('token', [7, 4], { normal: 1 });
    const decoder = new BertDecoder(scope, { ...diagram, decoder: 'tied', decoderTransform: true }, token);
    return (_, x) => decoder.forward(x);
  }),
  box('Transform', (scope) => {
    const transform = new Transform(scope, diagram);
    return (_, x) => transform.forward(x);
  }),
  box('Pooler', (scope) => {
    const pooler = new Pooler(scope, diagram);
    return (_, x) => pooler.forward(x);
  }),
  box('SequenceClassifier', (scope) => {
    const classifier = new SequenceClassifier(scope, diagram, head);
    return (_, x) => classifier.forward(x);
  }),
  box('TokenClassifier', (scope) => {
    const classifier = new TokenClassifier(scope, diagram, head);
    return (_, x) => classifier.forward(x);
  }),
  classifier('sequence', [0, 3]),
  classifier('token', [1, 2, 3, 4]),
  classifier('sequence', [0, 3], 'modern'),
  classifier('token', [1, 2, 3, 4], 'modern'),
  ...presetNames.map((preset) => ({
    name: `Bert ${preset}`,
    build: (device: Device) => {
      const model = new Bert(whole(preset), 1).to(device);
      spread(model.parameters);
      return { parameters: model.parameters.all, forward: (tape: Tape) => model.loss(tape, sequences) };
    },
  })),
];

/** The whole classifier, with weights of labels, a frozen embedding and a frozen first block. */
function classifier(
  task: ClassifierTask,
  positions: readonly number[],
  preset: 'bert' | 'modern' = 'bert',
): GradientCheck {
  const transform = preset === 'modern';
  return {
    name: transform ? `BertClassifier ${task} ${preset}` : `BertClassifier ${task}`,
    build(device) {
      const frozen = { embeddings: true, blocks: 1 };
      const model = new BertClassifier(whole(preset), { task, ...head, frozen, transform }, 1).to(device);
      spread(model.parameters);
      const labelled = {
        ...sequences,
        positions: Int32Array.from(positions),
        labels: Int32Array.from(positions, (_, i) => i % 3),
        weights: Float32Array.from(positions, (_, i) => 1 + i / 2),
      };
      const parameters = model.parameters.all.filter(({ requiresGradient }) => requiresGradient);
      return { parameters, forward: (tape) => model.loss(tape, labelled) };
    },
  };
}

/** A check of one box, whose input x (2, 3, 4) is differentiated along with its parameters. */
function box(name: string, make: (scope: ParameterScope) => (tape: Tape, x: Tensor) => Tensor): GradientCheck {
  return {
    name,
    build(device) {
      const parameters = new Parameters(1);
      const forward = make(parameters.in(name));
      parameters.allocate(device);
      spread(parameters);
      const x = Parameter.of(device, 'x', input, numbers('x', sizeOf(input)));
      return { parameters: [...parameters.all, x], forward: (tape) => forward(tape, tape.use(x)) };
    },
  };
}

/** Replaces the initial weights, whose sizes differ, so that no gradient is lost in the rounding of larger ones. */
function spread(parameters: Parameters): void {
  for (const parameter of parameters.all) parameter.write(numbers(parameter.name, parameter.size));
}

function numbers(name: string, size: number): Float32Array {
  const random = seedrandom(name);
  return new Float32Array(size).map(() => 2 * random() - 1);
}
