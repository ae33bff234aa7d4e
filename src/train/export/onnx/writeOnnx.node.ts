import { basename } from 'node:path';
import type { NewFolder } from '../writeFolder.node.ts';
import type { OnnxModel, OnnxPrecision } from './modelGraph.ts';
import { onnxFiles } from './onnxFiles.ts';

/** What Hugging Face's JavaScript library asks for by `dtype`: fp32, fp16 and q8. */
export const ONNX_FILES = {
  f32: 'onnx/model.onnx',
  f16: 'onnx/model_fp16.onnx',
  int8: 'onnx/model_quantized.onnx',
} as const satisfies Record<OnnxPrecision, string>;

/**
 * Writes a model in each precision.
 * @returns what config.json has to say of it
 */
export async function writeOnnx(
  folder: NewFolder,
  precisions: readonly OnnxPrecision[],
  modelIn: (precision: OnnxPrecision) => OnnxModel,
): Promise<object> {
  let external = false;
  for (const precision of precisions) {
    const name = ONNX_FILES[precision];
    const { model, data } = onnxFiles(modelIn(precision), basename(name));
    await folder.write(name, model);
    if (data) await folder.write(`${name}_data`, data);
    external ||= data !== undefined;
  }
  return external ? { 'transformers.js_config': { use_external_data_format: true } } : {};
}
