/** The commands in yargs's notation: the name, then the positional arguments. */
export const commands = {
  pretrain: 'pretrain <config>',
  evaluate: 'evaluate <run>',
  fillMask: 'fill-mask <run> [text]',
  finetune: 'finetune <config>',
  predict: 'predict <run> <file>',
  embed: 'embed <run> <file>',
  similar: 'similar <run> <file> <query>',
  gradcheck: 'gradcheck',
  devices: 'devices',
  tokenizer: 'tokenizer',
  summary: 'summary <config>',
  bench: 'bench <config>',
  export: 'export <run>',
} as const;

/** yargs's messages in our own words. */
export const yargsWords = {
  'Not enough arguments following: %s': '--%s: found no value; write one behind it',
  'Argument: %s, Given: %s, Choices: %s': '--%s: found %s; expected one of %s',
};

/** One line that explains yargs's complaint about `args` and names the help to read. */
export function usageLine(message: string, args: readonly string[]): string {
  const usage = Object.values(commands).find((usage) => args.includes(usage.split(' ')[0]));
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
  return expanded ? `${lines} (--corpus takes one value: quote the glob, or repeat --corpus)` : lines;
}
