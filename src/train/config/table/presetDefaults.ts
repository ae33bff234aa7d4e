import { presetNames, presets } from '../../../bert/presets.ts';
import { valueAt } from '../path.ts';

/** What the written preset puts in place of the table's defaults, which are those of preset diagram. */
export function presetDefaults(written: unknown): object {
  const preset = presetNames.find((name) => name === valueAt(written, 'model.preset')) ?? 'diagram';
  const model = presets[preset];
  return preset === 'modern' ? { model, data: { masking: { probability: 0.3 } } } : { model };
}
