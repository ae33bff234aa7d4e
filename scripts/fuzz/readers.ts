import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateCommand } from '../../src/cli/commands/evaluate.ts';
import { exportCommand } from '../../src/cli/commands/export.ts';
import { fillMaskCommand } from '../../src/cli/commands/fillMask.ts';
import { reportCommand } from '../../src/cli/commands/report.ts';
import { runsCommand } from '../../src/cli/commands/runs.ts';
import { Bert } from '../../src/bert/Bert.ts';
import { Corpus } from '../../src/data/corpus/corpus.node.ts';
import { countWords } from '../../src/data/tokenizer/words/countWords.ts';
import { bertWords } from '../../src/data/tokenizer/words/bertWords.ts';
import { openData } from '../../src/data/openData.node.ts';
import { openTokenStore } from '../../src/data/store/openTokenStore.node.ts';
import { openTokenizer, readTokenizer } from '../../src/data/tokenizer/tokenizerFile.node.ts';
import type { Tokenizer } from '../../src/data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../src/error.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { dataOptions } from '../../src/train/config/dataOptions.ts';
import { loadConfig } from '../../src/train/config/loadConfig.node.ts';
import { modelOptions } from '../../src/train/config/modelOptions.ts';
import { configuredVocabSize } from '../../src/train/config/vocabSize.node.ts';
import { loadPretrainConfig, resumedSource } from '../../src/train/import/modelSource.node.ts';
import { openImported } from '../../src/train/import/openImported.node.ts';
import { openTensorFile } from '../../src/train/import/tensorFile.node.ts';
import { pretrain } from '../../src/train/pretrain.node.ts';
import { readCheckpoint } from '../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { cutMetrics, metricsEntries, savedStep } from '../../src/train/run/metricsText.ts';
import { readSafetensors } from '../../src/train/run/safetensors/readSafetensors.ts';
import { silentView } from '../../test/train/trainedRun.ts';
import { openPageRun } from './pageRun.ts';

/** One way in which Bertrand reads somebody else's file. */
export interface Reader {
  /** The files that are changed, by the ends of their paths in the folder of intact files. */
  readonly files: readonly string[];
  /** How many of a hundred inputs it gets. */
  readonly share: number;
  /** Whether the newest checkpoint vouches, half of the time, for what was changed. */
  readonly vouches?: boolean;
  /** Whether it may write outside its cache, as training does. */
  readonly writes?: boolean;
  /** @param file what was changed, as a path in `folder` */
  readonly read: (folder: string, file: string) => Promise<unknown>;
}

const TEXT = 'The King, who\u00a0rules [MASK] l\u0301and; ſtraße ΑΣ 漢字 \u{1F600}\u200d [CLS] ' + 'x'.repeat(300);
const use = (tokenizer: Tokenizer): string => tokenizer.decode(tokenizer.encode(TEXT.repeat(4)));
export const NEWEST = 'run/checkpoints/step-00000020';
const RUN = ['run/config.yaml', 'run/tokenizer.json', 'run/metrics.jsonl', 'run/validation.safetensors', `${NEWEST}/state.json`, `${NEWEST}/model.safetensors`, `${NEWEST}/optimizer.safetensors`, 'corpus.txt', '.bin']; // prettier-ignore
const onReference = { device: 'reference', json: true } as const;

export const readers: Readonly<Record<string, Reader>> = {
  config: {
    files: ['tiny.yaml', 'sotu.yaml', 'resolved.yaml'],
    share: 18,
    read: async (folder, file) => loadConfig(join(folder, file)),
  },
  tokenizer: {
    files: ['tokenizer.json'],
    share: 14,
    read: async (folder, file) => use(readTokenizer(join(folder, file))),
  },
  vocabulary: {
    files: ['vocab.txt'],
    share: 7,
    read: async (folder, file) => use(openTokenizer({ vocab: join(folder, file), lowercase: true })),
  },
  safetensors: {
    files: ['huggingFace/model.safetensors'],
    share: 14,
    async read(folder, file) {
      const path = join(folder, file);
      const lazy = await openTensorFile(path);
      for (const tensor of lazy.values()) await tensor.read();
      return readSafetensors(readFileSync(path), path);
    },
  },
  huggingFace: {
    files: ['config.json', 'tokenizer_config.json', 'index.json', 'one.safetensors', 'two.safetensors', 'huggingFace/model.safetensors'], // prettier-ignore
    share: 8,
    async read(folder, file) {
      const name = file.startsWith('sharded') ? 'sharded' : 'huggingFace';
      const config = loadPretrainConfig(join(folder, `${name}.yaml`));
      const vocabSize = configuredVocabSize(config);
      const imported = await openImported(join(folder, name), config, vocabSize);
      await imported.writeTo(new Bert(modelOptions(config, vocabSize)).to(openReference()).parameters.all);
    },
  },
  state: {
    files: [`${NEWEST}/state.json`],
    share: 8,
    read: (folder) => readCheckpoint(join(folder, NEWEST)),
  },
  metrics: {
    files: ['run/metrics.jsonl'],
    share: 5,
    async read(folder, file) {
      const text = readFileSync(join(folder, file), 'utf8');
      return [cutMetrics(text, 10), metricsEntries(text), savedStep(text)];
    },
  },
  corpus: {
    files: ['corpus.txt'],
    share: 6,
    async read(folder) {
      const data = await openData(dataOptions(loadConfig(join(folder, 'run/config.yaml'))), undefined, folder);
      await data.train.at(0);
      await data.close();
    },
  },
  rows: {
    files: ['rows.jsonl', 'rows.csv', 'rows.jsonl.gz', 'rows.parquet', 'pages.parquet'],
    share: 8,
    async read(folder, file) {
      const corpus = new Corpus([file], { documents: 'line', field: 'text' }, folder);
      await countWords(corpus.pieces(), bertWords({ lowercase: true }));
    },
  },
  texts: {
    files: ['texts.txt'],
    share: 4,
    read: (folder, file) => fillMaskCommand.run({ run: join(folder, 'run'), file: join(folder, file), ...onReference }),
  },
  store: {
    files: ['.bin'],
    share: 6,
    async read(folder, file) {
      const { vocabSize } = readTokenizer(join(folder, 'tokenizer.json'));
      const store = await openTokenStore(join(folder, file), vocabSize);
      if (typeof store === 'string') throw new BertrandError(store);
      try {
        await store.read(0, store.tokens);
      } finally {
        await store.close();
      }
    },
  },
  zip: { files: ['run.zip'], share: 4, read: (folder, file) => openPageRun(join(folder, file)) },
  evaluate: {
    files: RUN,
    vouches: true,
    share: 4,
    read: (folder) => evaluateCommand.run({ run: join(folder, 'run'), ...onReference }),
  },
  fillMask: {
    files: RUN,
    vouches: true,
    share: 3,
    read: (folder) => fillMaskCommand.run({ run: join(folder, 'run'), text: 'the [MASK] rules', ...onReference }),
  },
  export: {
    files: RUN,
    vouches: true,
    share: 2,
    async read(folder) {
      const out = join(folder, 'exported');
      try {
        return await exportCommand.run({
          run: join(folder, 'run'),
          format: 'onnx',
          out,
          precision: 'f32',
          device: 'reference',
        });
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    },
  },
  runs: {
    files: ['run/metrics.jsonl', 'run/config.yaml'],
    share: 4,
    read: (folder) => runsCommand.run({ folder, json: false }),
  },
  report: {
    files: ['run/metrics.jsonl', 'run/config.yaml'],
    share: 4,
    async read(folder) {
      const [out, csv] = [join(folder, 'report.html'), join(folder, 'report.csv')];
      try {
        return await reportCommand.run({ runs: [join(folder, 'run')], out, csv });
      } finally {
        for (const file of [out, csv]) rmSync(file, { force: true });
      }
    },
  },
  resume: {
    files: RUN,
    vouches: true,
    share: 3,
    writes: true,
    async read(folder) {
      const config = loadConfig(
        join(folder, 'run/config.yaml'),
        [`out=${JSON.stringify(join(folder, 'run'))}`],
        resumedSource,
      );
      let hasBegun = false;
      const begun = (): void => {
        hasBegun = true;
        throw new BertrandError('it would go on');
      };
      await pretrain({ ...config, device: 'reference' }, { resume: true }, silentView(begun), true).catch(
        (error: unknown) => {
          if (!hasBegun) throw error;
        },
      );
    },
  },
};

/** The files that a reader's inputs are made from. */
export function inputsOf({ files }: Reader, folder: string): string[] {
  const all = (readdirSync(folder, { recursive: true }) as string[]).map((path) => path.replaceAll('\\', '/'));
  return all.filter((path) => files.some((end) => path === end || path.endsWith(`/${end}`) || (end === '.bin' && path.endsWith(end)))).toSorted(); // prettier-ignore
}
