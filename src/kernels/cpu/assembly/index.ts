export * from './job';
export { packShared, multiplyShared, multiplyBatch } from './matmul';
export { tile } from './tile'; // only so that it is not inlined, see there
export { add, fill, addBias } from './elementwise';
export { gelu, geluBackward } from './gelu';
export { dropout } from './dropout';
export { softmax, maskedSoftmax, softmaxBackward } from './softmax';
export { crossEntropy, crossEntropyBackward } from './crossEntropy';
export { layerNorm, layerNormBackward } from './layerNorm';
export { sumRows, layerNormGradients, combine } from './columns';
export { gather, scatterSum } from './gather';
export { sum, sumSquares, total, argmax } from './reduce';
export { adamw } from './adamw';
