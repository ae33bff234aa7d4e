/** What `npm run bench-gpu` runs. */
export interface Plan {
  readonly gradcheck: readonly string[];
  /** Which tests, as a pattern of paths. */
  readonly tests: string;
  readonly models: readonly Model[];
  readonly precisions: readonly ('f32' | 'f16')[];
  readonly steps: number;
  /** Whether PyTorch with CUDA is timed too, where there is one. */
  readonly peers: boolean;
}

interface Model {
  readonly name: string;
  readonly settings: readonly string[];
}

const model = (
  name: string,
  batchSize: number,
  sequenceLength: number,
  vocabSize: number,
  [layers, embeddingSize, heads]: readonly [number, number, number],
): Model => ({
  name,
  settings: [
    `train.batchSize=${batchSize}`,
    `data.sequenceLength=${sequenceLength}`,
    `data.tokenizer.vocabSize=${vocabSize}`,
    'model.preset=bert',
    `model.layers=${layers}`,
    `model.embeddingSize=${embeddingSize}`,
    `model.heads=${heads}`,
    `model.feedForwardSize=${4 * embeddingSize}`,
  ],
});

/** Sizes of the models: those of docs/benchmarks.md, and Devlin et al. 2018's base. */
export const full: Plan = {
  gradcheck: [],
  tests: 'kernels/webgpu|kernels/conformance',
  models: [
    model('tiny', 16, 128, 8192, [2, 128, 2]),
    model('mini', 16, 128, 8192, [4, 256, 4]),
    model('base, 32 x 128', 32, 128, 30_522, [12, 768, 12]),
    model('base, 8 x 512', 8, 512, 30_522, [12, 768, 12]),
  ],
  precisions: ['f32', 'f16'],
  steps: 20,
  peers: true,
};

/** A minute of it, that shows that it runs. */
export const tiny: Plan = {
  gradcheck: ['--only', 'softmax'],
  tests: 'kernels/webgpu/dawn',
  models: [model('smallest', 1, 16, 100, [1, 32, 2])],
  precisions: ['f32'],
  steps: 1,
  peers: false,
};
