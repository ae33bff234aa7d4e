import { sinusoid } from '../../../bert/sinusoid.ts';
import type { ModelOptions } from '../../../bert/options.ts';
import { expectTensor } from '../../modelState.ts';
import type { HostTensor, HostTensors } from '../../modelState.ts';
import { bytesOf, INT8 } from './graph.ts';
import type { Graph } from './graph.ts';
import { dequantizeRows, quantizeRows, rowScales } from './quantize.ts';

/** The one matrix that is never quantised. */
export const POSITION = 'encoder.Embedding.position';

/** A checkpoint's tensors as a graph takes them, each brought in once under its own name. */
export class Weights {
  readonly #tensors: HostTensors;
  readonly #options: ModelOptions;
  readonly #quantized: boolean;
  readonly #brought = new Set<string>();

  /** @param quantized whether matrices are stored as int8 with a scale for each row of the checkpoint's (outputs, inputs) */
  constructor(tensors: HostTensors, options: ModelOptions, quantized: boolean) {
    this.#tensors = tensors;
    this.#options = options;
    this.#quantized = quantized;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** A tensor as the checkpoint has it. */
  vector(graph: Graph, name: string): string {
    return this.#once(name, () => graph.floats(this.#find(name).shape, () => this.#find(name).data, name));
  }

  /** x @ matrix' for a matrix that the checkpoint has as (outputs, inputs): (..., outputs). */
  product(graph: Graph, x: string, name: string): string {
    const [outputs, inputs] = this.#find(name).shape;
    if (!this.#quantized) {
      const turned = (): Float32Array => transpose(this.#find(name).data, outputs, inputs);
      const key = `${name}.transposed`;
      return graph.add('MatMul', [x, this.#once(key, () => graph.floats([inputs, outputs], turned, key))]);
    }
    // Not DequantizeLinear, which ONNX Runtime fuses with the product into one that rounds activations to 8 bits as well.
    const { values, scales } = this.#int8(graph, name, true);
    const product = graph.add('MatMul', [x, graph.add('Cast', [values], { to: graph.float })]);
    return graph.add('Mul', [product, scales]);
  }

  /** The same for a table whose rows are taken elsewhere, so that it is stored once. */
  tiedProduct(graph: Graph, x: string, name: string): string {
    const turned = (table: string): string => graph.add('Transpose', [table], { perm: [1, 0] });
    if (!this.#quantized) return graph.add('MatMul', [x, turned(this.vector(graph, name))]);
    const { values, scales } = this.#int8(graph, name, false);
    const product = graph.add('MatMul', [x, turned(graph.add('Cast', [values], { to: graph.float }))]);
    return graph.add('Mul', [product, scales]);
  }

  /** The rows of a table that `ids` (B, L) name: (B, L, columns). */
  rows(graph: Graph, name: string, ids: string): string {
    if (!this.#quantized) return graph.add('Gather', [this.vector(graph, name), ids], { axis: 0 });
    const { scales, values } = this.#int8(graph, name, false);
    const wide = graph.add('Cast', [graph.add('Gather', [values, ids], { axis: 0 })], { to: graph.float });
    const scale = graph.add('Unsqueeze', [graph.add('Gather', [scales, ids], { axis: 0 }), graph.integers(-1)]);
    return graph.add('Mul', [wide, scale]);
  }

  /** One row of a table, (columns): rounded as the others are, stored as floats. */
  row(graph: Graph, name: string, row: number): string {
    const { shape, data } = this.#find(name);
    const columns = shape[1];
    const exact = data.subarray(row * columns, (row + 1) * columns);
    const values = this.#quantized ? dequantizeRows(quantizeRows(exact, 1, columns)) : exact;
    return graph.floats([columns], () => values, `${name}.${row}`);
  }

  /** (ML, ES), learned or the fixed sinusoid; undefined if there is no position embedding. */
  positions(graph: Graph): string | undefined {
    const { positions, maxLength, embeddingSize } = this.#options;
    if (positions === 'learned') return this.vector(graph, POSITION); // small, and exact
    if (positions === 'rotary') return undefined;
    return this.fixed(graph, POSITION, [maxLength, embeddingSize], () => sinusoid(maxLength, embeddingSize));
  }

  /** A table that the options fix. */
  fixed(graph: Graph, name: string, dims: readonly number[], make: () => Float64Array): string {
    return this.#once(name, () => graph.floats(dims, () => Float32Array.from(make()), name));
  }

  #find(name: string): HostTensor {
    return expectTensor(this.#tensors, name, this.#tensors.get(name)?.shape ?? []);
  }

  #once(name: string, bring: () => string): string {
    if (this.#brought.has(name)) return name;
    this.#brought.add(name);
    return bring();
  }

  /** Quantised when it is written, rather than held until then. */
  #int8(graph: Graph, name: string, transposed: boolean): { scales: string; values: string } {
    const { shape, data } = this.#find(name);
    const [rows, columns] = shape;
    const [values, scales] = [`${name}.int8`, `${name}.scale`];
    const quantized = (): Int8Array => quantizeRows(data, rows, columns).values;
    this.#once(values, () => {
      graph.floats([rows], () => rowScales(data, rows, columns), scales);
      return graph.tensor({
        name: values,
        type: INT8,
        dims: transposed ? [columns, rows] : [rows, columns],
        byteLength: data.length,
        bytes: () => bytesOf(transposed ? transpose(quantized(), rows, columns) : quantized()),
      });
    });
    return { scales, values };
  }
}

const BLOCK = 32; // rows and columns that stay in the processor's cache

function transpose<A extends Float32Array | Int8Array>(data: A, rows: number, columns: number): A {
  const turned = new (data.constructor as new (length: number) => A)(data.length);
  for (let top = 0; top < rows; top += BLOCK)
    for (let left = 0; left < columns; left += BLOCK) {
      const [bottom, right] = [Math.min(top + BLOCK, rows), Math.min(left + BLOCK, columns)];
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++) turned[column * rows + row] = data[row * columns + column];
    }
  return turned;
}
