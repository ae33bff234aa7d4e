/** Sentences to ask the default model. The recorded run (scripts/record-page.ts) answers them, too. */
export const EXAMPLES = [
  'the people of the united [MASK] of america',
  'i ask the [MASK] to pass this law .',
  'health [MASK] for all americans',
  'members of congress , my [MASK] americans',
];
