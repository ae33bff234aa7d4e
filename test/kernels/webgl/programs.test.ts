import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Engine } from '../../../src/kernels/webgl/engine/engine.ts';
import { webGlKernels } from '../../../src/kernels/webgl/kernels.ts';
import { sourceOf } from '../../../src/kernels/webgl/engine/program.ts';
import type { ProgramInputs, Program } from '../../../src/kernels/webgl/engine/program.ts';

/** All programs, collected by an engine that does not run them. */
const programs: Program<ProgramInputs>[] = [];
for (const packs of [true, false])
  webGlKernels({
    packs,
    program: (program: Program<ProgramInputs>) => {
      programs.push(program);
      return () => {};
    },
  } as unknown as Engine);
const textOf = (program: Program<ProgramInputs>): string => [...(program.functions ?? []), program.body].join('\n');

test('a few dozen programs serve all kernels and all sizes', () => {
  const names = new Set(programs.map(({ name }) => name));
  assert.ok(names.size > 30 && names.size < 70, `${names.size}`);
});

test('no body has two loops with the same variable, which gpu.js mistranslates in its cpu mode', () => {
  for (const { name, body } of programs) {
    const variables = [...body.matchAll(/for \(let (\w+)/g)].map(([, variable]) => variable);
    assert.is(new Set(variables).size, variables.length, name);
  }
});

test('no program uses bit operators, imul or %, which gpu.js only emulates in floats', () => {
  for (const program of programs)
    assert.not.match(textOf(program), /<<|>>|[^&]&[^&]|[^|]\|[^|]|\^|~|imul|%/, program.name);
});

test('every parameter is used, and the header lists them in order', () => {
  for (const program of programs) {
    for (const parameter of Object.keys(program.parameters))
      assert.match(program.body, new RegExp(`\\b${parameter}\\b`), `${program.name}: ${parameter}`);
    assert.ok(sourceOf(program).startsWith(`function (${Object.keys(program.parameters).join(', ')}) {`));
  }
});

test.run();
