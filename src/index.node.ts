/** The entry point of `import 'bertrand-ml'` in Node: the whole library, including the parts that use files. */
export * from './index.ts';
export { openData } from './data/openData.node.ts';
export type { DataOptions } from './data/dataOptions.ts';
export { loadPretrainConfig as loadConfig } from './train/import/modelSource.node.ts';
export { pretrain } from './train/pretrain.node.ts';
export type { PretrainView, RunFacts } from './train/pretrainView.ts';
export { openTrained } from './train/evaluate/trained.node.ts';
export type { Trained } from './train/evaluate/trained.node.ts';
export { openEncoder } from './train/embed/openEncoder.node.ts';
export type { StoredEncoder } from './train/embed/openEncoder.node.ts';
