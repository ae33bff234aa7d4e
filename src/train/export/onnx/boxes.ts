import type { ModelOptions } from '../../../bert/options.ts';
import type { Graph } from './graph.ts';
import { halvesOf, rotated, sights } from './sights.ts';
import type { Sight } from './sights.ts';
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
  const gamma = weights.vector(graph, `${path}.gamma`);
  const betas = weights.has(`${path}.beta`) ? [weights.vector(graph, `${path}.beta`)] : [];
  if (options.normForm === 'variance')
    return graph.add('LayerNormalization', [x, gamma, ...betas], { axis: -1, epsilon: { float: options.normEpsilon } });
  // (x - mean) / (unbiased deviation + epsilon), which no op of ONNX is.
  const mean = (of: string): string => graph.add('ReduceMean', [of], { axes: [-1], keepdims: 1 });
  const centred = graph.add('Sub', [x, mean(x)]);
  const biased = mean(graph.add('Mul', [centred, centred]));
  const size = options.embeddingSize;
  const variance = graph.add('Mul', [biased, graph.scalar(size / Math.max(size - 1, 1))]);
  const deviation = graph.add('Add', [graph.add('Sqrt', [variance]), graph.scalar(options.normEpsilon)]);
  const scaled = graph.add('Mul', [graph.add('Div', [centred, deviation]), gamma]);
  return betas.length > 0 ? graph.add('Add', [scaled, ...betas]) : scaled;
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
  let x = weights.rows(graph, `${path}.token`, ids); // (B, L, ES)
  const positions = weights.positions(graph); // (ML, ES)
  if (positions !== undefined) {
    const length = graph.add('Shape', [ids], { start: 1, end: 2 }); // (1)
    x = graph.add('Add', [x, graph.add('Slice', [positions, graph.integers(0), length, graph.integers(0)])]); // (B, L, ES)
  }
  if (options.segments > 0) {
    const segment =
      typeof segments === 'string'
        ? weights.rows(graph, `${path}.segment`, segments)
        : weights.row(graph, `${path}.segment`, segments);
    x = graph.add('Add', [x, segment]);
  }
  return options.embeddingNorm ? layerNorm(model, x, `${path}.LN`) : x;
}

/** @returns (B, L, ES) */
function attention(model: Model, x: string, { mask, angles }: Sight, path: string): string {
  const { graph, options } = model;
  const { embeddingSize, heads } = options;
  const headSize = embeddingSize / heads;
  const shape = graph.integers(0, 0, heads, headSize);
  const headsOf = (name: string, perm = [0, 2, 1, 3]): string =>
    graph.add('Transpose', [graph.add('Reshape', [linear(model, x, `${path}.${name}`), shape])], { perm });
  const turned = (x: string): string => (angles ? rotated(graph, x, angles, headSize) : x);
  const query = turned(headsOf('LLQ')); // (B, HC, L, HS)
  const key = angles
    ? graph.add('Transpose', [turned(headsOf('LLK'))], { perm: [0, 1, 3, 2] })
    : headsOf('LLK', [0, 2, 3, 1]); // (B, HC, HS, L)
  const value = headsOf('LLV'); // (B, HC, L, HS)
  const divisor = Math.sqrt(options.attentionScale === 'embeddingSize' ? embeddingSize : headSize);
  const scores = graph.add('Div', [graph.add('MatMul', [query, key]), graph.scalar(divisor)]); // (B, HC, L, L)
  const probabilities = graph.add('Softmax', [graph.add('Add', [scores, mask])], { axis: -1 });
  const context = graph.add('Transpose', [graph.add('MatMul', [probabilities, value])], { perm: [0, 2, 1, 3] });
  return linear(model, graph.add('Reshape', [context, graph.integers(0, 0, embeddingSize)]), `${path}.LLO`);
}

function feedForward(model: Model, x: string, path: string): string {
  const { graph, options } = model;
  const wide = linear(model, x, `${path}.LL1`);
  if (options.feedForward === 'plain') return linear(model, gelu(model, wide), `${path}.LL2`);
  const [activated, gate] = halvesOf(graph, wide, 2 * options.feedForwardSize);
  return linear(model, graph.add('Mul', [gelu(model, activated), gate]), `${path}.LL2`);
}

/** @returns (B, L, ES) */
function block(model: Model, x: string, sight: Sight, path: string): string {
  const { graph, options, weights } = model;
  const LN = (name: string, input: string): string => layerNorm(model, input, `${path}.${name}`);
  const attended = (input: string): string => attention(model, input, sight, `${path}.Attention`);
  const fed = (input: string): string => feedForward(model, input, `${path}.FFN`);
  if (options.norm === 'pre') {
    const middle = graph.add('Add', [x, attended(weights.has(`${path}.LN1.gamma`) ? LN('LN1', x) : x)]);
    return graph.add('Add', [middle, fed(LN('LN2', middle))]);
  }
  const middle = LN('LN1', graph.add('Add', [x, attended(x)]));
  return LN('LN2', graph.add('Add', [middle, fed(middle)]));
}

/** All of BertEncoder: (B, L) ids to (B, L, ES). */
export function encoder(model: Model, ids: string, segments: string | number, attentionMask: string): string {
  let x = embedding(inside(model, 'Embedding'), ids, segments);
  const sightOf = sights(model.graph.in('mask'), model.weights, model.options, ids, attentionMask);
  for (let i = 0; i < model.options.layers; i++) x = block(inside(model, `TF.${i}`), x, sightOf(i), `encoder.TF.${i}`);
  return model.options.finalNorm ? layerNorm(inside(model, 'LN'), x, 'encoder.LN') : x;
}

/** Transform: (B, L, ES) to (B, L, ES). */
const transformed = (model: Model, x: string, path: string): string =>
  layerNorm(model, gelu(model, linear(model, x, `${path}.LL`)), `${path}.LN`);

const TRANSFORM = 'classifier.transform';
const hasTransform = ({ weights }: Model): boolean => weights.has(`${TRANSFORM}.LL.weight`);

/** SequenceClassifier: (B, L, ES) to (B, labels). */
export function sequenceClassifier(model: Model, x: string): string {
  const { graph } = model;
  const first = graph.add('Gather', [x, graph.integers(0)], { axis: 1 }); // (B, 1, ES)
  const pooled = hasTransform(model)
    ? transformed(model, first, TRANSFORM)
    : graph.add('Tanh', [linear(model, first, 'classifier.Pooler.LL')]); // (B, 1, ES)
  return graph.add('Squeeze', [linear(model, pooled, 'classifier.LL'), graph.integers(1)]); // (B, labels)
}

/** TokenClassifier: (B, L, ES) to (B, L, labels). */
export const tokenClassifier = (model: Model, x: string): string =>
  linear(model, hasTransform(model) ? transformed(model, x, TRANSFORM) : x, 'classifier.LL');

/** BertDecoder without its softmax: (B, L, ES) to (B, L, VS). */
export function decoder(model: Model, x: string): string {
  const { graph, weights, options } = model;
  const hidden = options.decoderTransform ? transformed(model, x, 'decoder.transform') : x;
  const product =
    options.decoder === 'tied'
      ? weights.tiedProduct(graph, hidden, 'encoder.Embedding.token')
      : weights.product(graph, hidden, 'decoder.LL.weight');
  return graph.add('Add', [product, weights.vector(graph, 'decoder.LL.bias')]);
}
