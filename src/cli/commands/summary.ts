import { modelOptions } from '../../train/config/modelOptions.ts';
import { configuredVocabSize } from '../../train/config/vocabSize.node.ts';
import { loadPretrainConfig } from '../../train/import/modelSource.node.ts';
import { memoryFits } from '../../train/measure/memoryFit.ts';
import { summarise } from '../../train/measure/summary.ts';
import { syntheticBatch } from '../../train/measure/syntheticBatch.ts';
import { configFile, setOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { bytes } from '../print/bytes.ts';
import { lengthWords } from '../progress/lengthLines.ts';
import { print } from '../print/print.ts';
import { renderTable } from '../print/table.ts';
import { formatCount } from '../progress/format.ts';

export const summaryCommand = command(
  'summary <config>',
  'Parameters, FLOPs and memory, box by box',
  (cli) => cli.positional('config', configFile).option('set', setOption),
  async ({ config: path, set }) => {
    const config = loadPretrainConfig(path, set);
    const vocabSize = configuredVocabSize(config);
    const { data, train, model } = config;
    const options = modelOptions(config, vocabSize);
    const batch = syntheticBatch(train.batchSize, data.sequenceLength, vocabSize, data.masking.probability);
    const { boxes, parameters, step } = summarise(options, batch, train);
    const share = (flops: number): string => `${((100 * flops) / step.flops).toFixed(1)} %`;
    const rows = boxes.map(({ box, count: times, parameters, flops }) => [
      times > 1 ? `${box} x ${times}` : box,
      formatCount(parameters),
      formatCount(flops),
      share(flops),
    ]);
    const precision = train.precision === 'f32' ? '' : `, products in ${train.precision}`;
    print(
      `${path}: preset ${model.preset}, batches of ${train.batchSize} x ${data.sequenceLength} tokens${precision}, for ${lengthWords(config)}\n`,
    );
    print(
      renderTable(
        ['box', 'parameters', 'FLOPs a step', 'share'],
        [...rows, ['all', formatCount(parameters), formatCount(step.flops), share(step.flops)]],
      ),
    );
    print(
      `\nmemory   ${bytes(step.peakMemory)} at the fullest: ${bytes(step.parameterMemory)} weights, gradients and optimizer, the rest activations`,
    );
    print(`a step   ${step.launches} kernels that read and write ${bytes(step.bytes)}`);
    const fits = memoryFits(options, data.sequenceLength, data.masking.probability, train);
    print(`\nThe most sequences of ${data.sequenceLength} tokens in a batch, by memory and train.recompute:\n`);
    print(
      renderTable(
        ['memory', 'none', 'blocks'],
        fits.map(({ memory, batch: { none, blocks } }) => [`${memory} GB`, `${none}`, `${blocks}`]),
      ),
    );
    return Promise.resolve(0);
  },
);
