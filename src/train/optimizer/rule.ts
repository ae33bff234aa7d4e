import type { Communicator } from '../../ranks/communicator.ts';
import { BertrandError } from '../../error.ts';
import type { Parameter } from '../../autograd/parameters/parameter.ts';
import type { ParameterArena } from '../../autograd/parameters/parameterArena.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';

/** A stretch of an arena on this rank's device, and what a rule keeps of it. */
export interface Stretch {
  readonly weights: DeviceArray;
  readonly gradients: DeviceArray;
  /** By the rule's names; each as long as the weights. */
  readonly kept: Readonly<Record<string, DeviceArray>>;
  /** Number of leading elements to which weight decay applies. */
  readonly decayed: number;
  /** The parameters in it; on several ranks some may begin or end in another's. */
  readonly members: readonly Parameter[];
}

/** What an update depends on apart from its stretch. */
export interface StepContext {
  readonly device: Device;
  readonly learningRate: number;
  /** From 1. */
  readonly step: number;
  /** Of all gradients; the device clips by it. */
  readonly squaredNorm: DeviceArray;
  /** With a loss scale, what gradients are multiplied by. */
  readonly inverseScale: DeviceArray | undefined;
}

/** How an optimizer updates weights by their gradients. */
export interface Rule {
  /** The names of the arrays that it keeps from step to step, as in checkpoints. */
  readonly keeps: readonly string[];
  /** Whether a stretch may begin and end within a parameter, so that ranks can share it in equal parts. */
  readonly elementwise: boolean;
  /** Whether it takes gradients of half precision, with their scale. */
  readonly scaled: boolean;
  /** Only enqueues. */
  update(stretch: Stretch, context: StepContext): void;
}

/** A stretch of an arena, in elements, and the rule that updates it. */
export interface Assigned {
  readonly offset: number;
  readonly size: number;
  readonly rule: Rule;
}

/** Cuts an arena into stretches that each have one rule. */
export type Assign = (arena: ParameterArena) => readonly Assigned[];

/** One rule for all of an arena. */
export const everywhere =
  (rule: Rule): Assign =>
  ({ weights }) => [{ offset: 0, size: weights.size, rule }];

type Member = ParameterArena['members'][number];

/** Cuts an arena into runs of members, each up to where a member is not `together` with the next. */
export function runsOf(
  { weights, members }: ParameterArena,
  together: (one: Member, next: Member) => boolean,
): { readonly first: Parameter; readonly offset: number; readonly size: number }[] {
  const begins = members.filter((member, i) => i === 0 || !together(members[i - 1], member));
  return begins.map(({ parameter, offset }, i) => ({
    first: parameter,
    offset,
    size: (begins[i + 1]?.offset ?? weights.size) - offset,
  }));
}

/** Throws a BertrandError if these ranks cannot train by a rule on this device. */
export function expectPossible(rule: Rule, device: Device, sharers: Communicator): void {
  if (device.real === 'f16' && !rule.scaled)
    throw new BertrandError('Muon takes no gradients of half precision', {
      advice: 'write train.precision: f32, or train.optimizer.name: adamw',
    });
  if (sharers.size > 1 && !rule.elementwise)
    throw new BertrandError('ranks cannot share an optimizer that takes whole tensors', {
      advice: 'write train.shardOptimizer: false, or train.optimizer.name: adamw or lion',
    });
}
