import type { Numbers, Part } from './communicator.ts';
import type { MpiCalls, Request } from './mpi/calls.node.ts';
import { layoutOf } from './mpi/layout.ts';

/**
 * Sums of which each rank gets its part: every rank sends each other one's part straight to it, and adds up what it receives, in the order of
 * the ranks. Of an array of so many bytes a rank sends the (R - 1) / R that are not its own, in one round of messages which go on while it
 * computes. What libraries offer for it sends more (Open MPI's MPI_Ireduce_scatter goes through rank 0), and adds in an order that
 * is theirs.
 */
export class PartSums {
  readonly #mpi: MpiCalls;
  readonly #rank: number;
  readonly #size: number;
  /** Memory for what is received, to be used again. */
  readonly #free: ArrayBuffer[] = [];

  constructor(mpi: MpiCalls) {
    this.#mpi = mpi;
    this.#rank = mpi.rank;
    this.#size = mpi.size;
  }

  /** Starts one. The numbers of other ranks' parts stay as they are. */
  start(numbers: Numbers, parts: readonly Part[]): Request {
    const [rank, size] = [this.#rank, this.#size];
    const { offset, size: length } = parts.find((part) => part.rank === rank) ?? { offset: 0, size: 0 };
    const own = numbers.subarray(offset, offset + length);
    const received = this.#take(numbers, length * (size - 1));
    const others = Array.from({ length: size }, (_, i) => i).filter((other) => other !== rank);
    const to = parts.filter((part) => part.rank !== rank);
    const from = others.map((other, i) => ({ rank: other, offset: i * length, size: length }));
    const request = this.#mpi.startExchange(numbers, layoutOf(to, size), received, layoutOf(from, size));
    let ended = false;
    return {
      test: () => {
        if (ended) return true;
        if (!request.test()) return false;
        ended = true;
        for (const { offset: begin } of from) addTo(own, received.subarray(begin, begin + length));
        this.#free.push(received.buffer);
        return true;
      },
    };
  }

  #take(like: Numbers, length: number): Numbers & { readonly buffer: ArrayBuffer } {
    const bytes = length * like.BYTES_PER_ELEMENT;
    const found = this.#free.pop();
    const buffer = found && found.byteLength >= bytes ? found : new ArrayBuffer(bytes);
    return like instanceof Float32Array ? new Float32Array(buffer, 0, length) : new Float64Array(buffer, 0, length);
  }
}

function addTo(total: Numbers, numbers: Numbers): void {
  for (let i = 0; i < total.length; i++) total[i] += numbers[i];
}
