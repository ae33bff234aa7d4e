import uPlot from 'uplot';
import type { Metric } from '../../protocol.ts';
import type { Recording } from '../recorded/recording.ts';
import { h } from '../dom.ts';
import { count, percent, plural, short } from '../format.ts';
import { panel } from '../panel.ts';
import { onRepaint } from '../theme.ts';
import { accuracyOptions, lossOptions } from './plots.ts';
import { joined, lineAt, push, series } from './series.ts';
import type { Series } from './series.ts';

/** More than any run has. */
const MOST_STEPS = 1e9;

/** Hidden words: of fewer, a share says little. */
const FEW = 200;

/** The curves of a run and its latest numbers. */
export class Curves {
  readonly #loss = h('div', { class: 'plot', role: 'img' });
  readonly #accuracy = h('div', { class: 'plot low', role: 'img' });
  readonly #verdict = h('p', { class: 'verdict' });
  readonly #note = h('p', { class: 'fine' }, 'A recorded run of the sample, played quickly. Yours takes its place.');
  readonly #legend = h('p', { class: 'legend' });
  readonly #numbers = new Map<string, HTMLElement>();
  #train = series();
  #validation = series();
  #right = series();
  /** Losses without context and by frequency alone. */
  #baselines: readonly number[] = [];
  #under: Under | undefined;
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
      this.#note,
      this.#verdict,
      this.#legend,
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
    onRepaint(() => this.#draw(true));
    // In the next frame: a chart that grows within this one would be told to the window as an error.
    new ResizeObserver(() => requestAnimationFrame(() => this.#draw(true))).observe(this.#loss);
  }

  /** Starts over; `steps` is where the axis ends, unless it is with what has come. */
  clear(steps: number | 'none', metrics: readonly Metric[] = []): void {
    this.#note.hidden = true;
    this.#train = series();
    this.#validation = series();
    this.#right = series();
    this.#baselines = [];
    this.#steps = steps === 'none' ? MOST_STEPS : steps;
    for (const value of this.#numbers.values()) value.textContent = '–';
    this.#verdict.textContent =
      'The dashed line is the best loss without context, from word frequencies and the masking rules alone. What is below it was learnt from context.';
    for (const metric of metrics) this.add(metric);
    this.#draw(true);
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
    this.#draw(true);
  }

  /** Shows a recorded run as far as a step. */
  recorded({ steps, metrics }: Recording, step: number): void {
    this.clear(
      steps,
      metrics.filter((metric) => metric.step <= step),
    );
    this.#set('Tokens/s', '–'); // another machine's
    this.#note.hidden = false;
  }

  add(metric: Metric): void {
    if (metric.event === 'train') {
      push(this.#train, metric.step, metric.loss);
      this.#set('Tokens/s', count(metric.tokensPerSecond));
      this.#set('Gradient norm', short(metric.gradNorm));
      this.#set('Learning rate', short(metric.learningRate));
    } else {
      push(this.#validation, metric.step, metric.loss);
      push(this.#right, metric.step, metric.accuracy);
      const contextFree = metric.contextFreeLoss ?? metric.unigramLoss; // runs of old have the latter alone
      this.#baselines = [contextFree, metric.unigramLoss];
      this.#set('Loss', metric.loss.toFixed(3));
      this.#set('Guessed right', guessed(metric));
      const better = contextFree - metric.loss;
      this.#verdict.textContent =
        better > 0
          ? `${better.toFixed(2)} nats better than the best guess without context: it gives the right word ${Math.exp(better).toFixed(1)} times the probability.`
          : `Not yet better than guessing without context (${(-better).toFixed(2)} nats to go).`;
      if (metric.count < FEW)
        this.#verdict.textContent += ` Measured on ${plural(metric.count, 'hidden word')} only: these numbers jump about.`;
    }
    this.#later();
  }

  memory(text: string): void {
    this.#set('Memory', text);
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
      const shown = (): number => this.#shown;
      this.#plots = [
        new uPlot(lossOptions(width, shown), [[0], [null], [null], [null], [null], [null]], this.#loss),
        new uPlot(accuracyOptions(width, shown), [[0], [null], [null]], this.#accuracy),
      ];
    }
    const baselines = [0, 1].map((i) => lineAt(this.#baselines.at(i), this.#steps));
    const [loss, accuracy] = this.#plots;
    loss.setData(joined(this.#under?.loss ?? series(), this.#train, this.#validation, ...baselines));
    accuracy.setData(joined(this.#under?.right ?? series(), this.#right));
    this.#legend.replaceChildren(...keys(this.#under?.name));
    const last = this.#validation.values.at(-1);
    this.#loss.setAttribute(
      'aria-label',
      last === undefined
        ? 'Loss by step: nothing yet'
        : `Loss by step: ${this.#validation.values[0].toFixed(2)} at first, ${last.toFixed(2)} now; the best guess without context ${this.#baselines[0].toFixed(2)}, by frequency ${this.#baselines[1].toFixed(2)}${this.#under ? `; “${this.#under.name}” ended at ${this.#under.loss.values.at(-1)?.toFixed(2)}` : ''}`,
    );
    this.#accuracy.setAttribute(
      'aria-label',
      `Share of words guessed right by step, ${percent(this.#right.values.at(-1) ?? 0)} now`,
    );
  }
}

/** A validation in words. */
export const spoken = ({ step, loss, accuracy }: Metric & { readonly event: 'validate' }): string =>
  `Step ${step}: loss ${loss.toFixed(2)}, ${percent(accuracy)} guessed right.`;

/** A share of only a few words says how many. */
const guessed = ({ accuracy, count: all }: { readonly accuracy: number; readonly count: number }): string =>
  all < FEW ? `${count(accuracy * all)} of ${count(all)}` : percent(accuracy);

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
