/** A mistake in use or a limit reached: its message is for the person, and is shown without a stack trace. */
export class BertrandError extends Error {
  override readonly name = 'BertrandError';
  /** What happened. */
  readonly what: string;
  /** What to do about it. The message has both. */
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
  EACCES: 'there is no permission',
  EPERM: 'there is no permission',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of that name is in the way',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'the system has too many files open',
  EIO: 'the disk failed',
  EPIPE: 'nobody reads it any more',
};

/** Why the system refused, in words and with its code; undefined for an error that is not the system's. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined;
  const code = String(error.code);
  return `${REASONS[code] ?? error.message} (${code})`;
}
