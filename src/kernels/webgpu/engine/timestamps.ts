import type { KernelTime, Timer } from '../../profile.ts';
import { MAP_READ, usage } from './usage.ts';

const PASSES = 2048; // two queries per pass; WebGPU's limit is 4096 per set

/** One set of queries, and the kernels whose passes wrote them. */
interface Sheet {
  readonly queries: GPUQuerySet;
  readonly kernels: string[];
}

/** Times dispatches, each in its own pass: all of them while it is on, otherwise only those that request it. */
export class Timestamps implements Timer {
  readonly #device: GPUDevice;
  readonly #submitted: () => Promise<void>;
  #sheets: Sheet[] = [];
  on = false;

  /** @param submitted resolves when all commands so far are submitted */
  constructor(device: GPUDevice, submitted: () => Promise<void>) {
    this.#device = device;
    this.#submitted = submitted;
  }

  async start(): Promise<void> {
    await this.#submitted();
    this.on = true;
  }

  /** The descriptor of a pass with one dispatch, whose time is added to that of `kernel`. */
  pass(kernel: string): GPUComputePassDescriptor {
    const { queries, kernels } = this.#sheet();
    const first = 2 * kernels.length;
    kernels.push(kernel);
    return {
      timestampWrites: { querySet: queries, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 },
    };
  }

  async stop(): Promise<ReadonlyMap<string, KernelTime>> {
    await this.#submitted();
    const sheets = this.#sheets;
    this.#sheets = [];
    this.on = false;
    const times = new Map<string, KernelTime>();
    for (const sheet of sheets) await this.#add(sheet, times);
    return times;
  }

  #sheet(): Sheet {
    const last = this.#sheets.at(-1);
    if (last && last.kernels.length < PASSES) return last;
    const made = { queries: this.#device.createQuerySet({ type: 'timestamp', count: 2 * PASSES }), kernels: [] };
    this.#sheets.push(made);
    return made;
  }

  async #add({ queries, kernels }: Sheet, times: Map<string, KernelTime>): Promise<void> {
    const bytes = 16 * kernels.length;
    const resolved = this.#device.createBuffer({ size: bytes, usage: usage.queryResolve | usage.copySource });
    const target = this.#device.createBuffer({ size: bytes, usage: usage.mapRead | usage.copyDestination });
    const encoder = this.#device.createCommandEncoder();
    encoder.resolveQuerySet(queries, 0, 2 * kernels.length, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, target, 0, bytes);
    this.#device.queue.submit([encoder.finish()]);
    await target.mapAsync(MAP_READ);
    const nanoseconds = new BigInt64Array(target.getMappedRange());
    for (const [i, kernel] of kernels.entries()) {
      const { launches, milliseconds } = times.get(kernel) ?? { launches: 0, milliseconds: 0 };
      const spent = Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6;
      times.set(kernel, { launches: launches + 1, milliseconds: milliseconds + spent });
    }
    for (const gone of [queries, resolved, target]) gone.destroy();
  }
}
