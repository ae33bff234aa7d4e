import { LineCounter } from 'yaml';
import { addSettings } from './yaml/addSettings.ts';
import type * as z from 'zod';
import { brokenRules, checks } from './crossChecks.ts';
import type { CrossCheck } from './crossCheck.ts';
import { jsonSchema } from './jsonSchema.ts';
import type { JsonSchema } from './jsonSchema.ts';
import { lengthDefaults, withoutOldLength } from './lengthKeys.ts';
import { keysOf, merge, omit, valueAt } from './path.ts';
import { withPresetOfToday } from './oldPreset.ts';
import { optimizerDefaults, optimizerRules } from './optimizerRules.ts';
import {
  NO_SOURCE,
  sourceDefaults,
  sourceProblems,
  unknownSource,
  withoutRepeated,
  withPositions,
} from './modelSource.ts';
import type { FindSource } from './modelSource.ts';
import { presetDefaults } from './table/presetDefaults.ts';
import { ConfigError, MOST_TOLD } from './problems/problems.ts';
import type { Place, Problem } from './problems/problems.ts';
import { readYaml } from './yaml/readYaml.ts';
import type { Written } from './yaml/readYaml.ts';
import { table } from './table/table.ts';
import type { Config } from './table/table.ts';
import { wrongPaths, wrongValue } from './problems/wrongValues.ts';

/** Characters of a config that people write; reading many more could take seconds. */
export const LONGEST_CONFIG = 2 ** 17;

/** What distinguishes configs of pretraining from those of fine-tuning. */
export interface ConfigKind<C extends Pick<Config, 'model' | 'out'>> {
  readonly table: z.ZodType<C>;
  readonly schema: JsonSchema;
  readonly rules: readonly CrossCheck<C>[];
  /** What a preset puts in place of the table's defaults. */
  readonly presetDefaults: (preset: unknown) => object;
  /** What other keys that were written put in their place. */
  readonly writtenDefaults?: (written: unknown) => object;
  /** What was written, without what settings stand for. */
  readonly withoutOld?: (written: Written, settings: readonly string[]) => Written;
}

const pretraining: ConfigKind<Config> = {
  table,
  schema: jsonSchema,
  rules: [...checks, ...optimizerRules],
  presetDefaults,
  writtenDefaults: (written) => ({
    train: { ...lengthDefaults(written), ...optimizerDefaults(valueAt(written, 'train.optimizer.name')) },
  }),
  withoutOld: withoutOldLength,
};

/**
 * Reads a config of pretraining and fills in what it leaves out: from its `model.from`, then from its preset, then from the table.
 * @param text YAML
 * @param name what messages call the text: the file's path
 * @param settings changes to it, each `path=value`
 * @param forgiven sections in which the default takes the place of whatever is wrong
 * @param findSource looks at what `model.from` names; without it a config that has the key must have all others of the model
 * @throws ConfigError that reports all problems at once
 */
export function resolveConfig(
  text: string,
  name: string,
  settings: readonly string[] = [],
  forgiven: readonly string[] = [],
  findSource?: FindSource,
): Config {
  return resolveKind(pretraining, text, name, settings, forgiven, findSource);
}

/** The same for a config of any kind. */
export function resolveKind<C extends Pick<Config, 'model' | 'out'>>(
  { table, schema, rules, presetDefaults, writtenDefaults, withoutOld }: ConfigKind<C>,
  text: string,
  name: string,
  settings: readonly string[],
  forgiven: readonly string[],
  findSource: FindSource | undefined,
): C {
  // with all defaults and their comments, as a run keeps it, it is longer
  if (text.length > 2 * LONGEST_CONFIG) throw new ConfigError([tooLong(name, text.length)]);
  const file = withPresetOfToday(readYaml(text, '', placesIn(text, name), schema));
  const written = addSettings(withoutOld?.(file, settings) ?? file, settings, schema);
  if (!written.readable) throw new ConfigError(written.problems, written.untold);
  if (file.values === null) throw new ConfigError([emptyFile(name)]);

  const otherwise = table.parse({});
  const from = valueAt(written.values, 'model.from') ?? otherwise.model.from;
  const out = valueAt(written.values, 'out');
  const named = typeof from === 'string' && from !== '' && from !== NO_SOURCE ? from : undefined;
  const source = named === undefined ? undefined : findSource?.(named, typeof out === 'string' ? out : otherwise.out);
  const preset = source ? source.fixed.model.preset : valueAt(written.values, 'model.preset');
  const preferred = merge(presetDefaults(preset), writtenDefaults?.(written.values));
  const defaults = merge(preferred, source && sourceDefaults(source));
  const asked = source ? withoutRepeated(source, written.values) : written.values;
  const values = merge(defaults, asked);
  const wrong = wrongPaths(values, table);
  const unfit = wrongPaths(defaults, table); // a source may have what no run of ours can
  const parsed = table.parse(merge(omit(defaults, unfit), omit(asked, wrong)));
  const config = source ? withPositions(parsed, source) : parsed;
  const place = (path: string): Place => placeOf(path, written, name);
  const problems = [
    ...written.problems,
    ...firstOf([...wrong], place).map((path) =>
      wrongValue(place(path), path, valueAt(values, path), valueAt(config, path), schema),
    ),
    ...(source ? sourceProblems(source, named ?? '', asked, place) : []),
    ...(named !== undefined && !source ? unknownSource(named, written.values, place('model.from')) : []),
    ...brokenRules(config, rules, new Set([...wrong, ...written.doubtful]), written.places),
  ].filter(({ path }) => !forgiven.some((section) => path === section || path.startsWith(`${section}.`)));
  const untold = written.untold + Math.max(0, wrong.size - MOST_TOLD);
  if (problems.length > 0) throw new ConfigError(problems, untold);
  return config;
}

/** Gives `file:line:column` of an offset. */
function placesIn(text: string, name: string): (offset: number) => Place {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { text: `${name}:${line}:${col}`, order: offset };
  };
}

/** Where the value at a path was written, or the closest section around it. */
function placeOf(path: string, { places }: Written, name: string): Place {
  const around = keysOf(path).map((_, i, keys) => keys.slice(0, keys.length - i).join('.'));
  return [...around, ''].map((path) => places.get(path)).find((place) => place) ?? { text: name, order: 0 };
}

/** As many paths as are reported, in their order in the text. */
function firstOf(paths: readonly string[], place: (path: string) => Place): string[] {
  const ordered = paths.map((path) => ({ path, order: place(path).order })).toSorted((a, b) => a.order - b.order);
  return ordered.slice(0, MOST_TOLD).map(({ path }) => path);
}

/** What is too long to be a config, and would take long to read. */
export function tooLong(name: string, length: number): Problem {
  return {
    place: { text: name, order: 0 },
    path: '',
    found: `${length.toLocaleString('en')} characters`,
    expected: `a config of at most ${LONGEST_CONFIG.toLocaleString('en')}`,
    advice: 'is it the right file? many files of a corpus are named by a glob',
  };
}

function emptyFile(name: string) {
  return {
    place: { text: `${name}:1:1`, order: 0 },
    path: '',
    found: 'an empty file',
    expected: 'a config in YAML',
    advice: 'begin with a line like `seed: 42`',
  };
}
