/** A user error or a limit reached: the message is meant for the user and is shown without a stack trace. */
export class BertrandError extends Error {
  /** The name of the class. */
  override readonly name = 'BertrandError';
  /** What happened. */
  readonly what: string;
  /** What to do about it; `message` contains both. */
  readonly advice: string | undefined;

  constructor(what: string, { advice, ...options }: ErrorOptions & { readonly advice?: string } = {}) {
    super(advice === undefined ? what : `${what}${what.includes('\n') ? '\n' : '; '}${advice}`, options);
    this.what = what;
    this.advice = advice;
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of that name already exists',
  ENOENT: 'no such file or folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'the system has too many files open',
  EIO: 'the disk reported an error',
  EPIPE: 'the reading end is closed',
};

/** The reason for a system error, in words and with its code; undefined if `error` is not a system error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined;
  const code = String(error.code);
  return `${REASONS[code] ?? error.message} (${code})`;
}
