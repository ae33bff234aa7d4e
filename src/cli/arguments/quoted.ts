/** Quoted for a shell. */
export const quoted = (text = ''): string => (/^[\w./=:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
