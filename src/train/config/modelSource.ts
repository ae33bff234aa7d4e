import { keysAt } from './jsonSchema.ts';
import { isMap, join, omit, valueAt } from './path.ts';
import { shown } from './problems/wrongValues.ts';
import type { Place, Problem } from './problems/problems.ts';
import type { Config } from './table/table.ts';

/** The value of `model.from` that names nothing. */
export const NO_SOURCE = 'none';

/** What a config takes from the model that `model.from` names. */
export interface ModelSource {
  /** What its weights fix, so that a config may only say the same. */
  readonly fixed: {
    readonly model: Partial<Omit<Config['model'], 'maxLength'>>;
    readonly data: Partial<Pick<Config['data'], 'tokenizer'>>;
  };
  /** By what its tokenizer was trained, where that is known: a config may repeat it. True where it was compared before. */
  readonly tokenizerMadeBy?: Config['data']['tokenizer'] | true | undefined;
  /** Its positions: a config may ask for more, not for fewer. */
  readonly maxLength: number;
  /** What a config may change. */
  readonly defaults: { readonly model?: Partial<Config['model']>; readonly data?: Partial<Config['data']> };
}

/** Finds what `model.from` names, for a run in the folder `out`. Throws a BertrandError that says what is wrong with it. */
export type FindSource = (from: string, out: string) => ModelSource;

/** The values of a source as defaults of a config. */
export function sourceDefaults({ fixed, defaults }: ModelSource): object {
  return { model: { ...defaults.model, ...fixed.model }, data: { ...defaults.data, ...fixed.data } };
}

/** The config with the source's positions where it asks for none. */
export function withPositions<C extends Pick<Config, 'model'>>(config: C, { maxLength }: ModelSource): C {
  return config.model.maxLength === 'auto' ? { ...config, model: { ...config.model, maxLength } } : config;
}

/** What was written, without a `data.tokenizer` that says how the source's own was trained: nothing is trained now. */
export function withoutRepeated({ tokenizerMadeBy }: ModelSource, written: unknown): unknown {
  const asked = valueAt(written, TOKENIZER);
  const repeated =
    isMap(asked) &&
    (tokenizerMadeBy === true || (isMap(tokenizerMadeBy) && differences(asked, tokenizerMadeBy).length === 0));
  return repeated ? omit(written, new Set([TOKENIZER])) : written;
}

const TOKENIZER = 'data.tokenizer';

/** The keys whose values the other map has otherwise. */
const differences = (asked: Record<string, unknown>, had: unknown): string[] =>
  Object.keys(asked).filter((key) => JSON.stringify(asked[key]) !== JSON.stringify(valueAt(had, key)));

/** What was written and the source has otherwise. */
export function sourceProblems(
  { fixed, maxLength, tokenizerMadeBy }: ModelSource,
  from: string,
  written: unknown,
  place: (path: string) => Place,
): Problem[] {
  const problem = (path: string, found: unknown, expected: string): Problem => ({
    place: place(path),
    path,
    found: shown(found),
    expected: `${expected}, as in model.from, ${from}`,
    advice: 'remove it, or remove model.from',
  });
  const sections = Object.entries(fixed as Record<string, Record<string, unknown>>);
  const values = sections.flatMap(([section, keys]) =>
    Object.entries(keys).map(([key, value]) => [join(section, key), value] as const),
  );
  const asked = valueAt(written, TOKENIZER);
  const otherTokenizer =
    isMap(asked) && isMap(tokenizerMadeBy)
      ? differences(asked, tokenizerMadeBy).map((key) => [join(TOKENIZER, key), valueAt(tokenizerMadeBy, key)] as const)
      : [];
  const fixedValues = otherTokenizer.length > 0 ? values.filter(([path]) => path !== TOKENIZER) : values;
  const different = [...fixedValues, ...otherTokenizer].filter(([path, value]) => {
    const found = valueAt(written, path);
    return found !== undefined && JSON.stringify(found) !== JSON.stringify(value);
  });
  const positions = valueAt(written, 'model.maxLength');
  return [
    ...different.map(([path, value]) => problem(path, valueAt(written, path), inWords(value))),
    ...(typeof positions === 'number' && positions < maxLength
      ? [problem('model.maxLength', positions, `at least ${maxLength}`)]
      : []),
  ];
}

const inWords = (value: unknown): string => (isMap(value) ? JSON.stringify(value) : String(value));

/** The problem of a `model.from` that cannot be looked at, in a config that does not say itself what the model is, as that of a run does. */
export function unknownSource(from: string, written: unknown, place: Place): Problem[] {
  const missing = keysAt('model')?.filter((key) => valueAt(written, join('model', key)) === undefined);
  if (!missing?.length) return [];
  return [
    {
      place,
      path: 'model.from',
      found: shown(from),
      expected: 'no such key where no files can be read',
      advice: 'remove it, or train with `bertrand pretrain`',
    },
  ];
}
