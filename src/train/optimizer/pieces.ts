import type { ParameterArena } from '../../autograd/parameters/parameterArena.ts';
import type { Device } from '../../kernels/device.ts';
import type { Communicator, Part } from '../../ranks/communicator.ts';
import { expectTensor } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import { membersIn, sharedBuckets, viewOf } from './parts.ts';
import type { SharedBucket } from './parts.ts';
import { expectPossible } from './rule.ts';
import type { Assign, Rule, Stretch } from './rule.ts';

interface Placed extends Part {
  readonly rule: Rule;
}

/** A stretch of an arena, of this rank or of another. */
interface Piece extends Placed {
  /** Where it is updated here. */
  readonly own: Stretch | undefined;
}

/** An arena cut into stretches. */
export interface Pieces {
  readonly arena: ParameterArena;
  /** What ranks share of it, if they do: each bucket's parts are pieces. */
  readonly buckets: readonly SharedBucket[];
  readonly pieces: readonly Piece[];
}

/** What of arenas is updated by which rule, here or on the ranks that share it. Throws a BertrandError where that is not possible. */
export function piecesOf(
  device: Device,
  arenas: readonly ParameterArena[],
  assign: Assign,
  sharers: Communicator,
  bucket: number,
): Pieces[] {
  const shared = sharers.size > 1 ? sharedBuckets(device, arenas, sharers.size, bucket) : [];
  return arenas.map((arena) => {
    const assigned = assign(arena);
    for (const { rule } of assigned) expectPossible(rule, device, sharers);
    const buckets = shared.filter((one) => one.arena === arena);
    const [{ rule }] = assigned; // one for all of it, where it can be shared
    const parts = buckets.flatMap(({ begin, parts }) =>
      parts.map((one) => ({ ...one, offset: begin + one.offset, rule })),
    );
    const placed: Placed[] = sharers.size > 1 ? parts : assigned.map((stretch) => ({ ...stretch, rank: 0 }));
    return {
      arena,
      buckets,
      pieces: placed.map((part) => ({
        ...part,
        own: part.rank === sharers.rank ? open(device, arena, part) : undefined,
      })),
    };
  });
}

function open(device: Device, arena: ParameterArena, part: Placed): Stretch {
  const { offset, size, rule } = part;
  return {
    weights: viewOf(device, arena.weights, part),
    gradients: viewOf(device, arena.gradients, part),
    kept: Object.fromEntries(rule.keeps.map((name) => [name, device.allocate('f32', size)])),
    decayed: Math.min(Math.max(arena.decayed - offset, 0), size),
    members: membersIn(arena, part).map(({ parameter }) => parameter),
  };
}

/** What the rules keep of an arena. */
export const namesIn = ({ pieces }: Pieces): string[] => [...new Set(pieces.flatMap(({ rule }) => rule.keeps))];

/** An arena's members of which an array of that name is kept. */
export function membersWith({ arena, pieces }: Pieces, name: string): ParameterArena['members'] {
  const keeping = pieces.filter(({ rule }) => rule.keeps.includes(name));
  const found = new Set(keeping.flatMap((piece) => membersIn(arena, piece)));
  return arena.members.filter((member) => found.has(member));
}

/** An array that is kept of an arena, its members' values where they lie in it. */
export function valuesOf(pieces: Pieces, name: string, tensors: HostTensors): Float32Array {
  const values = new Float32Array(pieces.arena.weights.size);
  for (const { parameter, offset } of membersWith(pieces, name))
    values.set(expectTensor(tensors, `${name}.${parameter.name}`, parameter.shape).data, offset);
  return values;
}
