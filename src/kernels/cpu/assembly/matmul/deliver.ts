import { storeUpTo } from '../arithmetic/vector';
import { TILE_ROW } from '../memory/scratch';

/** c (+)= the part of a tile within c's rows and columns */
export function deliver(sums: usize, c: usize, row: usize, add: bool, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, c += row, sums += TILE_ROW)
    for (let j = 0; j < columns; j += 4) {
      const at = 4 * <usize>j;
      const sum = v128.load(sums + at);
      storeUpTo(c + at, add ? f32x4.add(v128.load(c + at), sum) : sum, columns - j);
    }
}
