import type { MaskedInput } from '../../bert/Bert.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../error.ts';
import { openDevice } from '../../kernels/choose.ts';
import { modelOptions, textSegment } from '../../train/config/modelOptions.ts';
import { runDeviceOptions } from '../../train/config/runDeviceOptions.ts';
import { maskedSequence } from '../../train/evaluate/fillMask.ts';
import type { Guess } from '../../train/evaluate/fillMask.ts';
import { fillMasks } from '../../train/evaluate/fillMasks.ts';
import { openMasked } from '../../train/import/openMasked.node.ts';
import type { MaskedModel } from '../../train/import/openMasked.node.ts';
import { deviceOption, jsonOption, modelFolder } from '../arguments/options.ts';
import { givenTexts } from '../arguments/texts.ts';
import type { GivenText } from '../arguments/texts.ts';
import { command } from '../command.ts';
import { UsageError, expectCount } from '../exit.ts';
import { inLine, print, printError } from '../print/print.ts';

/** Without --top: this many guesses, or all targets. */
const TOP = 5;

export const fillMaskCommand = command(
  'fill-mask <run> [text]',
  'Guess the words at [MASK]',
  (cli) =>
    cli
      .positional('run', modelFolder)
      .positional('text', {
        type: 'string',
        describe: 'A text with [MASK] in it; - for the lines of the standard input',
      })
      .option('file', { type: 'string', requiresArg: true, describe: 'A file with a text in each line, instead' })
      .option('targets', {
        type: 'string',
        requiresArg: true,
        describe: 'The only words to choose from, as in --targets king,queen',
      })
      .option('top', {
        type: 'number',
        requiresArg: true,
        describe: 'Guesses for each mask: 5 by default, or all targets',
      })
      .options({ device: deviceOption, json: jsonOption }),
  async ({ run, text, file, targets, top, device: choice, json }) => {
    if (top !== undefined) expectCount('top', top);
    const texts = await givenTexts(text, file);
    const opened = await openMasked(run);
    for (const notice of opened.notices) printError(notice);
    const { tokenizer, config } = opened;
    const among = targets === undefined ? undefined : targetIds(targets, tokenizer);
    const sequences = texts.map((given) => sequenceOf(given, opened));
    const device = await openDevice(choice, runDeviceOptions(config));
    const guesses = await fillMasks(
      device,
      await opened.modelOn(device),
      sequences,
      top ?? among?.length ?? TOP,
      among,
    );
    await device.close();
    const filled = texts.map(({ text }, i) => ({
      text,
      masks: guesses[i].map((list) => list.map((guess) => named(guess, tokenizer))),
    }));
    const one = text !== undefined && text !== '-' ? filled[0] : undefined;
    if (json) {
      const { path: checkpoint, passedOver } = opened;
      print(JSON.stringify({ checkpoint, passedOver, ...(one ?? { texts: filled }) }, null, 2));
    } else
      for (const { text, masks } of filled) {
        if (!one) print(inLine(text));
        for (const [mask, list] of masks.entries()) {
          if (masks.length > 1) print(`[MASK] ${mask + 1}`);
          for (const { token, probability } of list)
            print(`${percent(probability, targets !== undefined)} %  ${inLine(token)}`);
        }
      }
    return 0;
  },
);

interface NamedGuess {
  readonly token: string;
  readonly probability: number;
}
const named = ({ id, probability }: Guess, tokenizer: Tokenizer): NamedGuess => ({
  token: tokenizer.tokenOf(id),
  probability,
});

/** Targets may be unlikely, so show more digits. */
const percent = (probability: number, precise: boolean): string =>
  precise ? (100 * probability).toPrecision(4).padStart(9) : (100 * probability).toFixed(1).padStart(5);

function sequenceOf({ text, where }: GivenText, { tokenizer, config }: MaskedModel): MaskedInput {
  const ids = Int32Array.of(tokenizer.classId, ...tokenizer.encode(text), tokenizer.separatorId);
  const { maxLength } = modelOptions(config, tokenizer.vocabSize);
  if (ids.length > maxLength)
    throw new BertrandError(
      `${where}the text has ${ids.length} tokens with [CLS] and [SEP], the model takes ${maxLength}`,
      { advice: 'shorten it' },
    );
  try {
    return maskedSequence(ids, tokenizer.maskId, textSegment(config));
  } catch (error) {
    if (!(error instanceof BertrandError)) throw error;
    throw new BertrandError(`${where}${error.what}`, error.advice === undefined ? {} : { advice: error.advice });
  }
}

/** The ids of comma-separated words, each of which must be a single token. */
function targetIds(targets: string, tokenizer: Tokenizer): number[] {
  const words = targets.split(',').map((word) => word.trim());
  const ids = words.map((word) => {
    const ids = [...tokenizer.encode(word)];
    const tokens = ids.map((id) => tokenizer.tokenOf(id)).join(' ');
    if (ids.length === 1 && ids[0] !== tokenizer.unknownId) return ids[0];
    if (ids.length === 0)
      throw new UsageError('--targets: found an empty word', { advice: 'write them like --targets king,queen' });
    throw new UsageError(
      `--targets: ${JSON.stringify(word)} is ${ids.length === 1 ? 'not in the vocabulary' : `${ids.length} tokens (${tokens})`}; a [MASK] stands for one token of the vocabulary`,
    );
  });
  return [...new Set(ids)];
}
