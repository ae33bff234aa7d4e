import { readFileSync, readdirSync } from 'node:fs';
import { Bert } from '../../src/bert/Bert.ts';
import type { MaskedInput } from '../../src/bert/Bert.ts';
import type { ModelOptions } from '../../src/bert/options.ts';
import { presets } from '../../src/bert/presets.ts';
import type { Device } from '../../src/kernels/device.ts';

type Packed = Record<string, { shape: number[]; data: string }>;
interface Case {
  options: Omit<ModelOptions, 'initialisation'>;
  seed: number;
  batch: { ids: number[]; segments: number[]; lengths: number[]; positions: number[]; labels: number[] };
  weights: Packed;
}
export interface GoldenGradients extends Case {
  step: number;
  loss: number;
  gradients: Packed;
}
export interface GoldenTraining extends Case {
  settings: {
    name?: string;
    learningRate: number;
    betas: [number, number];
    epsilon: number;
    weightDecay: number;
    clipNorm: number;
  };
  losses: number[];
  norms: number[];
  trained: Packed;
}

const folder = new URL('../golden/', import.meta.url);
export function readGolden(name: 'training' | `optimizers/${string}`): GoldenTraining;
export function readGolden(name: string): GoldenGradients;
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
}

/** The names of the cases that scripts/golden.py made. */
export const gradientCases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''))
  .filter((name) => name !== 'training');

export function unpack(data: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** The case's model on `device`, with the case's weights. */
export function goldenModel({ options, weights }: Case, device: Device): Bert {
  const model = new Bert({ ...options, initialisation: presets.diagram.initialisation }).to(device);
  for (const [name, { data }] of Object.entries(weights)) model.parameters.get(name).write(unpack(data));
  return model;
}

export function goldenBatch({ batch: { ids, segments, lengths, positions, labels } }: Case): MaskedInput {
  const length = ids.length / lengths.length;
  const spans = ids.flatMap((_, i) => {
    const real = lengths[Math.floor(i / length)];
    return i % length < real ? [0, real] : [0, 0];
  });
  return {
    batch: lengths.length,
    length,
    ids: Int32Array.from(ids),
    segments: Int32Array.from(segments),
    spans: Int32Array.from(spans),
    positions: Int32Array.from(positions),
    labels: Int32Array.from(labels),
  };
}
