import { normal, work } from './measure.mjs';

/**
 * The model's weights as a tree, for peers that have functions where others have layers.
 * @param array makes the peer's own array of values and a shape
 */
export function createWeights(array) {
  const { vocabSize, length, layers, embeddingSize, feedForwardSize } = work;
  const matrix = (inputs, outputs) => array(normal(inputs * outputs, 0.02), [inputs, outputs]);
  const vector = (size, value) => array(new Float32Array(size).fill(value), [size]);
  const linear = (inputs, outputs) => ({ weight: matrix(inputs, outputs), bias: vector(outputs, 0) });
  const layerNorm = () => ({ gamma: vector(embeddingSize, 1), beta: vector(embeddingSize, 0) });
  return {
    token: matrix(vocabSize, embeddingSize),
    position: matrix(length, embeddingSize),
    segment: matrix(2, embeddingSize),
    embeddingNorm: layerNorm(),
    blocks: Array.from({ length: layers }, () => ({
      LN1: layerNorm(),
      query: linear(embeddingSize, embeddingSize),
      key: linear(embeddingSize, embeddingSize),
      value: linear(embeddingSize, embeddingSize),
      output: linear(embeddingSize, embeddingSize),
      LN2: layerNorm(),
      LL1: linear(embeddingSize, feedForwardSize),
      LL2: linear(feedForwardSize, embeddingSize),
    })),
    finalNorm: layerNorm(),
    decoder: linear(embeddingSize, vocabSize),
  };
}
