import { maximum, plus, reduction } from './reduction.ts';
import type { Element } from '../../engine/shader.ts';
import type { Traits } from '../../engine/traits.ts';

/** How rows are divided: `lanes` invocations per row, each of which keeps `vectors` vectors in registers, or rereads the row if 0. */
export interface RowShape {
  readonly lanes: 32 | 256;
  readonly vectors: number;
  /** Whether rows consist of whole vectors of four. */
  readonly whole: boolean;
}

const WORKGROUP = 256;
const MOST_VECTORS = 8;

/** Rows of up to 1024 columns get 32 invocations each, about a subgroup, so that narrow rows leave none idle and need no barriers. */
export function rowShape(columns: number): RowShape {
  const vectors = Math.ceil(columns / 4);
  const lanes = vectors <= 32 * MOST_VECTORS ? 32 : WORKGROUP;
  const each = Math.ceil(vectors / lanes);
  return { lanes, vectors: each > MOST_VECTORS ? 0 : each, whole: columns % 4 === 0 };
}

/** WGSL of a row kernel. In all generated names, `NAME_${i}` is an invocation's i-th vector. */
export class Rows {
  readonly shape: RowShape;
  readonly workgroup = WORKGROUP;
  readonly real: Element;
  readonly f32: Element;
  readonly reductions: string;
  /** Values that every loop over the row recomputes if they are not kept in registers. */
  #recomputed = '';

  constructor(shape: RowShape, traits: Traits) {
    this.shape = shape;
    this.real = shape.whole ? 'vec4real' : 'real';
    this.f32 = shape.whole ? 'vec4f' : 'f32';
    this.reductions = [
      reduction('sumOfRow', 'f32', plus, shape.lanes, traits, WORKGROUP),
      reduction('sumsOfRow', 'vec2f', plus, shape.lanes, traits, WORKGROUP),
      reduction('maximumOfRow', 'f32', maximum, shape.lanes, traits, WORKGROUP),
    ].join('');
  }

  groups(rows: number): number {
    return Math.ceil((rows * this.shape.lanes) / WORKGROUP);
  }

  /** Determines the row of each invocation. Past the end it is the last row, and nothing is written. */
  get begin(): string {
    return this.places + this.rowOf('group');
  }

  /** Determines an invocation's columns. */
  get places(): string {
    const { lanes } = this.shape;
    return `
  let x = lane % ${lanes}u;
  ${this.keep('column', (i) => (i === 'q' ? '4u * q' : `4u * (x + ${i}u * ${lanes}u)`))}
  ${this.keep('inside', (i) => `column_${i} + vec4u(0u, 1u, 2u, 3u) < vec4u(p.columns)`)}`;
  }

  /** Determines the row among those of a group. */
  rowOf(group: string): string {
    const { lanes } = this.shape;
    return `
  let wanted = ${group} * ${WORKGROUP / lanes}u + lane / ${lanes}u;
  let row = min(wanted, p.rows - 1u);
  let writes = wanted < p.rows;`;
  }

  /** Gives the name NAME_i to a value of each vector. */
  keep(name: string, value: (i: string) => string): string {
    const { vectors } = this.shape;
    if (vectors > 0)
      return Array.from({ length: vectors }, (_, i) => `let ${name}_${i} = ${value(`${i}`)};`).join('\n  ');
    this.#recomputed += `let ${name}_q = ${value('q')}; `;
    return '';
  }

  each(body: (i: string) => string): string {
    const { lanes, vectors } = this.shape;
    if (vectors > 0) return Array.from({ length: vectors }, (_, i) => `{ ${body(`${i}`)} }`).join('\n  ');
    return `for (var q = x; 4u * q < p.columns; q += ${lanes}u) { ${this.#recomputed}${body('q')} }`;
  }

  /** WGSL of \`read_NAME(row, column)\`: four elements of an array of rows, or of one row (row 0); 0 beyond the row's end. */
  read(...names: string[]): string {
    const element = (name: string, j: number): string =>
      `select(0.0, f32(${name}[at + ${j}u]), column + ${j}u < p.columns)`;
    return names
      .map(
        (name) => `
fn read_${name}(row: u32, column: u32) -> vec4f {
  if (column >= p.columns) { return vec4f(); }
  let at = row * p.columns + column;
  ${this.shape.whole ? `return vec4f(${name}[at / 4u]);` : `return vec4f(${[0, 1, 2, 3].map((j) => element(name, j)).join(', ')});`}
}
`,
      )
      .join('');
  }

  /** WGSL of \`write_NAME(row, column, value)\`. */
  write(...names: string[]): string {
    return names
      .map(
        (name) => `
fn write_${name}(row: u32, column: u32, value: vec4f) {
  if (column >= p.columns) { return; }
  let at = row * p.columns + column;
  ${
    this.shape.whole
      ? `${name}[at / 4u] = vec4<${name}_real>(value);`
      : [0, 1, 2, 3]
          .map((j) => `if (column + ${j}u < p.columns) { ${name}[at + ${j}u] = ${name}_real(value[${j}]); }`)
          .join(' ')
  }
}
`,
      )
      .join('');
  }
}

/** Calls `make` once for each shape of rows that occurs. */
export function byRowShape<T>(traits: Traits, make: (rows: Rows) => T): (columns: number) => T & { rows: Rows } {
  const known = new Map<string, T & { rows: Rows }>();
  return (columns) => {
    const shape = rowShape(columns);
    const key = `${shape.lanes} ${shape.vectors} ${shape.whole}`;
    let made = known.get(key);
    if (!made) {
      const rows = new Rows(shape, traits);
      made = { ...make(rows), rows };
      known.set(key, made);
    }
    return made;
  };
}
