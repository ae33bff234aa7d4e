import type { Start } from '../../train/opening.node.ts';
import { UsageError } from '../exit.ts';

/** What `--resume` alone means. */
const NEWEST = 'newest';

/** Arguments of `pretrain` in which `--resume` has a value, as yargs wants it: it takes a step or `auto`, and may stand alone. */
export function withResume(args: readonly string[]): string[] {
  if (args[0] !== 'pretrain') return [...args];
  const end = args.indexOf('--');
  const isValue = (arg: string | undefined): boolean => arg !== undefined && /^(?:\d+|auto)$/.test(arg);
  const options = (i: number): boolean => end === -1 || i < end;
  return args.flatMap((arg, i) => {
    if (!options(i)) return [arg];
    if (arg === '--resume') return isValue(args[i + 1]) ? [`--resume=${args[i + 1]}`] : [`--resume=${NEWEST}`];
    return args[i - 1] === '--resume' && isValue(arg) ? [] : [arg];
  });
}

/** How a run begins or goes on; `auto` where what is in its folder decides. Throws a UsageError. */
export function startOf(resume: string | undefined, overwrite: boolean): Start | 'auto' {
  if (resume !== undefined && overwrite)
    throw new UsageError('--resume and --overwrite: one goes on with a run, the other removes it', {
      advice: 'leave one out',
    });
  if (resume === undefined) return { resume: false, overwrite };
  if (resume === 'auto') return 'auto';
  if (resume === NEWEST) return { resume: true };
  const step = Number(resume);
  if (!/^\d+$/.test(resume) || !Number.isSafeInteger(step) || step === 0)
    throw new UsageError(
      `--resume: found ${JSON.stringify(resume)}; expected the step of a checkpoint, auto, or nothing`,
    );
  return { resume: true, step };
}
