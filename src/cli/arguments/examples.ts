/** By the command's name: what may be typed behind `bertrand`, and what it does. Shown by its `--help`. */
export const examples: Readonly<Record<string, readonly (readonly [typed: string, does: string])[]>> = {
  init: [['init texts/*.txt --out my.yaml --minutes 30', 'a config for half an hour on this machine']],
  pretrain: [
    ['pretrain my.yaml', 'train'],
    ['pretrain my.yaml --set train.minutes=10 --out runs/short', 'for ten minutes, in another folder'],
    ['pretrain my.yaml --resume auto', 'go on where there is a run, begin where there is none'],
    ['pretrain my.yaml --init-from runs/base', "with another run's weights, at step 0"],
  ],
  resume: [
    ['resume runs/my', 'go on from the newest checkpoint'],
    ['resume runs/my 4000 --set train.steps=9000', 'from that of step 4000, to more steps'],
  ],
  evaluate: [
    ['evaluate runs/my', 'on the text that the run keeps'],
    ['evaluate runs/my --corpus other.csv --field body', 'on the column body of a table'],
  ],
  'fill-mask': [
    ['fill-mask runs/my "four score and [MASK] years ago"', 'the five likeliest words'],
    ['fill-mask runs/my --file lines.txt --targets war,peace', 'of two words, for each line'],
  ],
  runs: [['runs', 'those in the folder runs']],
  report: [
    ['report runs/a runs/b --out page.html', 'two runs on one page'],
    ['report runs --csv - > metrics.csv', 'all numbers of all runs'],
  ],
  sweep: [['sweep my.yaml --grid train.optimizer.learningRate=1e-3,3e-3 --seeds 3', 'six runs, compared']],
  finetune: [['finetune my-classifier.yaml --set model.from=runs/my', 'a classifier from a run']],
  predict: [
    ['predict runs/classifier new.csv --out answers.jsonl', 'a label for each row'],
    ['predict runs/classifier test.csv --evaluate --format csv --out answers.csv', 'how many are right, too'],
  ],
  embed: [['embed runs/my sentences.txt --normalize --out sentences.npy', 'a matrix for NumPy']],
  similar: [['similar runs/my sentences.csv "the state of the union" --field body', 'the ten most like it']],
  summary: [['summary my.yaml', 'parameters and memory before training']],
  bench: [['bench my.yaml', 'tokens/s on this machine']],
  export: [
    ['export runs/my --format hf --out my-hf', 'for Hugging Face transformers'],
    ['export runs/my --format onnx --quantize int8 --out my-onnx', 'in float32 and int8'],
  ],
  config: [['config train.schedule', 'the keys of a section']],
  cache: [['cache --clean', 'remove what is kept']],
};
