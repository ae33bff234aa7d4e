import { BertrandError } from '../../../error.ts';
import type { Engine, WebGlArray } from './engine.ts';
import { fullShape } from './engine.ts';
import { LONGEST_LOOP } from './glProgram.ts';
import type { Gpu, GpuJs, KernelClass } from './library.ts';
import { sourceOf } from './program.ts';
import type { ProgramArguments, ProgramInputs, Program, Extent, Shaped } from './program.ts';
import { Shelf } from './shelf.ts';
import type { Memory } from './shelf.ts';

/** Memory of an array without GL. */
interface Values extends Memory {
  readonly values: Float32Array;
}
interface PlainArray extends WebGlArray {
  memory: Values;
}

type PlainMode = 'webasm' | 'cpu';

/** Runs programs as gpu.js's own WebAssembly or JavaScript over plain arrays: for checking them in Node without GL, not for training. */
export function plainEngine(mode: PlainMode, { GPU, input, WebAssemblyKernel, CPUKernel }: GpuJs): Engine {
  const gpu = new GPU({ mode });
  const expected = mode === 'cpu' ? CPUKernel : WebAssemblyKernel;
  const create = (size: number): Values => ({ values: new Float32Array(size), size, channels: 1 });
  const shelf = new Shelf<Values>(create);
  const valuesOf = (array: WebGlArray): Float32Array => (array as PlainArray).memory.values;
  const argument = ({ array, shape }: Shaped<WebGlArray>): object => input(exactly(valuesOf(array), shape), shape);
  return {
    description: `gpu.js ${mode} mode on the processor, because there is no GL (slow; docs/webgl.md)`,
    packs: false,
    elementBytes: 4,
    allocate: (size) => ({ memory: create(size) }),
    release: () => {},
    write: (array, data) => valuesOf(array).set(data),
    read: (type, array, size) =>
      Promise.resolve(
        type === 'i32' ? Int32Array.from(valuesOf(array).subarray(0, size)) : valuesOf(array).slice(0, size),
      ),
    program<const P extends ProgramInputs>(program: Program<P>) {
      const kernels = new Map<string, ReturnType<Gpu['createKernel']>>();
      return (output: WebGlArray, shape: readonly number[], values: ProgramArguments<P, WebGlArray>) => {
        const given: (Shaped<WebGlArray> | number)[] = Object.keys(program.parameters).map((key) => values[key]);
        // gpu.js's JavaScript supports only fixed argument widths, so each shape gets its own kernel.
        const shapes = given.map((value) => (typeof value === 'number' ? '' : value.shape.join(' ')));
        const key = mode === 'cpu' ? shapes.join() : '';
        const kernel = kernels.get(key) ?? createKernel(gpu, mode, expected, program);
        kernels.set(key, kernel);
        kernel.setOutput(fullShape(shape));
        flatten(
          kernel(...given.map((value) => (typeof value === 'number' ? value : argument(value)))) as Float32Array[][],
          valuesOf(output),
        );
      };
    },
    workspace: (size) => shelf.borrow(size, 1),
    replace: (array, compute) => shelf.replace(array as PlainArray, compute),
    finish: () => shelf.takeBack(),
    close: () => gpu.destroy(),
  };
}

function createKernel(
  gpu: Gpu,
  mode: PlainMode,
  expected: KernelClass,
  program: Program<ProgramInputs>,
): ReturnType<Gpu['createKernel']> {
  const types = { array: 'Input', packed: 'Input', integer: 'Integer', real: 'Float' };
  const kernel = gpu.createKernel(sourceOf(program), {
    argumentTypes: Object.values(program.parameters).map((type) => types[type]),
    functions: program.functions ?? [],
    output: [1, 1, 1],
    dynamicOutput: true,
    dynamicArguments: mode === 'webasm',
    precision: 'single',
    loopMaxIterations: LONGEST_LOOP,
  });
  if (!(kernel.kernel instanceof expected))
    throw new BertrandError(`webgl: gpu.js runs the kernel ${program.name} in a mode other than the requested one`);
  return kernel;
}

/** Exactly as many numbers as the shape has, as gpu.js requires; an incomplete last line is padded. */
function exactly(values: Float32Array, [x, y, z]: Extent): Float32Array {
  const size = x * y * z;
  if (values.length >= size) return values.subarray(0, size);
  const longer = new Float32Array(size);
  longer.set(values);
  return longer;
}

/** gpu.js returns layers of lines. */
function flatten(layers: readonly Float32Array[][], into: Float32Array): void {
  let place = 0;
  for (const line of layers.flat()) {
    into.set(place + line.length > into.length ? line.subarray(0, into.length - place) : line, place);
    place += line.length;
    if (place >= into.length) return;
  }
}
