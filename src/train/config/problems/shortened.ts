/** A text as messages show it: whole, or its beginning. */
export const shortened = (text: string, longest = 60): string =>
  text.length > longest ? `${text.slice(0, longest)}...` : text;
