/** The numbers in a struct of Thrift's compact protocol, by the numbers of their fields; what is in structs is below them. */
export interface Struct {
  readonly numbers: ReadonlyMap<number, number>;
  readonly structs: ReadonlyMap<number, Struct>;
  /** The first byte after it. */
  readonly end: number;
}

const DEEPEST = 16;
/** Structs and items of lists, of which each takes memory. */
const MOST_ITEMS = 1 << 20;

/**
 * Walks over a struct, so that whoever decodes it afterwards meets no list without an end and takes no more memory than
 * there are bytes.
 * @throws RangeError where it is none, or is cut short
 */
export function readStruct(bytes: Uint8Array, start: number): Struct {
  return new Walk(bytes).struct(start, 0);
}

/** Thrift's numbers for its types. */
const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

class Walk {
  readonly #bytes: Uint8Array;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(start: number, depth: number): Struct {
    this.#at = start;
    const numbers = new Map<number, number>();
    const structs = new Map<number, Struct>();
    this.#count(depth);
    for (let field = 0; ;) {
      const head = this.#byte();
      const type = head & 15;
      if (type === 0) return { numbers, structs, end: this.#at };
      field = head >> 4 ? field + (head >> 4) : this.#integer();
      if (type === STRUCT) structs.set(field, this.struct(this.#at, depth + 1));
      else {
        const number = this.#value(type, depth);
        if (number !== undefined) numbers.set(field, number);
      }
    }
  }

  /** Passes over a value. @returns it if it is a whole number */
  #value(type: number, depth: number): number | undefined {
    switch (type) {
      case TRUE:
      case FALSE:
        return undefined;
      case BYTE:
        return this.#byte();
      case I16:
      case I32:
      case I64:
        return this.#integer();
      case DOUBLE:
        return this.#skip(8);
      case BINARY:
        return this.#skip(this.#size());
      case LIST:
        return this.#list(depth);
      case STRUCT:
        this.struct(this.#at, depth + 1);
        return undefined;
      default:
        throw new RangeError(`a value of the unknown type ${type}`);
    }
  }

  #list(depth: number): undefined {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#size() : head >> 4;
    const type = head & 15;
    if (type === TRUE || type === FALSE) throw new RangeError('a list of truth values');
    for (let i = 0; i < size; i++) {
      this.#count(depth);
      this.#value(type, depth + 1);
    }
  }

  #count(depth: number): void {
    this.#items += 1;
    if (this.#items > MOST_ITEMS || depth > DEEPEST) throw new RangeError('too many values, or nested too deep');
  }

  #skip(size: number): undefined {
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new RangeError('cut short');
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw new RangeError('cut short');
    return this.#bytes[this.#at++];
  }

  /** A length, which no more bytes can follow than there are. */
  #size(): number {
    const size = this.#unsigned();
    if (size > this.#bytes.length - this.#at) throw new RangeError('cut short');
    return size;
  }

  /** Numbers beyond 2^53 lose their last bits: no size of a file is so large. */
  #integer(): number {
    const zigzag = this.#unsigned();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  #unsigned(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    throw new RangeError('a number of more than 10 bytes');
  }
}
