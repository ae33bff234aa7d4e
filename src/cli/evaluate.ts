import { openDevice } from '../kernels/choose.ts';
import type { DeviceChoice } from '../kernels/choose.ts';
import { evaluate } from '../train/evaluate/evaluation.ts';
import { runDeviceOptions } from '../train/config/runDeviceOptions.ts';
import { evaluationData } from '../train/evaluate/evaluationData.node.ts';
import { preparationView } from './progress/preparation.ts';
import { expectScoresFit } from '../train/measure/scoresFit.ts';
import { openTrained } from '../train/evaluate/trained.node.ts';
import { print, printError } from './print.ts';

interface Arguments {
  readonly run: string;
  readonly corpus?: string[] | undefined;
  readonly device: DeviceChoice;
  readonly json: boolean;
}

export async function evaluateCommand({ run, corpus, device: choice, json }: Arguments): Promise<number> {
  const trained = await openTrained(run);
  for (const notice of trained.notices) printError(notice);
  const device = await openDevice(choice, runDeviceOptions(trained.config));
  expectScoresFit(device, trained.config);
  const data = await evaluationData(trained, corpus, preparationView(process.stderr));
  const result = await evaluate(device, trained.modelOn(device), data.batches(), data.baseline);
  await data.close();
  await device.close();
  if (json)
    print(
      JSON.stringify(
        { checkpoint: trained.path, step: trained.step, passedOver: trained.passedOver, ...result },
        null,
        2,
      ),
    );
  else {
    print(`${trained.path}, on ${result.count} masked tokens of ${corpus?.join(' ') ?? "the run's validation text"}`);
    print(
      `loss         ${result.loss.toFixed(4)} nats (without context: ${result.contextFreeLoss.toFixed(4)}, by frequency: ${result.unigramLoss.toFixed(4)})`,
    );
    print(`perplexity   ${result.perplexity.toFixed(1)}`);
    print(`accuracy     ${(100 * result.accuracy).toFixed(1)} %`);
  }
  return 0;
}
