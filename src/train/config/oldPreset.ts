import { isMap, valueAt } from './path.ts';
import type { Written } from './yaml/readYaml.ts';

/** Options that every run had written down when `modern` was the name of what is `crammed` now, and one that none had. */
const OLD = ['dropoutAt', 'attentionScale', 'norm', 'finalNorm', 'normForm', 'positions', 'decoderTransform', 'biases'];
const NEW = 'feedForward';

/** How a run of `modern` began whose config says all that there was then to say of it. */
const BEGAN = { cutoff: 'none', byDepth: false };

/**
 * What was written, with the name of today for the preset of a run of then, and with what later got another default. A config
 * that leaves options out means ModernBERT.
 */
export function withPresetOfToday(written: Written): Written {
  const { values } = written;
  const model = valueAt(values, 'model');
  if (!isMap(values) || !isMap(model) || model.preset !== 'modern' || !OLD.every((key) => key in model)) return written;
  const { initialisation } = model;
  const today = NEW in model ? {} : { preset: 'crammed' };
  const began = isMap(initialisation) &&
    'linear' in initialisation && { initialisation: { ...BEGAN, ...initialisation } };
  return { ...written, values: { ...values, model: { ...model, ...today, ...began } } };
}
