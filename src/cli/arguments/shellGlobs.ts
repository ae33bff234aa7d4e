/**
 * Arguments in which each file behind `--corpus` has a `--corpus` of its own, as yargs wants it: a shell makes of `--corpus *.txt`
 * one option and many words. Only where the words that the command needs stand before: what comes then can be nothing else.
 */
export function withCorpora(args: readonly string[]): string[] {
  const [command, word = '-'] = args;
  const before = command === 'tokenizer' || (command === 'evaluate' && !word.startsWith('-'));
  if (!before) return [...args];
  let taking = false;
  let options = true; // none are behind --
  return args.flatMap((arg, i) => {
    if (arg === '--') options = false;
    const isOption = arg.startsWith('-') && arg !== '-';
    const isValue = args[i - 1] === '--corpus';
    if (isOption) taking = false;
    if (isValue) taking = true;
    return options && taking && !isValue && !isOption ? ['--corpus', arg] : [arg];
  });
}
