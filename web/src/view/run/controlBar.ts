import type { Phase, RunSummary } from '../../protocol.ts';
import { byId, h } from '../dom.ts';
import { bytes, count, duration } from '../format.ts';
import { soon } from '../paced.ts';
import { TabTitle } from './tabTitle.ts';

export interface ControlActions {
  readonly pause: () => void;
  readonly goOn: () => void;
  readonly step: () => void;
  readonly leave: () => void;
  readonly download: () => void;
  readonly learningRate: (rate: number) => Promise<void>;
}

const SMOOTHING = 0.05;

/** The bar that is always visible: pause and resume, progress, speed. */
export class ControlBar {
  readonly #main = h('button', { type: 'button', class: 'primary main' });
  readonly #title = h('h1', { tabindex: -1 });
  readonly #what = h('b');
  readonly #facts = h('span', { class: 'fine' });
  readonly #progress = h('progress', { max: 1, value: 0, 'aria-label': 'Steps made' });
  readonly #download: HTMLButtonElement;
  readonly #once: HTMLButtonElement;
  readonly #leave: HTMLButtonElement;
  readonly #rate = h('input', { type: 'number', step: 'any', min: 0, inputmode: 'decimal' });
  readonly #rateLabel = h(
    'label',
    { class: 'rate', title: 'The greatest one: the schedule takes a share of it at each step' },
    'Learning rate',
    this.#rate,
  );
  readonly #tab = new TabTitle();
  #phase: Phase = 'idle';
  #run: RunSummary | undefined;
  #step = 0;
  #memory = 0;
  #secondsAStep = 0;
  #last = 0;

  constructor(actions: ControlActions) {
    this.#download = h('button', { type: 'button', disabled: true, click: actions.download }, 'Download');
    this.#once = h('button', { type: 'button', hidden: true, click: actions.step }, 'One step');
    this.#leave = h('button', { type: 'button', click: actions.leave }, 'New run');
    this.#main.addEventListener('click', () => (this.#phase === 'training' ? actions.pause() : actions.goOn()));
    this.#rate.addEventListener('change', () => {
      if (this.#phase === 'training' || this.#phase === 'paused')
        void actions.learningRate(this.#rate.valueAsNumber).finally(() => this.#showLearningRate());
      else this.#showLearningRate();
    });
    const track = h(
      'div',
      { class: 'track' },
      h('div', { class: 'where' }, this.#title, this.#what, this.#facts),
      this.#progress,
    );
    this.phase('idle');
    byId('control').append(
      this.#main,
      track,
      h('div', { class: 'more' }, this.#rateLabel, this.#once, this.#download, this.#leave),
    );
  }

  phase(phase: Phase): void {
    this.#phase = phase;
    this.#last = 0;
    if (phase === 'idle') {
      this.#run = undefined;
      this.#title.textContent = 'Preparing a run';
      this.#tab.clear();
    } else this.#tab.show();
    this.#draw();
  }

  /** The run's title, to begin with. */
  focus(): void {
    this.#title.focus({ preventScroll: true });
  }

  run(run: RunSummary): void {
    this.#run = run;
    this.#title.textContent = `Run “${run.name}”`;
    this.#step = run.step;
    this.#secondsAStep = 0;
    this.#download.disabled = run.step === 0;
    this.#showLearningRate();
    this.#draw();
  }

  preparing(text: string, share: number | undefined): void {
    this.#what.textContent = text;
    this.#facts.textContent = '';
    if (share === undefined) this.#progress.removeAttribute('value');
    else this.#progress.value = share;
  }

  step(step: number, memory: number): void {
    const now = performance.now();
    if (this.#last > 0) {
      const seconds = (now - this.#last) / 1000;
      this.#secondsAStep = this.#secondsAStep
        ? this.#secondsAStep + SMOOTHING * (seconds - this.#secondsAStep)
        : seconds;
    }
    this.#last = now;
    this.#step = step;
    this.#memory = memory;
    this.#tab.step(step);
    soon(this.#drawStep);
  }

  saved(): void {
    this.#download.disabled = false;
  }

  /** The run's own, in place of what may have been written. */
  #showLearningRate(): void {
    this.#rate.value = String(this.#run?.config.train.optimizer.learningRate ?? '');
  }

  #draw(): void {
    const texts: Record<Phase, string> = {
      idle: 'Start',
      preparing: 'Preparing',
      training: 'Pause',
      pausing: 'Saving',
      paused: this.#step === 0 ? 'Start' : 'Resume',
      finished: 'Finished',
      failed: 'Go on',
    };
    this.#main.textContent = texts[this.#phase];
    this.#once.hidden = this.#phase !== 'paused';
    this.#rateLabel.hidden = !this.#run || this.#phase === 'finished' || this.#phase === 'failed'; // else it keeps the focus
    this.#main.disabled = ['preparing', 'pausing', 'finished'].includes(this.#phase);
    this.#drawStep();
  }

  readonly #drawStep = (): void => {
    if (this.#phase === 'preparing' || !this.#run) return;
    const { steps } = this.#run.config.train;
    this.#what.textContent = `Step ${count(this.#step)}${steps === 'none' ? '' : ` of ${count(steps)}`}`;
    this.#progress.value = steps === 'none' ? 0 : this.#step / steps;
    const left =
      this.#phase === 'training' && this.#secondsAStep && steps !== 'none'
        ? `${duration(this.#secondsAStep * (steps - this.#step))} left`
        : '';
    const memory = this.#memory ? bytes(this.#memory) : '';
    this.#facts.textContent = [left, this.#run.device.split(',')[0], memory].filter(Boolean).join(' · ');
  };
}
