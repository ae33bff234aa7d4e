import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Bert } from '../../src/bert/Bert.ts';
import { BertClassifier } from '../../src/bert/BertClassifier.ts';
import type { Initialisation, ModelOptions } from '../../src/bert/options.ts';
import { presets } from '../../src/bert/presets.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const device = openReference();
const sizes = { layers: 8, embeddingSize: 64, heads: 2, feedForwardSize: 96, vocabSize: 200, maxLength: 8, dropout: 0 };

const begun = (options: Partial<ModelOptions>): ReturnType<typeof statistics> =>
  statistics(new Bert({ ...presets.modern, ...sizes, ...options }, 3));

/** The root mean square and the largest of each parameter's initial weights, over 0.02. */
async function statistics(model: Bert | BertClassifier): Promise<(name: string) => [deviation: number, most: number]> {
  model.to(device);
  const found = new Map<string, [number, number]>();
  for (const parameter of model.parameters.all) {
    const values = await parameter.read();
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    found.set(parameter.name, [Math.sqrt(squares / values.length) / 0.02, most / 0.02]);
  }
  model.parameters.free();
  return (name) => found.get(name) as [number, number];
}

const near = ([deviation]: [number, number], expected: number, name: string): void =>
  assert.ok(Math.abs(deviation / expected - 1) < 0.03, `${name}: ${deviation}, expected ${expected}`);

const LAYERS = ['Attention.LLQ', 'Attention.LLK', 'Attention.LLV', 'FFN.LL1'];
const OUTPUTS = ['Attention.LLO', 'FFN.LL2'];
const CUT = 0.879_63; // the deviation of a normal distribution that ends at two deviations
const DEPTH = 1 / 4; // 1 / sqrt(2 NL)

test("modern begins with ModernBERT's weights: cut at two deviations, outputs of blocks and of the head's layer by depth", async () => {
  const of = await begun({});
  for (const i of [0, 3, 7]) {
    for (const layer of LAYERS) near(of(`encoder.TF.${i}.${layer}.weight`), CUT, `${i} ${layer}`);
    for (const layer of OUTPUTS) near(of(`encoder.TF.${i}.${layer}.weight`), DEPTH * CUT, `${i} ${layer}`);
  }
  near(of('encoder.Embedding.token'), CUT, 'the embedding, which is the decoder');
  near(of('decoder.transform.LL.weight'), DEPTH * CUT, "the head's");
  for (const [name, share] of [
    ['encoder.Embedding.token', 1],
    ['encoder.TF.0.FFN.LL1.weight', 1],
    ['encoder.TF.0.FFN.LL2.weight', DEPTH],
  ] as const) {
    const most = of(name)[1];
    assert.ok(most <= 2 * share * (1 + 1e-6) && most > 1.95 * share, `${name}: ${most}`);
  }
  assert.is(of('decoder.LL.bias')[1], 0);
});

test("a classifier's head begins as ModernBERT's does, or as all linear layers", async () => {
  const options = { ...presets.modern, ...sizes };
  const head = { task: 'sequence', labels: 50, dropout: 0 } as const;
  const of = await statistics(new BertClassifier(options, { ...head, transform: true }, 3));
  near(of('classifier.transform.LL.weight'), DEPTH * CUT, 'transform');
  near(of('classifier.LL.weight'), CUT / 8 / 0.02, 'scores: 1 / sqrt(ES)');
  const bert = await statistics(new BertClassifier(options, head, 3));
  near(bert('classifier.LL.weight'), CUT, "scores of BERT's");
});

test('depth and cut are options of their own; an untied decoder goes by depth, too', async () => {
  const initialisation: Initialisation = { embedding: 0.02, linear: 0.02, cutoff: 'none', byDepth: true };
  const of = await begun({ initialisation, decoder: 'untied', biases: true });
  near(of('encoder.TF.2.FFN.LL2.weight'), DEPTH, 'LL2');
  near(of('decoder.LL.weight'), DEPTH, 'decoder');
  near(of('encoder.Embedding.token'), 1, 'embedding');
  assert.is(of('encoder.TF.2.FFN.LL2.bias')[1], 0);
  assert.ok(of('encoder.Embedding.token')[1] > 3);
  const plain = await begun({ initialisation: { ...initialisation, byDepth: false, cutoff: 1 } });
  near(plain('encoder.TF.2.FFN.LL2.weight'), 0.539_56, 'LL2 cut at one deviation');
});

test('uniform weights and biases of outputs are divided as well', async () => {
  const initialisation: Initialisation = { embedding: 0.02, linear: 'uniform', cutoff: 2, byDepth: true };
  const of = await begun({ initialisation, biases: true });
  const bound = (name: string): number => 0.02 * of(name)[1] * Math.sqrt(name.includes('LL2') ? 96 : 64);
  for (const [name, share] of [
    ['FFN.LL1.weight', 1],
    ['FFN.LL2.weight', DEPTH],
    ['FFN.LL2.bias', DEPTH],
    ['Attention.LLO.weight', DEPTH],
  ] as const) {
    const found = bound(`encoder.TF.1.${name}`);
    assert.ok(found <= share * (1 + 1e-6) && found > 0.93 * share, `${name}: ${found}`);
  }
});

test.run();
