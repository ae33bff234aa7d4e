import { toHalves } from '../../../kernels/half.ts';
import { sizeOf } from '../../../autograd/shape.ts';
import type { Message } from './messages.ts';

/** Element types by ONNX's numbers. */
export const FLOAT = 1;
export const INT8 = 3;
export const INT64 = 7;
export const FLOAT16 = 10;
export type FloatType = typeof FLOAT | typeof FLOAT16;

/** A tensor that the model brings along. `bytes` makes its little-endian data when it is written, so that few are held at once. */
export interface Initializer {
  readonly name: string;
  readonly type: typeof FLOAT | typeof INT8 | typeof INT64 | typeof FLOAT16;
  readonly dims: readonly number[];
  readonly byteLength: number;
  readonly bytes: () => Uint8Array;
}

type Attribute = number | readonly number[] | { readonly float: number };

/** Collects the nodes of a graph. Values are known by name; a method gives the name of what it adds. */
export class Graph {
  readonly nodes: Message<'NodeProto'>[] = [];
  readonly initializers: Initializer[] = [];
  /** What activations are computed in. */
  readonly float: FloatType;
  readonly #scope: string;
  readonly #root: Graph;
  #count = 0;

  constructor(float: FloatType, scope = '', root?: Graph) {
    this.float = float;
    this.#scope = scope;
    this.#root = root ?? this;
    if (root) {
      this.nodes = root.nodes;
      this.initializers = root.initializers;
    }
  }

  /** The same graph, whose further names begin with `name`. */
  in(name: string): Graph {
    return new Graph(this.float, `${this.#scope}${name}.`, this.#root);
  }

  /** A node of one output. Whole numbers in `attributes` are ints. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output: string = `${this.#scope}${op}.${this.#root.#count++}`,
  ): string {
    this.nodes.push({
      input: inputs,
      output: [output],
      name: output,
      op_type: op,
      attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attributeOf(value) })),
    });
    return output;
  }

  /** A constant scalar of the graph's float type. */
  scalar(value: number): string {
    return this.floats([], () => Float32Array.of(value), `${this.#scope}constant.${this.#root.#count++}`);
  }

  /** A constant list of whole numbers, (length), as shapes and axes are. */
  integers(...values: number[]): string {
    const name = `${this.#scope}constant.${this.#root.#count++}`;
    const bytes = (): Uint8Array => bytesOf(BigInt64Array.from(values, BigInt));
    this.initializers.push({ name, type: INT64, dims: [values.length], byteLength: 8 * values.length, bytes });
    return name;
  }

  /** A tensor of the graph's float type under a name of its own; `make` gives its values when it is written. */
  floats(dims: readonly number[], make: () => Float32Array, name: string): string {
    const size = sizeOf(dims);
    const halves = this.float === FLOAT16;
    return this.tensor({
      name,
      type: this.float,
      dims,
      byteLength: size * (halves ? 2 : 4),
      bytes: () => (halves ? bytesOf(toHalves(make())).subarray(0, 2 * size) : bytesOf(make())),
    });
  }

  tensor(initializer: Initializer): string {
    this.initializers.push(initializer);
    return initializer.name;
  }
}

function attributeOf(value: Attribute): Message<'AttributeProto'> {
  if (typeof value === 'number') return { type: 2, i: BigInt(value) };
  if ('float' in value) return { type: 1, f: value.float };
  return { type: 7, ints: value.map(BigInt) };
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
