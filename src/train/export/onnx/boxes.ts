import type { ModelOptions } from '../../../bert/options.ts';
import { FLOAT16 } from './graph.ts';
import type { Graph } from './graph.ts';
import type { Weights } from './weights.ts';

/*
 * The boxes of the diagram as ONNX nodes (opset 17), with the names of src/bert. B is the batch, L the length.
 */

/** What all boxes of one model share. */
export interface Model {
  readonly graph: Graph;
  readonly weights: Weights;
  readonly options: ModelOptions;
}

const inside = (model: Model, name: string): Model => ({ ...model, graph: model.graph.in(name) });

/** y = x @ weight' + bias, of the layer at `path`. */
function linear({ graph, weights }: Model, x: string, path: string): string {
  const product = weights.product(graph, x, `${path}.weight`); // (B, L, outputs)
  return weights.has(`${path}.bias`) ? graph.add('Add', [product, weights.vector(graph, `${path}.bias`)]) : product;
}

function layerNorm({ graph, weights, options }: Model, x: string, path: string): string {
  const [gamma, beta] = ['gamma', 'beta'].map((name) => weights.vector(graph, `${path}.${name}`));
  if (options.normForm === 'variance')
    return graph.add('LayerNormalization', [x, gamma, beta], { axis: -1, epsilon: { float: options.normEpsilon } });
  // (x - mean) / (unbiased deviation + epsilon), which no op of ONNX is.
  const mean = (of: string): string => graph.add('ReduceMean', [of], { axes: [-1], keepdims: 1 });
  const centred = graph.add('Sub', [x, mean(x)]);
  const biased = mean(graph.add('Mul', [centred, centred]));
  const size = options.embeddingSize;
  const variance = graph.add('Mul', [biased, graph.scalar(size / Math.max(size - 1, 1))]);
  const deviation = graph.add('Add', [graph.add('Sqrt', [variance]), graph.scalar(options.normEpsilon)]);
  return graph.add('Add', [graph.add('Mul', [graph.add('Div', [centred, deviation]), gamma]), beta]);
}

function gelu({ graph, options }: Model, x: string): string {
  const half = graph.scalar(0.5);
  const one = graph.scalar(1);
  if (options.gelu === 'erf') {
    const erf = graph.add('Erf', [graph.add('Div', [x, graph.scalar(Math.SQRT2)])]);
    return graph.add('Mul', [graph.add('Mul', [x, graph.add('Add', [erf, one])]), half]);
  }
  const cube = graph.add('Mul', [graph.add('Mul', [x, x]), x]);
  const inner = graph.add('Add', [x, graph.add('Mul', [cube, graph.scalar(0.044715)])]);
  const tanh = graph.add('Tanh', [graph.add('Mul', [inner, graph.scalar(Math.sqrt(2 / Math.PI))])]);
  return graph.add('Mul', [graph.add('Mul', [x, half]), graph.add('Add', [tanh, one])]);
}

/**
 * @param ids (B, L), int64
 * @param segments the name of the input of segment ids, or the one segment that all text has
 * @returns (B, L, ES)
 */
function embedding(model: Model, ids: string, segments: string | number): string {
  const { graph, weights, options } = model;
  const path = 'encoder.Embedding';
  const length = graph.add('Shape', [ids], { start: 1, end: 2 }); // (1)
  const positions = weights.positions(graph); // (ML, ES)
  const first = graph.add('Slice', [positions, graph.integers(0), length, graph.integers(0)]); // (L, ES)
  let x = graph.add('Add', [weights.rows(graph, `${path}.token`, ids), first]); // (B, L, ES)
  if (options.segments > 0) {
    const segment =
      typeof segments === 'string'
        ? weights.rows(graph, `${path}.segment`, segments)
        : weights.row(graph, `${path}.segment`, segments);
    x = graph.add('Add', [x, segment]);
  }
  return options.embeddingNorm ? layerNorm(model, x, `${path}.LN`) : x;
}

/**
 * What is added to scores so that padding is not seen: 0, or the least number.
 * @param attentionMask (B, L), int64: 0 for padding
 * @returns (B, 1, 1, L)
 */
function maskedScores(graph: Graph, attentionMask: string): string {
  const keys = graph.add('Unsqueeze', [attentionMask, graph.integers(1, 2)]);
  const padding = graph.add('Sub', [graph.scalar(1), graph.add('Cast', [keys], { to: graph.float })]);
  // Not infinity, by which a text of padding alone would become NaN.
  return graph.add('Mul', [padding, graph.scalar(graph.float === FLOAT16 ? -65504 : -3.4028234663852886e38)]);
}

/** @returns (B, L, ES) */
function attention(model: Model, x: string, mask: string, path: string): string {
  const { graph, options } = model;
  const { embeddingSize, heads } = options;
  const headSize = embeddingSize / heads;
  const shape = graph.integers(0, 0, heads, headSize);
  const headsOf = (name: string, perm: readonly number[]): string =>
    graph.add('Transpose', [graph.add('Reshape', [linear(model, x, `${path}.${name}`), shape])], { perm });
  const query = headsOf('LLQ', [0, 2, 1, 3]); // (B, HC, L, HS)
  const key = headsOf('LLK', [0, 2, 3, 1]); // (B, HC, HS, L)
  const value = headsOf('LLV', [0, 2, 1, 3]); // (B, HC, L, HS)
  const divisor = Math.sqrt(options.attentionScale === 'embeddingSize' ? embeddingSize : headSize);
  const scores = graph.add('Div', [graph.add('MatMul', [query, key]), graph.scalar(divisor)]); // (B, HC, L, L)
  const probabilities = graph.add('Softmax', [graph.add('Add', [scores, mask])], { axis: -1 });
  const context = graph.add('Transpose', [graph.add('MatMul', [probabilities, value])], { perm: [0, 2, 1, 3] });
  return linear(model, graph.add('Reshape', [context, graph.integers(0, 0, embeddingSize)]), `${path}.LLO`);
}

function feedForward(model: Model, x: string, path: string): string {
  return linear(model, gelu(model, linear(model, x, `${path}.LL1`)), `${path}.LL2`);
}

/** @returns (B, L, ES) */
function block(model: Model, x: string, mask: string, path: string): string {
  const { graph, options } = model;
  const LN = (name: string, input: string): string => layerNorm(model, input, `${path}.${name}`);
  const attended = (input: string): string => attention(model, input, mask, `${path}.Attention`);
  const fed = (input: string): string => feedForward(model, input, `${path}.FFN`);
  if (options.norm === 'pre') {
    const middle = graph.add('Add', [x, attended(LN('LN1', x))]);
    return graph.add('Add', [middle, fed(LN('LN2', middle))]);
  }
  const middle = LN('LN1', graph.add('Add', [x, attended(x)]));
  return LN('LN2', graph.add('Add', [middle, fed(middle)]));
}

/** All of BertEncoder: (B, L) ids to (B, L, ES). */
export function encoder(model: Model, ids: string, segments: string | number, attentionMask: string): string {
  let x = embedding(inside(model, 'Embedding'), ids, segments);
  const mask = maskedScores(model.graph.in('mask'), attentionMask);
  for (let i = 0; i < model.options.layers; i++) x = block(inside(model, `TF.${i}`), x, mask, `encoder.TF.${i}`);
  return model.options.finalNorm ? layerNorm(inside(model, 'LN'), x, 'encoder.LN') : x;
}

/** SequenceClassifier: (B, L, ES) to (B, labels). */
export function sequenceClassifier(model: Model, x: string): string {
  const { graph } = model;
  const first = graph.add('Gather', [x, graph.integers(0)], { axis: 1 }); // (B, 1, ES)
  const pooled = graph.add('Tanh', [linear(model, first, 'classifier.Pooler.LL')]); // (B, 1, ES)
  return graph.add('Squeeze', [linear(model, pooled, 'classifier.LL'), graph.integers(1)]); // (B, labels)
}

/** TokenClassifier: (B, L, ES) to (B, L, labels). */
export const tokenClassifier = (model: Model, x: string): string => linear(model, x, 'classifier.LL');

/** BertDecoder without its softmax: (B, L, ES) to (B, L, VS). */
export function decoder(model: Model, x: string): string {
  const { graph, weights, options } = model;
  let hidden = x;
  if (options.decoderTransform)
    hidden = layerNorm(model, gelu(model, linear(model, hidden, 'decoder.transform.LL')), 'decoder.transform.LN');
  const product =
    options.decoder === 'tied'
      ? weights.tiedProduct(graph, hidden, 'encoder.Embedding.token')
      : weights.product(graph, hidden, 'decoder.LL.weight');
  return graph.add('Add', [product, weights.vector(graph, 'decoder.LL.bias')]);
}
