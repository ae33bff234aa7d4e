import { temporaryFolder } from '../temporaryFolder.ts';
import { ecosystem } from './install.ts';

interface Library<Pipeline> {
  readonly env: { allowRemoteModels: boolean; localModelPath: string; useWasmCache: boolean };
  readonly pipeline: Pipeline;
}

/** Where transformers.js looks for models: it has one such folder per process, which all tests share. */
export const models = temporaryFolder();

/** Its function `pipeline`, which opens the models in `models` and nothing else. */
export async function transformersJs<Pipeline>(): Promise<Pipeline> {
  const { env, pipeline } = await ecosystem<Library<Pipeline>>('@huggingface/transformers');
  Object.assign(env, { allowRemoteModels: false, localModelPath: `${models}/`, useWasmCache: false });
  return pipeline;
}
