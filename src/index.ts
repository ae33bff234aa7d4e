/** The library's parts, none of which needs Node. In Node `import 'bertrand'` gives `index.node.ts`, which adds what reaches files. */
export { BertrandError } from './error.ts';
export { openDevice, probeDevices } from './kernels/choose.ts';
export type { DeviceChoice, DeviceOptions, DeviceReport } from './kernels/choose.ts';
export type { Device, DeviceArray, DeviceName, HostArray, MemoryUse } from './kernels/device.ts';
export type { RandomKey } from './kernels/random.ts';

export { Tape } from './autograd/tape.ts';
export type { TapeOptions } from './autograd/tape.ts';
export { Indices, Tensor } from './autograd/tensor.ts';
export { Parameter } from './autograd/parameters/parameter.ts';
export { Parameters } from './autograd/parameters/parameters.ts';
export { op } from './autograd/op.ts';
export type { Gradients, Recorded, Launch } from './autograd/tensor.ts';
export type { Shape } from './autograd/shape.ts';
export { add } from './autograd/ops/add.ts';
export { attentionContext } from './autograd/ops/attentionContext.ts';
export { attentionScores } from './autograd/ops/attentionScores.ts';
export { crossEntropy } from './autograd/ops/crossEntropy.ts';
export { dropout } from './autograd/ops/dropout.ts';
export { gather } from './autograd/ops/gather.ts';
export { gelu } from './autograd/ops/gelu.ts';
export { layerNorm } from './autograd/ops/layerNorm.ts';
export { linear } from './autograd/ops/linear.ts';
export { maskedSoftmax } from './autograd/ops/maskedSoftmax.ts';
export { softmax } from './autograd/ops/softmax.ts';
export { sum } from './autograd/ops/sum.ts';
export { checkGradients } from './autograd/check/gradcheck.ts';
export type { GradientCheck } from './autograd/check/gradcheck.ts';
export { compareWithReference } from './autograd/check/compareDevices.ts';
export type { Difference } from './autograd/check/difference.ts';

export { Bert } from './bert/Bert.ts';
export type { EncoderInput, MaskedInput } from './bert/Bert.ts';
export type { DropoutSite, ModelOptions, Sizes, Wiring } from './bert/options.ts';
export { presetNames, presets } from './bert/presets.ts';
export type { PresetName } from './bert/presets.ts';

export type { Batch, Batches } from './data/batches/batch.ts';
export { dataFromTexts } from './data/dataFromTexts.ts';
export type { BatchOptions, MaskingOptions, TokenizerOptions } from './data/dataOptions.ts';
export type { OpenedData } from './data/openedData.ts';
export { Tokenizer } from './data/tokenizer/tokenizer.ts';

export { AdamW } from './train/optimizer/adamw.ts';
export type { AdamWOptions } from './train/optimizer/adamw.ts';
export { evaluate } from './train/evaluate/evaluation.ts';
export type { Evaluation, EvaluationBaseline } from './train/evaluate/evaluation.ts';
export { fillMask, maskedSequence } from './train/evaluate/fillMask.ts';
export type { Guess } from './train/evaluate/fillMask.ts';
export { learningRateAt } from './train/optimizer/schedule.ts';
export { readParameters, writeParameters } from './train/modelState.ts';
export type { HostTensor, HostTensors } from './train/modelState.ts';
export { resolveConfig } from './train/config/resolveConfig.ts';
export type { Config } from './train/config/table/table.ts';
export { train } from './train/loop.ts';
export type { Observer, Training, TrainReport } from './train/loop.ts';
export { trainStep } from './train/step.ts';
export type { Learner, StepResult, TrainingBatch } from './train/step.ts';
