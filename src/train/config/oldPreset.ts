import { isMap, valueAt } from './path.ts';
import type { Written } from './yaml/readYaml.ts';

/** Options that every run had written down when `modern` was the name of what is `crammed` now, and one that none had. */
const OLD = ['dropoutAt', 'attentionScale', 'norm', 'finalNorm', 'normForm', 'positions', 'decoderTransform', 'biases'];
const NEW = 'feedForward';

/** What was written, with the name of today for the preset of a run of then. A config that leaves options out means ModernBERT. */
export function withPresetOfToday(written: Written): Written {
  const { values } = written;
  const model = valueAt(values, 'model');
  if (!isMap(values) || !isMap(model) || model.preset !== 'modern') return written;
  if (NEW in model || !OLD.every((key) => key in model)) return written;
  return { ...written, values: { ...values, model: { ...model, preset: 'crammed' } } };
}
