import { BertrandError } from '../../../error.ts';
import type { Gl } from './context.ts';
import type { Gpu, KernelClass } from './library.ts';
import { sourceOf } from './program.ts';
import type { ProgramInputs, Program, Extent } from './program.ts';
import type { Texture } from './textures.ts';

/**
 * None of our loops is longer. gpu.js silently ends loops whose bound is an argument after 1000 rounds unless it is given a
 * limit.
 */
export const LONGEST_LOOP = 2 ** 24;

/**
 * A texture as gpu.js expects it: an argument, with the shape by which the program indexes it, or the output of a kernel. Our own
 * class, because gpu.js's textures belong to the kernel that made them, which deletes them whenever its size changes.
 */
export class TextureView {
  readonly texture: WebGLTexture;
  readonly size: readonly [number, number];
  readonly dimensions: Extent;
  readonly output: Extent;
  readonly context: unknown;
  readonly type: 'ArrayTexture(1)' | 'ArrayTexture(4)';

  constructor(context: unknown, { handle, width, height, channels }: Texture, shape: Extent) {
    this.context = context;
    this.texture = handle;
    this.size = [width, height];
    this.dimensions = shape;
    this.output = shape;
    this.type = `ArrayTexture(${channels})`;
  }

  /** gpu.js asks before writing whether the contents are still needed elsewhere. */
  beforeMutate(): boolean {
    return false;
  }

  /** gpu.js calls this when a kernel is destroyed; the owner deletes the texture. */
  delete(): void {}
}

/** The kernel behind gpu.js's callable, which lets us choose the texture it writes to. */
interface GlKernel {
  built: boolean;
  texture: TextureView | null;
  output: Extent;
  threadDim: Extent;
  texSize: readonly [number, number];
  maxTexSize: readonly [number, number];
  fallbackRequested: boolean;
  switchingKernels: unknown;
  build(...values: unknown[]): void;
  run(...values: unknown[]): void;
  onActivate(previous: { texture: TextureView }): void;
}

/** A program as a gpu.js fragment shader, compiled at its first run and reused for all sizes. */
export class GlProgram {
  readonly #gl: Gl;
  readonly #name: string;
  readonly #kernel: GlKernel;

  constructor(gpu: Gpu, expected: KernelClass, gl: Gl, program: Program<ProgramInputs>) {
    this.#gl = gl;
    this.#name = program.name;
    const types = { array: 'ArrayTexture(1)', packed: 'ArrayTexture(4)', integer: 'Integer', real: 'Float' };
    const created = gpu.createKernel(sourceOf(program), {
      argumentTypes: Object.values(program.parameters).map((type) => types[type]),
      functions: program.functions ?? [],
      returnType: program.returns ? 'Array(4)' : 'Number',
      output: [1, 1, 1],
      dynamicOutput: true,
      dynamicArguments: true,
      pipeline: true,
      precision: 'single',
      tactic: 'precision',
      loopMaxIterations: LONGEST_LOOP,
    });
    if (!(created.kernel instanceof expected))
      throw new BertrandError(`gpu.js runs the kernel ${program.name} in a mode other than ${gl.mode}`);
    this.#kernel = created.kernel as unknown as GlKernel;
  }

  /** Draws the lines of `output` that `shape` covers. */
  run(output: Texture, shape: Extent, values: readonly unknown[]): void {
    const { context } = this.#gl;
    const kernel = this.#kernel;
    const target = new TextureView(context, output, shape);
    if (values.some((value) => value instanceof TextureView && value.texture === target.texture))
      throw new BertrandError(`webgl: kernel ${this.#name} cannot read and write one array`);
    if (!kernel.built) {
      kernel.texture = target;
      kernel.build(...values);
    }
    const lines = Math.min(output.height, Math.ceil((shape[0] * shape[1] * shape[2]) / output.width));
    kernel.output = shape;
    kernel.threadDim = shape;
    kernel.texSize = [output.width, lines];
    kernel.maxTexSize = kernel.texSize;
    kernel.onActivate({ texture: target });
    context.viewport(0, 0, output.width, lines);
    kernel.run(...values);
    if (kernel.fallbackRequested || kernel.switchingKernels)
      throw new BertrandError(`webgl: gpu.js could not run the kernel ${this.#name} as built`);
  }
}
