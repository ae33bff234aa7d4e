import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { documents, prose, root } from './markdown.ts';

const texts = documents();
const folders = ['src', 'test', 'scripts', 'web', 'configs', 'docs', 'examples', 'findings'];
const files = folders.flatMap((folder) =>
  (readdirSync(root + folder, { recursive: true }) as string[]).map(
    (file) => `/${folder}/${file.replaceAll('\\', '/')}`,
  ),
);
/** CONTRIBUTING's worked example is an op that is not there. */
const isExample = (path: string): boolean => /\bsilu\b/.test(path);

/** What the pattern's first group finds in each document's prose, as `document: found`. */
function found(pattern: RegExp): { document: string; text: string }[] {
  return [...texts].flatMap(([document, text]) =>
    [...prose(text).matchAll(pattern)].map((match) => ({ document, text: match[1] })),
  );
}

test('every path in backticks exists', () => {
  const paths = found(new RegExp(`\`((?:${folders.join('|')})/[^\\s\`*]*)\``, 'g'));
  assert.ok(paths.length > 50);
  const wrong = paths.filter(({ text }) => !existsSync(root + text) && !isExample(text));
  assert.equal(wrong, []);
});

test('every source file named in backticks exists', () => {
  const names = found(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|py|css|sh))`/g);
  assert.ok(names.length > 50);
  const wrong = names.filter(({ text }) => !files.some((file) => file.endsWith(`/${text}`)) && !isExample(text));
  assert.equal(wrong, []);
});

test('every link leads to a file or a heading', () => {
  const links = found(/\]\(((?!https?:)[^)]+)\)/g);
  assert.ok(links.length > 20);
  const wrong = links.filter(({ document, text }) => {
    const [path, anchor] = text.split('#');
    const target = path ? join(dirname(document), path) : document;
    return !existsSync(root + target) || (anchor !== undefined && !anchorsOf(texts.get(target) ?? '').includes(anchor));
  });
  assert.equal(wrong, []);
});

test('no line is longer than 120 characters', () => {
  const long = [...texts].flatMap(([document, text]) =>
    text
      .split('\n')
      .flatMap((line, i) => (line.length > 120 && !/\]\(http/.test(line) ? [`${document}:${i + 1}`] : [])),
  );
  assert.equal(long, []);
});

test('every finding is listed, pinned and executable', () => {
  const list = texts.get('findings/README.md') ?? '';
  const scripts = readdirSync(`${root}findings`).filter((name) => name.endsWith('.sh'));
  assert.ok(scripts.length > 0);
  for (const name of scripts) {
    assert.ok(list.includes(`- \`${name}\``), `${name} is not listed`);
    assert.ok(statSync(`${root}findings/${name}`).mode & 0o100, `${name} is not executable`);
    const packages =
      readFileSync(`${root}findings/${name}`, 'utf8')
        .match(/^npm install (.*)$/m)?.[1]
        .split(' ') ?? [];
    const unpinned = packages.filter((word) => !word.startsWith('--') && !/.@\d+\.\d+\.\d+$/.test(word));
    assert.ok(packages.length > 0 && unpinned.length === 0, `${name}: ${unpinned.join(' ')}`);
  }
});

/** As GitHub names them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.run();
