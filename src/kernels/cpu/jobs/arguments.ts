import { ARGUMENTS, SLOT_BYTES } from './layout.ts';

/** The type of an argument: `pointer` is the byte address of an array (0 for none), `flag` is 0 or 1, `real` is a float32. */
export type Kind = 'pointer' | 'integer' | 'flag' | 'real';
/** Arguments by name. */
export type Group = Readonly<Record<string, Kind>>;
/** A job's arguments: its own, and groups that several jobs share. */
export type Row = Readonly<Record<string, Kind | Group>>;

const all =
  <K extends Kind>(kind: K) =>
  <N extends string>(...names: readonly N[]): Readonly<Record<N, K>> =>
    Object.fromEntries(names.map((name) => [name, kind])) as Record<N, K>;
export const pointers = all('pointer');
export const integers = all('integer');
export const flags = all('flag');
export const reals = all('real');

/** The values that the host passes for a row. */
export type ValuesOf<R extends Row> = {
  readonly [N in keyof R]: R[N] extends Group ? Readonly<Record<keyof R[N], number>> : number;
};

/** Where an argument is stored: the index of its 32-bit word in the job's slot. */
export interface Place {
  readonly name: string;
  readonly kind: Kind;
  readonly word: number;
}

/** A job's own arguments, and the names of its groups. */
export interface Places {
  readonly own: readonly Place[];
  readonly groups: readonly string[];
}

/** Lays out arguments: each group at the same place for all jobs, so that they can share functions, and a job's own after all groups. */
export function layOut<G extends string, J extends string>(
  groups: Readonly<Record<G, Group>>,
  jobs: Readonly<Record<J, Row>>,
): { groups: Readonly<Record<G, readonly Place[]>>; jobs: Readonly<Record<J, Places>> } {
  const end = SLOT_BYTES / 4;
  let word = ARGUMENTS / 4;
  const placed = map(groups, (group: Group) =>
    Object.entries(group).map(([name, kind]) => ({ name, kind, word: word++ })),
  );
  const first = word;
  const place = (row: Row): Places => {
    const own: Place[] = [];
    const groups: string[] = [];
    for (const [name, kind] of Object.entries(row))
      if (typeof kind === 'string') own.push({ name, kind, word: first + own.length });
      else groups.push(name);
    if (first + own.length > end) throw new Error('jobs/layout.ts: too many arguments');
    return { own, groups };
  };
  return { groups: placed, jobs: map(jobs, place) };
}

function map<N extends string, A, B>(record: Readonly<Record<N, A>>, change: (value: A) => B): Record<N, B> {
  return Object.fromEntries(Object.entries<A>(record).map(([name, value]) => [name, change(value)])) as Record<N, B>;
}
