import type { DeviceChoice } from '../kernels/choose.ts';
import { loadConfig } from '../train/config/loadConfig.node.ts';
import { modelSource, resumedSource } from '../train/import/modelSource.node.ts';
import { pretrain } from '../train/pretrain.node.ts';
import { progressView } from './progress/progressView.ts';

interface Arguments {
  readonly config: string;
  readonly set: string[];
  readonly device?: DeviceChoice | undefined;
  readonly out?: string | undefined;
  readonly initFrom?: string | undefined;
  readonly resume: boolean;
}

export function pretrainCommand({ config, set, device, out, initFrom, resume }: Arguments): Promise<number> {
  const flags = [
    { flag: 'device', key: 'device', value: device },
    { flag: 'out', key: 'out', value: out },
    { flag: 'init-from', key: 'model.from', value: initFrom },
  ].filter(({ value }) => value !== undefined);
  const settings = [...set, ...flags.map(({ key, value }) => `${key}=${JSON.stringify(value)}`)];
  const given = [...set.map((value) => ({ flag: 'set', value })), ...flags].map(
    ({ flag, value }) => `--${flag} ${quoted(value)}`,
  );
  const resumeCommand = ['npx bertrand pretrain', quoted(config), ...given, '--resume'].join(' ');
  return pretrain(
    loadConfig(config, settings, resume ? resumedSource : modelSource),
    resume,
    progressView(process.stdout, resumeCommand),
  );
}

/** As it must be typed in a shell. */
const quoted = (text = ''): string => (/^[\w./=:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
