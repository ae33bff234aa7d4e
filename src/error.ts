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
