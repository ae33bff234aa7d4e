import { inLine } from '../print/print.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of anybody's in a page: markup is shown, not obeyed, and so are characters that turn the direction of text. */
export const escaped = (text: string): string => inLine(text).replaceAll(/[&<>"']/g, (one) => ENTITIES[one]);

/** A table whose rows begin with what they are of. Cells are text. */
export interface HtmlTable {
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether cells are words, which begin at the left. */
  readonly texts?: boolean;
}

export function tableHtml({ label, header, rows, texts = false }: HtmlTable): string {
  const head = header.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  const body = rows.map(
    ([of, ...cells]) =>
      `<tr><th scope="row">${escaped(of)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(label)}"><table${texts ? ' class="texts"' : ''}>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}

/** JSON that may stand inside a script element. */
export const jsonForScript = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
