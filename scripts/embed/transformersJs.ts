import { ecosystem } from '../../test/ecosystem/install.ts';

type Features = (
  texts: readonly string[],
  options: { pooling: 'mean'; normalize: boolean },
) => Promise<{ readonly data: Float32Array }>;
interface Library {
  readonly env: { allowRemoteModels: boolean; localModelPath: string; readonly version: string };
  readonly pipeline: (task: 'feature-extraction', name: string, options: object) => Promise<Features>;
}

/** Embeds texts in the order given, `batchSize` at once. */
export type Extract = (texts: readonly string[], batchSize: number) => Promise<Float32Array[]>;

/** transformers.js with onnxruntime-node, for models in folders below `folder`. */
export async function transformersJs(
  folder: string,
  threads: number,
): Promise<{ version: string; open(name: string): Promise<Extract> }> {
  const { env, pipeline } = await ecosystem<Library>('@huggingface/transformers');
  Object.assign(env, { allowRemoteModels: false, localModelPath: `${folder}/` });
  return {
    version: env.version,
    async open(name) {
      const session_options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
      const features = await pipeline('feature-extraction', name, { dtype: 'fp32', session_options });
      return async (texts, batchSize) => {
        const found: Float32Array[] = [];
        for (let from = 0; from < texts.length; from += batchSize)
          found.push((await features(texts.slice(from, from + batchSize), { pooling: 'mean', normalize: true })).data);
        return found;
      };
    },
  };
}
