/** Sentences to ask the default model. The recorded run (scripts/record-page.ts) answers them, too. */
export const EXAMPLES = [
  'god bless the united states of [MASK] .',
  'my fellow [MASK] , the state of our union is strong .',
  'we must [MASK] the deficit and create new jobs .',
  'the congress of the [MASK] states',
];
