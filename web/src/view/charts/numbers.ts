import type { Evaluation } from '../../../../src/train/evaluate/evaluation.ts';
import type { TrainMetric } from '../../protocol.ts';
import { h } from '../dom.ts';
import { count, percent, short } from '../format.ts';

/** Hidden words: of fewer, a share says little. */
export const FEW = 200;

const TITLES = {
  Loss: 'Mean over the hidden words of text that is not trained on',
  'Guessed right': 'Share of hidden words that are the first guess, on text that is not trained on',
  'Tokens/s': 'Tokens trained on a second',
  'Gradient norm': 'Length of the gradient before it is clipped',
  'Learning rate': 'How far a step goes',
  Memory: 'Taken from the device',
};

/** The latest numbers of a run. */
export class Numbers {
  readonly #values = Object.entries(TITLES).map(([name, title]) => ({ name, title, value: h('dd', {}, NONE) }));
  readonly element = h(
    'dl',
    { class: 'numbers' },
    ...this.#values.map(({ name, title, value }) => h('div', { title }, h('dt', {}, name), value)),
  );

  show(train: TrainMetric | undefined, validation: Evaluation | undefined, memory: string | undefined): void {
    const texts: Record<string, string | undefined> = {
      Loss: validation?.loss.toFixed(3),
      'Guessed right': validation && guessed(validation),
      'Tokens/s': train && train.tokensPerSecond > 0 ? count(train.tokensPerSecond) : undefined, // a recorded run has 0
      'Gradient norm': train && short(train.gradNorm),
      'Learning rate': train && short(train.learningRate),
      Memory: memory,
    };
    for (const { name, value } of this.#values) {
      const text = texts[name] ?? NONE;
      if (value.textContent !== text) value.textContent = text;
    }
  }
}

const NONE = '–';

/** A share of only a few words says how many. */
const guessed = ({ accuracy, count: all }: Evaluation): string =>
  all < FEW ? `${count(accuracy * all)} of ${count(all)}` : percent(accuracy);
