import { ecosystem } from '../../test/ecosystem/install.ts';

interface Label {
  readonly label: string;
  readonly score: number;
}
interface Library {
  readonly env: { allowRemoteModels: boolean; localModelPath: string; readonly version: string };
  readonly pipeline: (
    task: string,
    name: string,
    options: object,
  ) => Promise<(texts: readonly string[], options: object) => Promise<unknown>>;
}

/** Answers texts in the order given, `batchSize` at once: numbers for each batch. */
export type Answer = (texts: readonly string[], batchSize: number) => Promise<ArrayLike<number>[]>;

/** What is measured: the pipeline with its options, and the numbers of what it gives for a batch. */
const TASKS = {
  embed: {
    pipeline: 'feature-extraction',
    options: { pooling: 'mean', normalize: true },
    numbers: (found: unknown) => (found as { readonly data: Float32Array }).data,
  },
  predict: {
    pipeline: 'text-classification',
    options: { top_k: null },
    numbers: (found: unknown) =>
      (found as readonly (readonly Label[])[]).flatMap((labels) =>
        labels.toSorted((a, b) => (a.label < b.label ? -1 : 1)).map(({ score }) => score),
      ),
  },
} as const;
export type InferenceTask = keyof typeof TASKS;

/** transformers.js with onnxruntime-node, for models in folders below `folder`. */
export async function transformersJs(
  folder: string,
  task: InferenceTask,
  threads: number,
): Promise<{ version: string; open(name: string): Promise<Answer> }> {
  const { env, pipeline } = await ecosystem<Library>('@huggingface/transformers');
  Object.assign(env, { allowRemoteModels: false, localModelPath: `${folder}/` });
  const { pipeline: kind, options, numbers } = TASKS[task];
  return {
    version: env.version,
    async open(name) {
      const session_options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
      const answer = await pipeline(kind, name, { dtype: 'fp32', session_options });
      return async (texts, batchSize) => {
        const found: ArrayLike<number>[] = [];
        for (let from = 0; from < texts.length; from += batchSize)
          found.push(numbers(await answer(texts.slice(from, from + batchSize), options)));
        return found;
      };
    },
  };
}
