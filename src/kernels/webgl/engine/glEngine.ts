import { BertrandError } from '../../../error.ts';
import { DeviceLost } from '../../deviceLost.ts';
import type { Gl } from './context.ts';
import type { Engine, WebGlArray } from './engine.ts';
import { fullShape } from './engine.ts';
import { GlProgram, TextureView } from './glProgram.ts';
import type { Gpu, KernelClass } from './library.ts';
import type { ProgramArguments, ProgramInputs, Program, Shaped } from './program.ts';
import { PixelReadback } from './readback.ts';
import { Shelf } from './shelf.ts';
import { Textures } from './textures.ts';
import type { Texture } from './textures.ts';

interface GlArray extends WebGlArray {
  memory: Texture;
}

/** Programs as shaders over textures. Calls only enqueue; only `read` waits. */
export function glEngine(gl: Gl, gpu: Gpu, expected: KernelClass): Engine {
  const textures = new Textures(gl);
  const readback = new PixelReadback(gl);
  const shelf = new Shelf<Texture>((size, channels) => textures.create(size, channels));
  let closed = false;
  const memoryOf = (array: WebGlArray): Texture => (array as GlArray).memory;
  const check = (): void => {
    if (!closed && gl.context.isContextLost())
      throw new DeviceLost('webgl: the GPU was lost (a driver reset, sleep, or the browser took it away)');
  };
  return {
    description: `gpu.js ${gl.mode} mode, ${gl.name}${gl.software ? ' (on the processor)' : ''}`,
    packs: true,
    elementBytes: 4 * gl.formats[1].stride,
    largestArray: textures.largest,
    allocate(size) {
      check();
      return { memory: textures.create(size, 1) };
    },
    release: (array) => textures.delete(memoryOf(array)),
    write(array, data) {
      check();
      textures.write(memoryOf(array), data instanceof Float32Array ? data : Float32Array.from(data));
    },
    async read(type, array, size) {
      check();
      const values = await readback.read(memoryOf(array), size);
      check();
      const error = gl.context.getError();
      if (error === gl.context.OUT_OF_MEMORY)
        throw new BertrandError('webgl: the GPU ran out of memory', {
          advice: 'lower train.batchSize (and raise train.accumulate)',
        });
      if (error !== gl.context.NO_ERROR) throw new BertrandError(`webgl: the GPU reports the GL error ${error}`);
      return type === 'i32' ? Int32Array.from(values) : values;
    },
    program<const P extends ProgramInputs>(program: Program<P>) {
      const { name, parameters } = program;
      let compiled: GlProgram | undefined;
      return (output: WebGlArray, shape: readonly number[], values: ProgramArguments<P, WebGlArray>) => {
        check();
        compiled ??= new GlProgram(gpu, expected, gl, program);
        const given = Object.keys(parameters).map((key) => {
          const value = values[key] as Shaped<WebGlArray> | number | undefined;
          if (value === undefined) throw new Error(`kernel ${name}: ${key} is missing`);
          return typeof value === 'number' ? value : new TextureView(gl.context, memoryOf(value.array), value.shape);
        });
        compiled.run(memoryOf(output), fullShape(shape), given);
      };
    },
    workspace: (size, packed) => shelf.borrow(size, packed ? 4 : 1),
    replace: (array, compute) => shelf.replace(array as GlArray, compute),
    finish: () => shelf.takeBack(),
    async close() {
      closed = true;
      await gpu.destroy();
      gl.context.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}
