import type { Kernels, KernelParameters } from '../../../contract.ts';
import { viewOf } from '../../engine/buffers.ts';
import type { GpuHandles } from '../../engine/buffers.ts';
import type { ColumnKernels } from '../columns.ts';
import { backward, completeBackward, drawn, drop, normalise, plain, readBackward } from './layerNormText.ts';
import type { Backward } from './layerNormText.ts';
import { dropoutMask, maskValues } from '../wgsl/dropoutMask.ts';
import type { Dispatch, Queue } from '../../engine/queue.ts';
import { byRowShape, rowShape } from '../wgsl/rows.ts';
import type { Traits } from '../../engine/traits.ts';

type Plain = keyof typeof plain;
type Drawn = keyof typeof drawn;
type Forward = 'x' | 'gamma' | 'beta' | 'y' | 'mean' | 'inverse';

/** Workgroups that add up the gradients of gamma and beta over their rows, at most: few enough for the second pass to add quickly. */
const BLOCKS = 128;

/** A row of up to 8192 columns is read once and kept in registers. */
export function layerNormKernels(
  queue: Queue,
  traits: Traits,
  { kernels: { layerNormParameterGradients }, addNormBlocks }: ColumnKernels,
): Pick<
  Kernels<GpuHandles>,
  'layerNorm' | 'layerNormBackward' | 'dropoutAddLayerNorm' | 'dropoutAddLayerNormBackward'
> {
  const forwards = byRowShape(traits, (rows): { run: Dispatch<Forward, Plain> } => ({
    run: queue.shader({
      label: 'layerNorm',
      inputs: { x: rows.real, gamma: rows.f32, beta: rows.f32 },
      outputs: { y: rows.real, mean: 'f32', inverse: 'f32' },
      parameters: plain,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x', 'gamma', 'beta') + rows.write('y'),
      main: rows.begin + rows.keep('values', (i) => `read_x(row, column_${i})`) + normalise(rows),
    }),
  }));
  const sums = byRowShape(traits, (rows): { run: Dispatch<Forward | 'residual' | 'sum', Drawn> } => ({
    run: queue.shader({
      label: 'dropoutAddLayerNorm',
      inputs: { x: rows.real, residual: rows.real, gamma: rows.f32, beta: rows.f32 },
      outputs: { sum: rows.real, y: rows.real, mean: 'f32', inverse: 'f32' },
      parameters: drawn,
      workgroup: rows.workgroup,
      declarations:
        dropoutMask + rows.reductions + rows.read('x', 'residual', 'gamma', 'beta') + rows.write('sum', 'y'),
      main: `${rows.begin}
  ${rows.keep('values', (i) => `read_residual(row, column_${i}) + ${drop(`read_x(row, column_${i})`, i)}`)}
  if (writes) { ${rows.each((i) => `write_sum(row, column_${i}, values_${i});`)} }
  ${normalise(rows)}`,
    }),
  }));
  const backwards = byRowShape(traits, (rows): { run: Dispatch<Backward | 'x' | 'dx', Plain> } => ({
    run: queue.shader({
      label: 'layerNormBackward',
      inputs: { x: rows.real, gamma: rows.f32, mean: 'f32', inverse: 'f32', dy: rows.real },
      outputs: { dx: rows.real },
      parameters: plain,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x', 'gamma', 'dy') + rows.write('dx'),
      main: `${rows.begin}${backward(rows, 'x')}
  if (writes) { ${rows.each((i) => `write_dx(row, column_${i}, gradient_${i});`)} }`,
    }),
  }));
  const sumsBackward = byRowShape(
    traits,
    (rows): { run: Dispatch<Backward | 'sum' | 'dsum' | 'dresidual' | 'dx', Drawn> } => ({
      run: queue.shader({
        label: 'dropoutAddLayerNormBackward',
        inputs: { ...readBackward(rows), dsum: rows.real },
        outputs: { dresidual: rows.real, dx: rows.real },
        parameters: drawn,
        workgroup: rows.workgroup,
        declarations:
          dropoutMask + rows.reductions + rows.read('sum', 'gamma', 'dy', 'dsum') + rows.write('dresidual', 'dx'),
        main: `${rows.begin}${backward(rows, 'sum')}
  if (writes) {
    ${rows.each(
      (i) => `
    var whole = gradient_${i};
    if (p.addSum == 1u) { whole += read_dsum(row, column_${i}); }
    write_dresidual(row, column_${i}, whole);
    write_dx(row, column_${i}, ${drop('whole', i)});`,
    )}
  }`,
      }),
    }),
  );
  const completed = (adds: boolean) =>
    byRowShape(traits, (rows) => ({ run: queue.shader(completeBackward(rows, adds)) }));
  const [complete, completeAdd] = [completed(false), completed(true)];
  // Listed one by one, since spreading objects is slow.
  const draws = (p: KernelParameters<'dropoutAddLayerNorm'>, addSum = 0, shifts = 0, rounds = 0) => {
    const { threshold, factor, keyHigh, keyLow } = maskValues(p);
    const { rows, columns, epsilon, unbiased } = p;
    return { rows, columns, epsilon, unbiased, addSum, threshold, factor, keyHigh, keyLow, shifts, rounds };
  };
  return {
    layerNorm(inputs, p, outputs) {
      const { run, rows } = forwards(p.columns);
      run({ ...inputs, ...outputs }, p, rows.groups(p.rows));
    },
    layerNormBackward(inputs, p, outputs) {
      const { run, rows } = backwards(p.columns);
      run({ ...inputs, ...outputs }, p, rows.groups(p.rows));
    },
    dropoutAddLayerNorm({ x, residual, gamma, beta }, p, { sum, y, mean, inverse }) {
      const { run, rows } = sums(p.columns);
      run({ x, residual, gamma, beta, sum, y, mean, inverse }, draws(p), rows.groups(p.rows));
    },
    dropoutAddLayerNormBackward(inputs, p, outputs) {
      const { lanes, vectors } = rowShape(p.columns);
      if (lanes > 32 || vectors === 0 || (p.addSum && traits.arrays < 9)) {
        const { run, rows } = sumsBackward(p.columns);
        run({ ...inputs, ...outputs }, draws(p, p.addSum), rows.groups(p.rows));
        return layerNormParameterGradients({ ...inputs, x: inputs.sum }, p, outputs);
      }
      const { run, rows } = (p.addSum ? completeAdd : complete)(p.columns);
      const groups = rows.groups(p.rows);
      const rounds = Math.ceil(groups / BLOCKS);
      const blocks = Math.ceil(groups / rounds);
      const [gain, shift] = queue.workspace(blocks * p.columns, blocks * p.columns);
      const shifts = (shift.offset - gain.offset) / 4;
      const partial = viewOf(gain, 0, shifts + blocks * p.columns);
      const { sum, gamma, mean, inverse, dy, dsum } = inputs;
      const { dresidual, dx } = outputs;
      const arrays = { sum, gamma, mean, inverse, dy, dsum, dresidual, dx, partial };
      run(arrays, draws(p, p.addSum, shifts, rounds), blocks);
      addNormBlocks(gain, shift, blocks, p.columns, outputs);
    },
  };
}
