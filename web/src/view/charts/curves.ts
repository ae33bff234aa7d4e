import uPlot from 'uplot';
import type { Metric, Phase } from '../../protocol.ts';
import { h } from '../dom.ts';
import { count, percent, short } from '../format.ts';
import { panel } from '../panel.ts';
import { colour, onTheme } from '../theme.ts';
import { say } from '../alert.ts';

/** More than any run has. */
const MOST_STEPS = 1e9;

type Series = { steps: number[]; values: number[] };
const series = (): Series => ({ steps: [], values: [] });

/** The curves of a run and its latest numbers. */
export class Curves {
  readonly #loss = h('div', { class: 'plot', role: 'img' });
  readonly #accuracy = h('div', { class: 'plot low', role: 'img' });
  readonly #verdict = h('p', { class: 'verdict' });
  readonly #numbers = new Map<string, HTMLElement>();
  #train = series();
  #validation = series();
  #right = series();
  #norms = series();
  /** Losses without context and by frequency alone. */
  #baselines: readonly number[] = [];
  #steps = 1;
  #plots: uPlot[] = [];
  #due = false;

  constructor() {
    const number = (name: string, title: string): HTMLElement => {
      const value = h('dd', {}, '–');
      this.#numbers.set(name, value);
      return h('div', { title }, h('dt', {}, name), value);
    };
    panel(
      'learning',
      'Learning',
      'Loss: how surprised the model is by the hidden words, in nats. Lower is better.',
      this.#verdict,
      legend(),
      this.#loss,
      h('p', { class: 'plot-title' }, 'Share of hidden words guessed right'),
      this.#accuracy,
      h(
        'dl',
        { class: 'numbers' },
        number('Loss', 'Mean over the hidden words of text that is not trained on'),
        number('Guessed right', 'Share of hidden words that are the first guess, on text that is not trained on'),
        number('Tokens/s', 'Tokens trained on a second'),
        number('Gradient norm', 'Length of the gradient before it is clipped'),
        number('Learning rate', 'How far a step goes'),
        number('Memory', 'Taken from the device'),
      ),
    );
    this.clear(1);
    onTheme(() => this.#draw(true));
    new ResizeObserver(() => this.#draw(true)).observe(this.#loss);
  }

  /** Starts over; `steps` is where the axis ends, unless it is with what has come. */
  clear(steps: number | 'none', metrics: readonly Metric[] = []): void {
    this.#train = series();
    this.#validation = series();
    this.#right = series();
    this.#norms = series();
    this.#baselines = [];
    this.#steps = steps === 'none' ? MOST_STEPS : steps;
    for (const value of this.#numbers.values()) value.textContent = '–';
    this.#verdict.textContent =
      'The dashed line is the best loss without context, from word frequencies and the masking rules alone. What is below it was learnt from context.';
    for (const metric of metrics) this.add(metric);
    this.#draw(true);
  }

  add(metric: Metric): void {
    if (metric.event === 'train') {
      push(this.#train, metric.step, metric.loss);
      push(this.#norms, metric.step, metric.gradNorm);
      this.#set('Tokens/s', count(metric.tokensPerSecond));
      this.#set('Gradient norm', short(metric.gradNorm));
      this.#set('Learning rate', short(metric.learningRate));
    } else {
      push(this.#validation, metric.step, metric.loss);
      push(this.#right, metric.step, metric.accuracy);
      const contextFree = metric.contextFreeLoss ?? metric.unigramLoss; // runs of old have the latter alone
      this.#baselines = [contextFree, metric.unigramLoss];
      this.#set('Loss', metric.loss.toFixed(3));
      this.#set('Guessed right', percent(metric.accuracy));
      const better = contextFree - metric.loss;
      this.#verdict.textContent =
        better > 0
          ? `${better.toFixed(2)} nats better than the best guess without context: it gives the right word ${Math.exp(better).toFixed(1)} times the probability.`
          : `Not yet better than guessing without context (${(-better).toFixed(2)} nats to go).`;
      say(`Step ${metric.step}: loss ${metric.loss.toFixed(2)}, ${percent(metric.accuracy)} guessed right.`);
    }
    this.#later();
  }

  memory(text: string): void {
    this.#set('Memory', text);
  }

  phase(phase: Phase): void {
    if (phase === 'finished' || phase === 'paused') this.#draw();
  }

  /** Where the axis ends: a little ahead of the last step, so that the beginning is not squeezed into a corner. */
  get #shown(): number {
    const last = Math.max(this.#train.steps.at(-1) ?? 0, this.#validation.steps.at(-1) ?? 0);
    return last === 0 ? this.#steps : Math.min(this.#steps, Math.max(100, Math.ceil(last * 1.12)));
  }

  #set(name: string, text: string): void {
    (this.#numbers.get(name) as HTMLElement).textContent = text;
  }

  #later(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw(fromScratch = false): void {
    const width = this.#loss.clientWidth;
    if (width === 0) return;
    if (fromScratch || this.#plots.length === 0) {
      for (const plot of this.#plots) plot.destroy();
      this.#plots = [
        new uPlot(this.#lossOptions(width), [[0], [null], [null], [null], [null]], this.#loss),
        new uPlot(this.#accuracyOptions(width), [[0], [null]], this.#accuracy),
      ];
    }
    const baselines = [0, 1].map((i) => lineAt(this.#baselines.at(i), this.#steps));
    const [loss, accuracy] = this.#plots;
    loss.setData(joined(this.#train, this.#validation, ...baselines));
    accuracy.setData(joined(this.#right));
    const last = this.#validation.values.at(-1);
    this.#loss.setAttribute(
      'aria-label',
      last === undefined
        ? 'Loss by step: nothing yet'
        : `Loss by step: ${this.#validation.values[0].toFixed(2)} at first, ${last.toFixed(2)} now; the best guess without context ${this.#baselines[0].toFixed(2)}, by frequency ${this.#baselines[1].toFixed(2)}`,
    );
    this.#accuracy.setAttribute(
      'aria-label',
      `Share of words guessed right by step, ${percent(this.#right.values.at(-1) ?? 0)} now`,
    );
  }

  #lossOptions(width: number): uPlot.Options {
    return {
      ...this.#common(width, Math.round(Math.min(320, Math.max(200, width * 0.5)))),
      series: [
        {},
        { stroke: colour('--muted'), width: 1, alpha: 0.65, spanGaps: true, points: { show: false } },
        {
          stroke: colour('--model'),
          width: 2.5,
          spanGaps: true,
          points: { show: true, size: 5, fill: colour('--model') },
        },
        { stroke: colour('--baseline'), width: 1.5, dash: [6, 5], spanGaps: true, points: { show: false } },
        { stroke: colour('--baseline'), width: 1, dash: [2, 5], spanGaps: true, points: { show: false } },
      ],
    };
  }

  #accuracyOptions(width: number): uPlot.Options {
    const options = this.#common(width, 110);
    return {
      ...options,
      scales: { ...options.scales, y: { range: (_, __, most) => [0, Math.max(0.1, most * 1.1)] } },
      axes: [
        options.axes[0],
        { ...options.axes[1], values: (_, ticks) => ticks.map((tick) => `${Math.round(100 * tick)} %`) },
      ],
      series: [
        {},
        {
          stroke: colour('--model'),
          width: 2.5,
          spanGaps: true,
          points: { show: true, size: 5, fill: colour('--model') },
        },
      ],
    };
  }

  #common(width: number, height: number) {
    const axis = {
      stroke: colour('--muted'),
      font: `12px ${colour('--sans')}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height,
      padding: [8, 24, 0, 0] as uPlot.Padding,
      cursor: { y: false, points: { size: 6 } },
      legend: { show: false },
      scales: { x: { time: false, range: (): [number, number] => [0, this.#shown] } } as uPlot.Scales,
      axes: [
        { ...axis, size: 32, values: (_: uPlot, ticks: number[]) => ticks.map(count) },
        { ...axis, size: 48 },
      ] as uPlot.Axis[],
    };
  }
}

function legend(): HTMLElement {
  const key = (kind: string, text: string): HTMLElement => h('span', { class: `key ${kind}` }, text);
  return h(
    'p',
    { class: 'legend' },
    key('model', 'on unseen text'),
    key('train', 'while training'),
    key('baseline', 'best guess without context'),
    key('frequency', 'by frequency alone'),
  );
}

/** A level line over all steps. */
function lineAt(value: number | undefined, steps: number): Series {
  return value === undefined ? series() : { steps: [0, steps], values: [value, value] };
}

function push({ steps, values }: Series, step: number, value: number): void {
  steps.push(step);
  values.push(value);
}

/** All series on one axis, null where one has no value. */
function joined(...all: Series[]): uPlot.AlignedData {
  const steps = [...new Set(all.flatMap(({ steps }) => steps))].toSorted((a, b) => a - b);
  const columns = all.map(({ steps: own, values }) => {
    const at = new Map(own.map((step, i) => [step, values[i]]));
    return steps.map((step) => at.get(step) ?? null);
  });
  return [steps, ...columns];
}
