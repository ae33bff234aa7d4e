import uPlot from 'uplot';
import type { Metric } from '../../protocol.ts';
import type { Recording } from '../recorded/recording.ts';
import { h } from '../dom.ts';
import { percent, plural } from '../format.ts';
import { soon } from '../paced.ts';
import { panel } from '../panel.ts';
import { onRepaint } from '../theme.ts';
import { FEW, Numbers } from './numbers.ts';
import { accuracyOptions, lossOptions } from './plots.ts';
import { joined, lineAt, push, series } from './series.ts';
import type { Series } from './series.ts';

/** More than any run has. */
const MOST_STEPS = 1e9;

/** The curves of a run and its latest numbers. */
export class Curves {
  readonly #loss = h('div', { class: 'plot', role: 'img' });
  readonly #accuracy = h('div', { class: 'plot low', role: 'img' });
  readonly #verdict = h('p', { class: 'verdict' });
  readonly #note = h('p', { class: 'fine' }, 'A recorded run of the sample, played quickly. Yours takes its place.');
  readonly #legend = h('p', { class: 'legend' });
  readonly #numbers = new Numbers();
  #train = series();
  #validation = series();
  #right = series();
  #lastTrain: TrainLine | undefined;
  #lastValidation: ValidationLine | undefined;
  #memory: string | undefined;
  #under: Under | undefined;
  #steps = 1;
  #plots: uPlot[] = [];

  constructor() {
    panel(
      'learning',
      'Learning',
      'Loss: how surprised the model is by the hidden words, in nats. Lower is better.',
      this.#note,
      this.#verdict,
      this.#legend,
      this.#loss,
      h('p', { class: 'plot-title' }, 'Share of hidden words guessed right'),
      this.#accuracy,
      this.#numbers.element,
    );
    this.lay(undefined);
    this.clear(1);
    onRepaint(() => this.#begin());
    // In the next frame: a chart that grows within this one would be told to the window as an error.
    new ResizeObserver(() =>
      requestAnimationFrame(() => this.#plots[0]?.width !== this.#loss.clientWidth && this.#begin()),
    ).observe(this.#loss);
  }

  /** Starts over; `steps` is where the axis ends, unless it is with what has come. */
  clear(steps: number | 'none', metrics: readonly Metric[] = []): void {
    this.#note.hidden = true;
    this.#train = series();
    this.#validation = series();
    this.#right = series();
    this.#lastTrain = undefined;
    this.#lastValidation = undefined;
    this.#memory = undefined;
    this.#steps = steps === 'none' ? MOST_STEPS : steps;
    for (const metric of metrics) this.#take(metric);
    this.#describe();
    this.#draw();
  }

  /** Lays the curves of another run under those of this one, or none. */
  lay(name: string | undefined, metrics: readonly Metric[] = []): void {
    const validations = metrics.filter((metric) => metric.event === 'validate');
    const steps = validations.map(({ step }) => step);
    this.#under =
      name === undefined
        ? undefined
        : {
            name,
            loss: { steps, values: validations.map(({ loss }) => loss) },
            right: { steps, values: validations.map(({ accuracy }) => accuracy) },
          };
    this.#legend.replaceChildren(...keys(name));
    this.#describe();
    this.#draw();
  }

  /** Shows a recorded run as far as a step. */
  recorded({ steps, metrics }: Recording, step: number): void {
    this.clear(
      steps,
      metrics.filter((metric) => metric.step <= step),
    );
    this.#note.hidden = false;
  }

  add(metric: Metric): void {
    this.#take(metric);
    if (metric.event === 'validate') this.#describe();
    soon(this.#draw);
  }

  memory(text: string): void {
    this.#memory = text;
    soon(this.#draw);
  }

  /** Where the axis ends: a little ahead of the last step, so that the beginning is not squeezed into a corner. */
  get #shown(): number {
    const last = Math.max(this.#train.steps.at(-1) ?? 0, this.#validation.steps.at(-1) ?? 0);
    return last === 0 ? this.#steps : Math.min(this.#steps, Math.max(100, Math.ceil(last * 1.12)));
  }

  #take(metric: Metric): void {
    if (metric.event === 'train') {
      push(this.#train, metric.step, metric.loss);
      this.#lastTrain = metric;
    } else {
      push(this.#validation, metric.step, metric.loss);
      push(this.#right, metric.step, metric.accuracy);
      this.#lastValidation = metric;
    }
  }

  /** What changes with a validation: the verdict, and the charts in words. */
  #describe(): void {
    const last = this.#lastValidation;
    this.#verdict.textContent = last ? verdict(last) : DASHED;
    this.#loss.setAttribute(
      'aria-label',
      last === undefined
        ? 'Loss by step: nothing yet'
        : `Loss by step: ${this.#validation.values[0].toFixed(2)} at first, ${last.loss.toFixed(2)} now; the best guess without context ${contextFree(last).toFixed(2)}, by frequency ${last.unigramLoss.toFixed(2)}${this.#under ? `; “${this.#under.name}” ended at ${this.#under.loss.values.at(-1)?.toFixed(2)}` : ''}`,
    );
    this.#accuracy.setAttribute(
      'aria-label',
      `Share of words guessed right by step, ${percent(last?.accuracy ?? 0)} now`,
    );
  }

  /** Makes the charts: their colours and sizes do not change afterwards. */
  #begin(): void {
    const width = this.#loss.clientWidth;
    if (width === 0) return;
    for (const plot of this.#plots) plot.destroy();
    const shown = (): number => this.#shown;
    this.#plots = [
      new uPlot(lossOptions(width, shown), [[0], [null], [null], [null], [null], [null]], this.#loss),
      new uPlot(accuracyOptions(width, shown), [[0], [null], [null]], this.#accuracy),
    ];
    this.#draw();
  }

  readonly #draw = (): void => {
    this.#numbers.show(this.#lastTrain, this.#lastValidation, this.#memory);
    if (this.#plots.length === 0) return; // until their place is laid out
    const last = this.#lastValidation;
    const baselines = last ? [contextFree(last), last.unigramLoss] : [undefined, undefined];
    const [loss, accuracy] = this.#plots;
    loss.setData(
      joined(
        this.#under?.loss ?? series(),
        this.#train,
        this.#validation,
        ...baselines.map((level) => lineAt(level, this.#steps)),
      ),
    );
    accuracy.setData(joined(this.#under?.right ?? series(), this.#right));
  };
}

type TrainLine = Metric & { readonly event: 'train' };
type ValidationLine = Metric & { readonly event: 'validate' };

const DASHED =
  'The dashed line is the best loss without context, from word frequencies and the masking rules alone. What is below it was learnt from context.';

/** Runs of old have the loss by frequency alone. */
const contextFree = (line: ValidationLine): number => line.contextFreeLoss ?? line.unigramLoss;

function verdict(line: ValidationLine): string {
  const better = contextFree(line) - line.loss;
  const said =
    better > 0
      ? `${better.toFixed(2)} nats better than the best guess without context: it gives the right word ${Math.exp(better).toFixed(1)} times the probability.`
      : `Not yet better than guessing without context (${(-better).toFixed(2)} nats to go).`;
  return line.count < FEW
    ? `${said} Measured on ${plural(line.count, 'hidden word')} only: these numbers jump about.`
    : said;
}

/** A validation in words. */
export const spoken = ({ step, loss, accuracy }: ValidationLine): string =>
  `Step ${step}: loss ${loss.toFixed(2)}, ${percent(accuracy)} guessed right.`;

/** Another run, of which only what was measured on unseen text is shown. */
interface Under {
  readonly name: string;
  readonly loss: Series;
  readonly right: Series;
}

/** The legend. @param under the run that lies under this one */
const keys = (under: string | undefined): HTMLElement[] =>
  [
    ['model', 'on unseen text'],
    ['train', 'while training'],
    ['baseline', 'best guess without context'],
    ['frequency', 'by frequency alone'],
    ...(under === undefined ? [] : [['under', `“${under}” on unseen text`]]),
  ].map(([kind, text]) => h('span', { class: `key ${kind}` }, text));
