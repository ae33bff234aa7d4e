/** A mistake in use or a limit reached: its message is for the person, and is shown without a stack trace. */
export class BertrandError extends Error {
  override readonly name = 'BertrandError';
}
