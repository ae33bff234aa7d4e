import { keysShader, queriesShader } from './attentionBackward.ts';
import { forwardShader } from './attentionForward.ts';
import { attentionTiles } from './attentionTile.ts';
import { matrixKeys, matrixQueries } from './matrixBackward.ts';
import { matrixForward } from './matrixForward.ts';
import { attentionMatrixTiles } from './matrixTile.ts';
import type { MatrixUnit } from '../matmul/matrixTile.ts';
import { wgsl } from '../../engine/shader.ts';

const HEAD = 64;
const ROOM = { workgroupBytes: 65536, invocations: 256 };

/** The shader texts for heads of one size, by tile, which the tuner chooses between. */
export function attentionTexts(unit?: MatrixUnit): string[] {
  const plain = attentionTiles(HEAD, { ...ROOM, residents: 2, halves: true });
  const matrices = unit ? attentionMatrixTiles(HEAD, 2, unit, ROOM) : [];
  return [
    ...plain.flatMap((tile) => [forwardShader, queriesShader, keysShader].map((make) => wgsl(make(tile, true)))),
    ...matrices.flatMap((tile) =>
      [matrixForward, matrixQueries, matrixKeys].map((make) => wgsl(make(tile, unit as MatrixUnit, HEAD))),
    ),
  ];
}
