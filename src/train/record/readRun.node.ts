import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readInputText } from '../../data/inputFile.node.ts';
import { BertrandError } from '../../error.ts';
import { loadRunConfig, readConfigFile } from '../config/loadConfig.node.ts';
import { resolveFinetune } from '../finetune/config/finetuneConfig.ts';
import { holdersOf } from '../run/lock.node.ts';
import { readMetrics } from './metricsRecord.ts';
import type { MetricsLine } from './metricsRecord.ts';
import { stateOf } from './runRecord.ts';
import type { RunRecord } from './runRecord.ts';

/** Looks into a run's folder, and writes nothing. Damage becomes one of its troubles. */
export function readRun(path: string): RunRecord {
  const troubles: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BertrandError)) throw error;
      troubles.push(error.what.split('\n')[0]);
      return undefined;
    }
  };
  const config = attempt(() => configOf(path));
  const file = join(path, 'metrics.jsonl');
  const metrics = readMetrics((existsSync(file) ? attempt(() => readInputText(file)) : undefined) ?? '');
  const written = config && 'steps' in config.train ? config.train.steps : undefined;
  const steps = typeof written === 'number' ? written : metrics.steps;
  const validated = metrics.validation.filter(({ numbers }) => numbers.loss !== undefined);
  const best = validated.reduce<MetricsLine | undefined>(
    (least, line) => ((line.numbers.loss ?? 0) < (least?.numbers.loss ?? Infinity) ? line : least),
    undefined,
  );
  return {
    path,
    state: stateOf(holdersOf(path), metrics, steps, isClassifier(path)),
    config,
    steps,
    metrics,
    best,
    last: validated.at(-1),
    troubles,
  };
}

/** Only `finetune` writes this file. */
const isClassifier = (path: string): boolean => existsSync(join(path, 'labels.json'));

function configOf(path: string): NonNullable<RunRecord['config']> {
  const file = join(path, 'config.yaml');
  return isClassifier(path) ? resolveFinetune(readConfigFile(file), file, [], ['device', 'cpu']) : loadRunConfig(file);
}
