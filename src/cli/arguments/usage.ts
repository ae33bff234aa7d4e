/** yargs's messages in our own words. */
export const yargsWords = {
  'Not enough arguments following: %s': '--%s: found no value; write one behind it',
  'Argument: %s, Given: %s, Choices: %s': '--%s: found %s; expected one of %s',
};

/**
 * One line that explains yargs's complaint about `args` and names the help to read.
 * @param usages those of all commands, in yargs's notation
 */
export function usageLine(message: string, args: readonly string[], usages: readonly string[]): string {
  const usage = usages.find((usage) => args.includes(usage.split(' ')[0]));
  const [name, ...needed] = usage?.split(' ') ?? [];
  const command = name === 'tokenizer' && args.includes('train') ? 'tokenizer train' : name;
  const help = ['bertrand', ...(command ? [command] : []), '--help'].join(' ');
  return `${explained(message, needed, args)}; see \`${help}\``;
}

function explained(message: string, needed: readonly string[], args: readonly string[]): string {
  const given = /^Not enough non-option arguments: got (\d+)/.exec(message)?.[1];
  if (given !== undefined) return `missing: ${needed.slice(Number(given)).join(' ')}`;
  const lines = message
    .replace('Invalid values:', '')
    .trim()
    .split(/\s*\n\s*/)
    .join('; ');
  const expanded = message.startsWith('Unknown argument') && args.some((arg) => /^--corpus(=|$)/.test(arg));
  return expanded
    ? `${lines} (--corpus takes one value here: quote the glob, repeat --corpus, or write it behind all else)`
    : lines;
}
