/** What a person sees in each panel, for someone who has never heard of BERT. */
export const WHY = {
  learning: [
    'At each step the model is shown sentences in which some words are hidden, guesses them, and is corrected. The thick line is how surprised it is by the hidden words of text that it never trains on: if it gave the right word a probability of one in a hundred, that counts 4.6; at certainty it would be 0.',
    'Knowing only how often words occur brings it down to the dashed lines. Every bit below them comes from reading the words around the blank.',
  ],
  fill: [
    'The sentence goes through the model as it is now, and these are the words that it thinks likeliest in place of the blank, with its probabilities. Below are the answers that its earlier selves gave to the same sentence.',
    'It knows the words of its text only, and cuts rare ones into pieces: “##ing” is the end of a word.',
  ],
  similar: [
    'The model turns each sentence into a list of numbers: the mean of what comes out for its words. Sentences whose lists point the same way (a cosine near 1) are alike to the model. Nobody told it what sentences mean.',
  ],
  attention: [
    'To work on a word, the model mixes in what other words hand over. A row of the map shows how much a word takes from each of the others; the shares of a row add up to 1. Each head looks for something else, such as the word before, or the same word again.',
    '[CLS] and [SEP] mark where the text begins and ends.',
  ],
  model: [
    'This is all there is: each box is a formula, and the numbers in it were learnt. Text goes in at the top as numbers, passes the boxes from top to bottom, and comes out as a probability for every word. Learning goes back from the bottom: the gradient says of each number in which direction it makes the right word likelier.',
    'The bars show how often values occur among the numbers of a box, from the smallest to the largest.',
  ],
  saved: [
    'A run is its learnt numbers and all that is needed to go on from there. It lies in this browser’s own storage, which no page but this one can read, until you remove it.',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
