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

/** A run that goes on from an earlier step takes the place of what came after that. */
export function push({ steps, values }: Series, step: number, value: number): void {
  while ((steps.at(-1) ?? -1) >= step) {
    steps.pop();
    values.pop();
  }
  steps.push(step);
  values.push(value);
}

/** All series on one axis, null where one has no value. */
export function joined(...all: readonly Series[]): uPlot.AlignedData {
  const steps: number[] = [];
  const columns = all.map((): (number | null)[] => []);
  const at = all.map(() => 0);
  for (;;) {
    let next = Infinity;
    for (const [i, { steps: own }] of all.entries()) next = Math.min(next, own[at[i]] ?? Infinity);
    if (next === Infinity) return [steps, ...columns];
    steps.push(next);
    for (const [i, { steps: own, values }] of all.entries())
      columns[i].push(own[at[i]] === next ? values[at[i]++] : null);
  }
}
