import type uPlot from 'uplot';

/** Values by step, in the order of steps. */
export interface Series {
  readonly steps: number[];
  readonly values: number[];
}

export const series = (): Series => ({ steps: [], values: [] });

/** A level line over all steps. */
export function lineAt(value: number | undefined, steps: number): Series {
  return value === undefined ? series() : { steps: [0, steps], values: [value, value] };
}

export function push({ steps, values }: Series, step: number, value: number): void {
  steps.push(step);
  values.push(value);
}

/** All series on one axis, null where one has no value. */
export function joined(...all: readonly Series[]): uPlot.AlignedData {
  const steps = [...new Set(all.flatMap(({ steps }) => steps))].toSorted((a, b) => a - b);
  const columns = all.map(({ steps: own, values }) => {
    const at = new Map(own.map((step, i) => [step, values[i]]));
    return steps.map((step) => at.get(step) ?? null);
  });
  return [steps, ...columns];
}
