/** A key of the config with the values that it takes in turn, as they were typed. */
export interface GridKey {
  readonly key: string;
  readonly values: readonly string[];
}

/** One value for each key, as `key=value`. */
export type Setting = readonly { readonly key: string; readonly value: string }[];

/** Reads `key=value,value`; commas inside brackets, braces and quotes are the value's own. Undefined for what is not of that form. */
export function gridKey(text: string): GridKey | undefined {
  const equals = text.indexOf('=');
  if (equals < 1) return undefined;
  const values = parts(text.slice(equals + 1)).map((value) => value.trim());
  return values.includes('') ? undefined : { key: text.slice(0, equals).trim(), values };
}

function parts(text: string): string[] {
  const found = [''];
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (character === ',' && depth === 0 && quote === '') found.push('');
    else found[found.length - 1] += character;
  }
  return found;
}

/** Every combination of one value for each key; the last key changes first. */
export function settingsOf(grid: readonly GridKey[]): Setting[] {
  return grid.reduce<Setting[]>(
    (before, { key, values }) => before.flatMap((setting) => values.map((value) => [...setting, { key, value }])),
    [[]],
  );
}

/** Settings as short as tells them apart: by the last parts of their keys, if no two keys share one. */
export function settingName(setting: Setting): string {
  const last = setting.map(({ key }) => key.slice(key.lastIndexOf('.') + 1));
  const short = new Set(last).size === last.length;
  return setting.map(({ key, value }, i) => `${short ? last[i] : key}=${value}`).join(' ');
}
