import { LineCounter } from 'yaml';
import { addSettings } from './yaml/addSettings.ts';
import { brokenRules } from './crossChecks.ts';
import { keysOf, merge, omit, valueAt } from './path.ts';
import { NO_SOURCE, sourceDefaults, sourceProblems, unknownSource, withPositions } from './modelSource.ts';
import type { FindSource } from './modelSource.ts';
import { presetDefaults } from './table/presetDefaults.ts';
import { ConfigError } from './problems/problems.ts';
import type { Place } from './problems/problems.ts';
import { readYaml } from './yaml/readYaml.ts';
import type { Written } from './yaml/readYaml.ts';
import { table } from './table/table.ts';
import type { Config } from './table/table.ts';
import { wrongPaths, wrongValue } from './problems/wrongValues.ts';

/**
 * Reads a config and fills in what it leaves out: from its `model.from`, then from its preset, then from the table.
 * @param text YAML
 * @param name what messages call the text: the file's path
 * @param settings changes to it, each `path=value`
 * @param findSource looks at what `model.from` names; without it a config that has the key must have all others of the model
 * @throws ConfigError that reports all problems at once
 */
export function resolveConfig(
  text: string,
  name: string,
  settings: readonly string[] = [],
  findSource?: FindSource,
): Config {
  const file = readYaml(text, '', placesIn(text, name));
  const written = addSettings(file, settings);
  if (!written.readable) throw new ConfigError(written.problems);
  if (file.values === null) throw new ConfigError([emptyFile(name)]);

  const from = valueAt(written.values, 'model.from');
  const out = valueAt(written.values, 'out');
  const named = typeof from === 'string' && from !== '' && from !== NO_SOURCE ? from : undefined;
  const source =
    named === undefined
      ? undefined
      : findSource?.(named, typeof out === 'string' ? out : table.shape.out.parse(undefined));
  const preset = source ? source.fixed.model.preset : valueAt(written.values, 'model.preset');
  const defaults = merge(presetDefaults(preset), source && sourceDefaults(source));
  const values = merge(defaults, written.values);
  const wrong = wrongPaths(values);
  const parsed = table.parse(merge(defaults, omit(written.values, wrong)));
  const config = source ? withPositions(parsed, source) : parsed;
  const place = (path: string): Place => placeOf(path, written, name);
  const problems = [
    ...written.problems,
    ...[...wrong].map((path) => wrongValue(place(path), path, valueAt(values, path), valueAt(config, path))),
    ...(source ? sourceProblems(source, named ?? '', written.values, place) : []),
    ...(named !== undefined && !source ? unknownSource(named, written.values, place('model.from')) : []),
    ...brokenRules(config, new Set([...wrong, ...written.doubtful]), written.places),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
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

function emptyFile(name: string) {
  return {
    place: { text: `${name}:1:1`, order: 0 },
    path: '',
    found: 'an empty file',
    expected: 'a config in YAML',
    advice: 'begin with a line like `seed: 42`',
  };
}
