import type { Config } from '../../../../src/train/config/table/table.ts';

/** A box of the drawing, with those in it. */
export interface DrawnBox {
  /** As the model names it: `encoder.TF.0.LN1`; the key of its text is the last part. */
  readonly path: string;
  readonly label: string;
  readonly kind: 'linear' | 'norm' | 'dropout' | 'sum' | 'other';
  /** Side by side in one row. */
  readonly beside?: readonly DrawnBox[];
}

/** A frame around boxes that follow each other. */
export interface Frame {
  readonly path: string;
  readonly label: string;
  readonly inner: readonly (DrawnBox | Frame)[];
}

type ModelSection = Config['model'];

/** The drawing of the model as configured, from ids to loss, with the chosen one of its blocks. */
export function drawing({ model }: Config, block: number): (DrawnBox | Frame)[] {
  const at = `encoder.TF.${block}`;
  const attention = attentionOf(model, `${at}.Attention`);
  const feedForward = feedForwardOf(model, `${at}.FFN`);
  const norm = (name: 'LN1' | 'LN2'): DrawnBox => ({ path: `${at}.${name}`, label: name, kind: 'norm' });
  const drop = (name: 'Dropout1' | 'Dropout2' | 'Dropout3'): DrawnBox[] => dropoutAt(model, name, `${at}.${name}`);
  const sum = (name: 'middle' | 'output', label: string): DrawnBox => ({ path: `${at}.${name}`, label, kind: 'sum' });
  const first = [attention, ...drop('Dropout1'), sum('middle', '+ input')];
  const second = [feedForward, ...drop('Dropout2'), sum('output', '+ middle')];
  const inner =
    model.norm === 'pre'
      ? [...(model.firstNorm || block > 0 ? [norm('LN1')] : []), ...first, norm('LN2'), ...second]
      : [...first, norm('LN1'), ...second, norm('LN2')];
  return [
    { path: 'encoder.Embedding', label: 'Embedding', kind: 'other' },
    { path: at, label: `TF block ${block + 1} of ${model.layers}`, inner: [...inner, ...drop('Dropout3')] },
    ...(model.finalNorm ? [{ path: 'encoder.LN', label: 'LN', kind: 'norm' } as const] : []),
    {
      path: 'decoder',
      label: 'BertDecoder',
      inner: [
        { path: 'decoder.LL', label: 'LL', kind: 'linear' },
        { path: 'decoder.softmax', label: 'softmax', kind: 'other' },
      ],
    },
    { path: 'loss', label: 'loss', kind: 'other' },
  ];
}

function attentionOf(model: ModelSection, path: string): Frame {
  const linear = (name: string): DrawnBox => ({ path: `${path}.${name}`, label: name, kind: 'linear' });
  const other = (name: string, label: string): DrawnBox => ({ path: `${path}.${name}`, label, kind: 'other' });
  const query = model.positions === 'rotary' ? ['rotated LLQ', 'rotated LLK'] : ['LLQ', 'LLK'];
  const scale = model.attentionScale === 'embeddingSize' ? 'ES' : 'HS';
  return {
    path,
    label: 'Attention',
    inner: [
      { ...linear('LLQ'), beside: [linear('LLQ'), linear('LLK'), linear('LLV')] },
      other('scores', `${query.join(' @ ')}′ / √${scale}`),
      other('softmax', 'softmax'),
      ...dropoutAt(model, 'probabilities', `${path}.probabilityDropout`),
      other('context', '@ LLV'),
      linear('LLO'),
      ...dropoutAt(model, 'attention', `${path}.Dropout`),
    ],
  };
}

function feedForwardOf(model: ModelSection, path: string): Frame {
  return {
    path,
    label: 'FFN',
    inner: [
      { path: `${path}.LL1`, label: 'LL1', kind: 'linear' },
      { path: `${path}.GELU`, label: model.feedForward === 'geglu' ? 'GeGLU' : 'GELU', kind: 'other' },
      ...dropoutAt(model, 'feedForward', `${path}.Dropout`),
      { path: `${path}.LL2`, label: 'LL2', kind: 'linear' },
    ],
  };
}

/** A dropout box, if the options have dropout. */
function dropoutAt(model: ModelSection, site: ModelSection['dropoutAt'][number], path: string): DrawnBox[] {
  if (model.dropout === 0 || !model.dropoutAt.includes(site)) return [];
  return [{ path, label: /Dropout\d/.exec(path)?.[0] ?? 'Dropout', kind: 'dropout' }];
}
