import { BertrandError } from '../error.ts';
import { expectCount } from './exit.ts';
import { openDevice } from '../kernels/choose.ts';
import type { DeviceChoice } from '../kernels/choose.ts';
import { runDeviceOptions } from '../train/config/runDeviceOptions.ts';
import { fillMask, maskedSequence } from '../train/evaluate/fillMask.ts';
import { textSegment } from '../train/config/modelOptions.ts';
import { openTrained } from '../train/evaluate/trained.node.ts';
import { inLine, print, printError } from './print.ts';

interface Arguments {
  readonly run: string;
  readonly text: string;
  readonly top: number;
  readonly device: DeviceChoice;
  readonly json: boolean;
}

export async function fillMaskCommand({ run, text, top, device: choice, json }: Arguments): Promise<number> {
  expectCount('top', top);
  const trained = await openTrained(run);
  for (const notice of trained.notices) printError(notice);
  const { tokenizer, config } = trained;
  const ids = Int32Array.from([tokenizer.classId, ...tokenizer.encode(text), tokenizer.separatorId]);
  const sequence = maskedSequence(ids, tokenizer.maskId, textSegment(config));
  if (ids.length > config.data.sequenceLength)
    throw new BertrandError(
      `the text has ${ids.length} tokens with [CLS] and [SEP], the model takes ${config.data.sequenceLength}`,
      { advice: 'shorten it' },
    );
  const device = await openDevice(choice, runDeviceOptions(config));
  const guesses = await fillMask(device, trained.modelOn(device), sequence, top);
  await device.close();
  const named = guesses.map((list) =>
    list.map(({ id, probability }) => ({ token: tokenizer.tokenOf(id), probability })),
  );
  if (json)
    print(JSON.stringify({ checkpoint: trained.path, passedOver: trained.passedOver, text, masks: named }, null, 2));
  else
    for (const [mask, list] of named.entries()) {
      if (named.length > 1) print(`[MASK] ${mask + 1}`);
      for (const { token, probability } of list)
        print(`${(100 * probability).toFixed(1).padStart(5)} %  ${inLine(token)}`);
    }
  return 0;
}
