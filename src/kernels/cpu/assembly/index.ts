export * from './memory/job';
export { scratchBytes } from './memory/scratch';
export { packShared, multiplyShared, multiplySpans, addSpans, multiplyBlocks } from './matmul/matmul';
export { tile } from './matmul/tile'; // exported only so that it is not inlined, see there
export { add, mul, affine, reciprocal, fill, addBias } from './elementwise';
export { exp, tanh, tanhBackward, relu, reluBackward } from './activations';
export { transpose } from './transpose';
export { gelu, geluBackward } from './gelu';
export { dropout, dropoutAdd, geluDropout, geluDropoutBackward, geluDropoutBoth } from './dropout';
export { attention } from './attention/attention';
export { attentionBackward } from './attention/attentionBackward';
export { softmax, maskedSoftmax, softmaxBackward } from './softmax';
export { crossEntropy, crossEntropyBackward } from './crossEntropy';
export { layerNorm, layerNormBackward, dropoutAddLayerNorm, dropoutAddLayerNormBackward } from './layerNorm';
export { sumRows, layerNormGradients, combine } from './columns';
export { gather, gatherAdd, scatterSum } from './gather';
export { sum, sumSquares, total, argmax } from './reduce';
export { adamw } from './adamw';
