/** The benchmark's BERT in Bertrand, as built: `--device cpu|webgpu [--threads N] [--products native|blas|wasm] [--precision f16]`. Run by scripts/bench-peers.ts. */
import { AdamW, Bert, openDevice, presets, trainStep } from '../../dist/index.node.js';
import { flags, measure, work } from './measure.mjs';

const { device: name = 'cpu', threads, ...options } = flags;
const device = await openDevice(name, { ...options, ...(threads && { threads: Number(threads) }) });

const { layers, embeddingSize, heads, feedForwardSize, vocabSize, dropout, rows, length } = work;
const wiring = { ...presets.crammed, biases: true, segments: 2, decoder: 'untied' };
const sizes = { layers, embeddingSize, heads, feedForwardSize, vocabSize, maxLength: length, dropout };
const model = new Bert({ ...wiring, ...sizes }, 1).to(device);
const optimizer = new AdamW(device, model.parameters, { ...work.optimizer, clipNorm: 0 });

const [ids, positions, labels] = [work.ids, work.positions, work.labels].map((values) => Int32Array.from(values));
const batch = {
  batch: rows,
  length,
  tokens: ids.length,
  ids,
  segments: new Int32Array(ids.length),
  spans: Int32Array.from({ length: 2 * ids.length }, (_, i) => (i % 2 === 0 ? 0 : length)),
  positions,
  labels,
};

let step = 0;
await measure(
  `Bertrand, ${device.description}`,
  () => trainStep({ device, model, optimizer }, [batch], 1, ++step, work.optimizer.learningRate).loss,
);
