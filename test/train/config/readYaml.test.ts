import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../src/train/config/problems/problems.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { problemsOf } from './problemsOf.ts';

const levels = Array.from({ length: 9 }, (_, i) => `&l${i + 1} [${Array.from({ length: 10 }, () => `*l${i}`).join()}]`);

const broken: readonly [what: string, text: string, problem: RegExp][] = [
  ['an empty file', '', /^a\.yaml:1:1: found an empty file; expected a config/],
  ['nothing but comments', '# seed: 1\n', /^a\.yaml:1:1: found an empty file/],
  ['a lone text', 'hello', /^a\.yaml:1:1: found the text "hello"; expected keys with values \(seed/],
  ['a list', '- seed: 1', /^a\.yaml:1:1: found a list of 1; expected keys with values/],
  ['a bracket left open', 'seed: 1\nout: [a', /^a\.yaml:2:8: found YAML that cannot be read \(.*\]/],
  ['a tab', 'train:\n\tsteps: 1', /^a\.yaml:2:1: found YAML that cannot be read \(Tabs/],
  ['a second document', 'seed: 1\n---\nseed: 2', /^a\.yaml:2:1: .*a second config begins here/],
  ['a key without its colon', 'out: x\nseed 42', /^a\.yaml:2:1: .*\(expected `key: value`\)/],
  ['an unknown tag', 'seed: !number 1', /^a\.yaml:1:7: .*Unresolved tag: !number/],
  ['an alias of nothing', 'seed: *x', /^a\.yaml:1:7: found the alias \*x, which no &x defines before it/],
  ['an alias of itself', 'seed: &x [*x]', /^a\.yaml:1:11: found 100 aliases/],
  [
    'an alias bomb',
    `data: { corpus: [&l0 [a], ${levels.join()}] }`,
    /^a\.yaml:1:\d+: found 100 aliases; expected plain values/,
  ],
  ['brackets without end', `seed: 1\nout: ${'['.repeat(1e4)}`, /^a\.yaml:2:\d+: .*nested too deep/],
  ['dashes without end', `${'- '.repeat(1e4)}1`, /^a\.yaml:1:\d+: .*nested too deep/],
  ['a key of a prototype', '__proto__: { seed: 1 }', /^a\.yaml:1:1: __proto__: found the unknown key/],
  ['a key of every object', 'train: { constructor: 1 }', /^a\.yaml:1:10: train.constructor: found the unknown key/],
  ['a list as a key', '? [a, b]\n: 1', /^a\.yaml:1:3: .*found the unknown key/],
  ['a key that is nothing', ': 1', /^a\.yaml:1:1: null: found the unknown key/],
  ['a key without a value', 'train: { steps }', /^a\.yaml:1:10: train\.steps: found nothing/],
  ['zero bytes', '\0\0', /^a\.yaml:1:1: found the text/],
];

for (const [what, text, problem] of broken)
  test(`${what} gives one clear problem`, () => {
    const [line, ...others] = problemsOf(text);
    assert.match(line, problem);
    assert.ok(others.length < 5);
  });

test('a tab is one mistake, whatever else the parser makes of it', () => {
  const [line, ...others] = problemsOf('train:\n\tsteps: 1\n\tbatchSize: 4\nvalidate:\n\tevery: 5\n');
  assert.match(line, /^a\.yaml:2:1: found YAML that cannot be read \(Tabs/);
  assert.equal(others, []);
});

test('of very many problems the first are told and the rest are counted', () => {
  const begin = performance.now();
  const unknown = problemsOf(Array.from({ length: 9000 }, (_, i) => `k${i}: 1`).join('\n'));
  assert.is(unknown.length, 21);
  assert.match(unknown[0], /^a\.yaml:1:1: k0: found the unknown key "k0"/);
  assert.match(unknown[19], /^a\.yaml:20:1: k19: found/);
  assert.is(unknown[20], '... and 8,980 more');
  const wrong = problemsOf(`seed: x\nmodel: { dropoutAt: [${'1,'.repeat(9000)}] }`);
  assert.match(wrong[0], /^a\.yaml:1:7: seed/);
  assert.is(wrong[20], '... and 8,981 more');
  assert.is(problemsOf('seed: 1\n'.repeat(100)).at(-1), '... and 79 more');
  const both = problemsOf(`${'k: 1\n'.repeat(15)}model: { dropoutAt: [${'1,'.repeat(15)}] }`);
  assert.equal([both.length, both[20]], [21, '... and 10 more']);
  const many = Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n');
  assert.equal(problemsOf(many), ['a.yaml: found 988,889 characters; expected a config of at most 131,072; is it the right file? many files of a corpus are named by a glob']); // prettier-ignore
  assert.match(problemsOf(`data: { corpus: [${'a,'.repeat(20_000)}] }`)[0], /data\.corpus: found a list of 20000; expected at most 10000; name/); // prettier-ignore
  assert.ok(performance.now() - begin < 10_000);
});

test('many problems, each with a long list of what might be meant, are told in 4,000 characters', () => {
  const told = problemsOf(`model:\n${Array.from({ length: 30 }, (_, i) => `  k${i}: 1\n`).join('')}`);
  assert.ok(told.length > 5 && told.join('\n').length < 4000, `${told.length} lines`);
  assert.is(told.at(-1), `... and ${30 - (told.length - 1)} more`);
});

test('no problem quotes more than a few hundred characters', () => {
  const long = 'x'.repeat(120_000);
  for (const text of [
    `${long}: 1`,
    `seed: ${long}`,
    `data: { corpus: ${long} }`,
    `seed: !${long} 1`,
    `seed: *${long}`,
    `model: { gelu: ${long} }`,
  ])
    // prettier-ignore
    assert.ok(problemsOf(text).join('').length < 600, text.slice(0, 20));
  assert.ok(problemsOf('seed: 1', [`data.corpus=${long}`, `${long}=1`]).join('').length < 1200);
});

test('a byte order mark and Windows line ends are no problem', () => {
  assert.is(resolveConfig('\uFEFFseed: 1\r\nout: a\r\n', 'a.yaml').out, 'a');
});

test('no edit of a config ends in anything but a config or a ConfigError', () => {
  const whole = toYaml(resolveConfig('{}', 'a.yaml')).replaceAll(/ #.*$/gm, '');
  const random = seedrandom('edits');
  const scraps = [
    '',
    ' ',
    '\n',
    ':',
    '- ',
    '[',
    '}',
    '&a ',
    '*a',
    '"',
    '!!set ',
    '!!omap ',
    '? ',
    '%',
    '|',
    '1e999',
    '\0',
    '\uD800',
  ];
  let refused = 0;
  for (let i = 0; i < 250; i++) {
    let text = whole;
    for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) {
      const at = Math.floor(random() * text.length);
      text =
        text.slice(0, at) + scraps[Math.floor(random() * scraps.length)] + text.slice(at + Math.floor(random() * 4));
    }
    try {
      resolveConfig(text, 'a.yaml');
    } catch (error) {
      assert.instance(error, ConfigError, `${String(error)}\n${text}`);
      assert.match((error as ConfigError).message, /^a\.yaml:\d+:\d+: /);
      refused += 1;
    }
  }
  assert.ok(refused > 125, `${refused}`);
});

test.run();
