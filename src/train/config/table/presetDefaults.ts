import { presetNames, presets } from '../../../bert/presets.ts';

/** What a preset puts in place of the table's defaults, which are those of preset diagram; these too for what is none. */
export function presetDefaults(written: unknown): object {
  const preset = presetNames.find((name) => name === written) ?? 'diagram';
  const model = presets[preset];
  return preset === 'modern' || preset === 'crammed' ? { model, data: { masking: { probability: 0.3 } } } : { model };
}
