import { BertrandError } from '../../error.ts';
import type { Numbers } from '../communicator.ts';
import { handlesOf } from './handles.ts';
import type { Handles } from './handles.ts';
import type { Layout } from './layout.ts';
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
  startSum(numbers: Numbers, communicator = this.#world): Request {
    const { inPlace, sum } = this.#handles;
    const type = this.#typeOf(numbers);
    return this.#start([numbers], (request) =>
      this.#call('Iallreduce', inPlace, this.#addressOf(numbers), numbers.length, type, sum, communicator, request),
    );
  }

  /** Starts to send each rank its part of an array, and to receive what all send to this one, which is another array. */
  startExchange(sent: Numbers, to: Layout, received: Numbers, from: Layout): Request {
    const type = this.#typeOf(sent);
    const side = (numbers: Numbers, { counts, offsets }: Layout): bigint[] => [
      ...[numbers, counts, offsets].map(this.#addressOf),
      type,
    ];
    return this.#start([sent, to, received, from], (request) =>
      this.#call('Ialltoallv', ...side(sent, to), ...side(received, from), this.#world, request),
    );
  }

  /** Starts to give all ranks the parts that each of them has of an array. */
  startGather(numbers: Numbers, parts: Layout): Request {
    const { inPlace } = this.#handles;
    const type = this.#typeOf(numbers);
    const [address, counts, offsets] = [numbers, parts.counts, parts.offsets].map(this.#addressOf);
    return this.#start([numbers, parts], (request) =>
      this.#call('Iallgatherv', inPlace, 0, type, address, counts, offsets, type, this.#world, request),
    );
  }

  /** Starts to overwrite arrays by those of one rank. */
  startBroadcast(bytes: ArrayBufferView, from: number): Request {
    return this.#start([bytes], (request) =>
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

  #typeOf(numbers: Numbers): bigint {
    return numbers instanceof Float32Array ? this.#handles.float : this.#handles.double;
  }

  /** @param kept what MPI reads and writes until the end */
  #start(kept: readonly unknown[], begin: (request: bigint) => void): Request {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error(`more than ${SLOTS} operations of MPI at a time`);
    const address = this.#addressOf(this.#requests) + BigInt(8 * slot);
    begin(address);
    const flag = this.#addressOf(this.#flag);
    let arrays: readonly unknown[] | undefined = kept;
    return {
      test: () => {
        if (!arrays) return true;
        this.#call('Test', address, flag, this.#handles.noStatus);
        if (this.#flag[0] === 0) return false;
        arrays = undefined;
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
  Ialltoallv:
    'uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t',
  Iallgatherv: 'uintptr_t, int, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t',
  Ibcast: 'uintptr_t, int, uintptr_t, int, uintptr_t, uintptr_t',
  Test: 'uintptr_t, uintptr_t, uintptr_t',
  Error_string: 'int, uintptr_t, uintptr_t',
  Abort: 'uintptr_t, int',
  Finalize: '',
};
