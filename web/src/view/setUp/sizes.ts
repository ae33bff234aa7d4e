import type { Config } from '../../../../src/train/config/table/table.ts';
import type { Change } from '../../protocol.ts';

interface Size {
  readonly name: string;
  readonly about: string;
  readonly layers: number;
  readonly embeddingSize: number;
  readonly heads: number;
  readonly feedForwardSize: number;
  readonly learningRate: number;
}

/** Models to choose by name, with learning rates that trained well at these sizes. */
export const SIZES: readonly Size[] = [
  {
    name: 'Tiny',
    about: '1 block, 64 wide',
    layers: 1,
    embeddingSize: 64,
    heads: 2,
    feedForwardSize: 256,
    learningRate: 8e-3,
  },
  {
    name: 'Small',
    about: '1 block, 128 wide: quickest to learn',
    layers: 1,
    embeddingSize: 128,
    heads: 4,
    feedForwardSize: 512,
    learningRate: 6e-3,
  },
  {
    name: 'Medium',
    about: '2 blocks, 128 wide',
    layers: 2,
    embeddingSize: 128,
    heads: 4,
    feedForwardSize: 512,
    learningRate: 5e-3,
  },
  {
    name: 'Large',
    about: '4 blocks, 256 wide: for a graphics card',
    layers: 4,
    embeddingSize: 256,
    heads: 4,
    feedForwardSize: 1024,
    learningRate: 1e-3,
  },
];

const shape = ['layers', 'embeddingSize', 'heads', 'feedForwardSize'] as const;

export function changesOf(name: string): Change[] {
  const size = SIZES.find((size) => size.name === name);
  if (!size) return [];
  return [
    ...shape.map((key) => ({ path: `model.${key}`, value: size[key] })),
    { path: 'train.optimizer.learningRate', value: size.learningRate },
  ];
}

/** The name of the config's size; empty if it has none. */
export function sizeOf({ model }: Config): string {
  return SIZES.find((size) => shape.every((key) => size[key] === model[key]))?.name ?? '';
}
