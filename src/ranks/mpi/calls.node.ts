import { BertrandError } from '../../error.ts';
import { handlesOf } from './handles.ts';
import type { Handles } from './handles.ts';
import type { MpiLibrary } from './library.node.ts';

/** An operation that is under way. Its arrays must be kept until it has ended. */
export interface Request {
  /** Moves it on, and says whether it has ended. */
  test(): boolean;
}

const SLOTS = 64; // operations under way at a time
const LONGEST_MESSAGE = 8192;

/** The functions of MPI that are used, on ordinary values. Each throws a BertrandError where MPI reports an error. */
export class MpiCalls {
  readonly #handles: Handles;
  readonly #call: (name: string, ...values: (number | bigint)[]) => void;
  readonly #addressOf: (array: ArrayBufferView) => bigint;
  readonly #requests = new BigUint64Array(SLOTS);
  readonly #free = Array.from({ length: SLOTS }, (_, slot) => slot);
  readonly #flag = new Int32Array(1);
  #world: bigint;

  constructor({ koffi, library, family }: MpiLibrary) {
    this.#addressOf = (array) => koffi.address(array);
    this.#handles = handlesOf(family, (symbol) => library.symbol(symbol, 'void *'));
    this.#world = this.#handles.world;
    const functions = new Map(
      Object.entries(SIGNATURES).map(([name, values]) => [name, library.func(`int MPI_${name}(${values})`)]),
    );
    const explain = (code: number): string => {
      const [text, length] = [new Uint8Array(LONGEST_MESSAGE), new Int32Array(1)];
      functions.get('Error_string')?.(code, koffi.address(text), koffi.address(length));
      return new TextDecoder().decode(text.subarray(0, length[0]));
    };
    this.#call = (name, ...values) => {
      const code = functions.get(name)?.(...values) as number;
      if (code !== 0) throw new BertrandError(`MPI_${name}: ${explain(code)}`);
    };
  }

  /** Waits until all ranks have come. Errors are reported from then on instead of ending the process. */
  initialise(): void {
    this.#call('Init', 0n, 0n);
    this.#call('Comm_set_errhandler', this.#world, this.#handles.errorsReturn);
  }

  get rank(): number {
    return this.#number('Comm_rank');
  }

  get size(): number {
    return this.#number('Comm_size');
  }

  /** The same ranks, whose operations do not mix with these. */
  duplicate(): bigint {
    const made = new BigUint64Array(1);
    this.#call('Comm_dup', this.#world, this.#addressOf(made));
    return made[0];
  }

  /** Starts to add up arrays in place. */
  startSum(numbers: Float32Array | Float64Array, communicator = this.#world): Request {
    const { inPlace, float, double, sum } = this.#handles;
    const type = numbers instanceof Float32Array ? float : double;
    return this.#start(numbers, (request) =>
      this.#call('Iallreduce', inPlace, this.#addressOf(numbers), numbers.length, type, sum, communicator, request),
    );
  }

  /** Starts to overwrite arrays by those of one rank. */
  startBroadcast(bytes: ArrayBufferView, from: number): Request {
    return this.#start(bytes, (request) =>
      this.#call('Ibcast', this.#addressOf(bytes), bytes.byteLength, this.#handles.byte, from, this.#world, request),
    );
  }

  /** Ends all ranks. */
  abort(code: number): void {
    this.#call('Abort', this.#world, code);
  }

  finalise(): void {
    this.#call('Finalize');
  }

  #start(kept: ArrayBufferView, begin: (request: bigint) => void): Request {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error(`more than ${SLOTS} operations of MPI at a time`);
    const address = this.#addressOf(this.#requests) + BigInt(8 * slot);
    begin(address);
    const flag = this.#addressOf(this.#flag);
    let array: ArrayBufferView | undefined = kept;
    return {
      test: () => {
        if (!array) return true;
        this.#call('Test', address, flag, this.#handles.noStatus);
        if (this.#flag[0] === 0) return false;
        array = undefined;
        this.#free.push(slot);
        return true;
      },
    };
  }

  #number(name: string): number {
    const value = new Int32Array(1);
    this.#call(name, this.#world, this.#addressOf(value));
    return value[0];
  }
}

/** Handles are pointers or integers; both fit a register. */
const SIGNATURES = {
  Init: 'uintptr_t, uintptr_t',
  Comm_set_errhandler: 'uintptr_t, uintptr_t',
  Comm_rank: 'uintptr_t, uintptr_t',
  Comm_size: 'uintptr_t, uintptr_t',
  Comm_dup: 'uintptr_t, uintptr_t',
  Iallreduce: 'uintptr_t, uintptr_t, int, uintptr_t, uintptr_t, uintptr_t, uintptr_t',
  Ibcast: 'uintptr_t, int, uintptr_t, int, uintptr_t, uintptr_t',
  Test: 'uintptr_t, uintptr_t, uintptr_t',
  Error_string: 'int, uintptr_t, uintptr_t',
  Abort: 'uintptr_t, int',
  Finalize: '',
};
