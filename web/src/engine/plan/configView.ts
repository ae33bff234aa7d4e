import { LineCounter, isNode, parseDocument } from 'yaml';
import { ConfigError } from '../../../../src/train/config/problems/problems.ts';
import { resolveConfig } from '../../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../../src/train/config/yaml/toYaml.ts';
import type { Config } from '../../../../src/train/config/table/table.ts';
import type { Change, ConfigView, Estimate } from '../../protocol.ts';
import { estimate } from './estimate.ts';
import { newRunRefusals } from './pageRules.ts';

/** The name of the editor's text in messages. */
export const CONFIG_NAME = 'config.yaml';

/**
 * Sets keys of a config and checks it, also for what a page cannot do.
 * @param own whether one's own text takes the place of the config's corpus
 */
export function configView(text: string, changes: readonly Change[] = [], own = false): ConfigView {
  let changed = text;
  try {
    if (changes.length > 0) changed = applied(text, changes);
    const config = resolveConfig(changed, CONFIG_NAME);
    const refusals = newRunRefusals(config, own);
    if (refusals.length > 0) {
      const problems = refusals.map(({ key, what, advice }) => ({
        ...placeOf(key, changed),
        message: `${key}: ${what}; ${advice}`,
      }));
      return { text: changed, problems, ...nothing };
    }
    return { text: changed, problems: [], config, resolved: toYaml(config), estimate: estimated(config) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split('\n'); // one a problem, in their order
    const problems = error.problems.map(({ place }, i) => {
      const [, line = 1, column = 1] = /:(\d+):(\d+)$/.exec(place.text)?.map(Number) ?? [];
      return { line, column, message: lines[i].replace(`${place.text}: `, '') };
    });
    return { text: changed, problems, ...nothing };
  }
}

const nothing = { config: undefined, resolved: undefined, estimate: undefined };

/** Undefined of a model that cannot even be traced: what is wrong with it, training says. */
function estimated(config: Config): Estimate | undefined {
  try {
    return estimate(config);
  } catch {
    return undefined;
  }
}

function applied(text: string, changes: readonly Change[]): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text; // what cannot be read cannot be changed: its problems are shown
  for (const { path, value } of changes)
    try {
      if (value === undefined) document.deleteIn(path.split('.'));
      else document.setIn(path.split('.'), document.createNode(value, { flow: Array.isArray(value) }));
    } catch {
      const place = { text: `${CONFIG_NAME}:1:1`, order: 0 };
      const found = 'a key below one that has a value of its own';
      throw new ConfigError([{ place, path, found, expected: 'keys of the table', advice: 'correct the address' }]);
    }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Where the value at a path is written, or what is around it. */
function placeOf(key: string, text: string): { line: number; column: number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (let path = key.split('.'); path.length > 0; path = path.slice(0, -1)) {
    const node = document.getIn(path, true);
    if (!isNode(node) || !node.range) continue;
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}
