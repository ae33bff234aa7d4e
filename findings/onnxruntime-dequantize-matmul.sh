#!/usr/bin/env bash
# At the default optimisation level ONNX Runtime fuses DequantizeLinear of int8 weights and MatMul into MatMulNBits, which
# also rounds the activations to 8 bits: a model that only stores its weights in int8 is silently computed in int8. At
# level `basic` it computes what the graph says. Installs about 300 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0 onnx-proto@8.0.1

cat >dequantize.mjs <<'END'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ort from 'onnxruntime-node';

const { onnx } = createRequire(import.meta.url)('onnx-proto');
const [rows, inputs, outputs] = [4, 64, 64];
const noise = (i) => Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453) - 0.5;
const weights = Int8Array.from({ length: inputs * outputs }, (_, i) => Math.round(254 * noise(i)));
const scales = Float32Array.from({ length: outputs }, (_, i) => 0.01 + 0.0001 * i);
const x = Float32Array.from({ length: rows * inputs }, (_, i) => 4 * noise(i + 9999));

const bytes = (array) => new Uint8Array(array.buffer);
const { FLOAT, INT8 } = onnx.TensorProto.DataType;
const value = (name, dims) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});
const model = onnx.ModelProto.encode({
  irVersion: 8,
  opsetImport: [{ domain: '', version: 17 }],
  graph: {
    name: 'product',
    input: [value('x', [rows, inputs])],
    output: [value('y', [rows, outputs])],
    initializer: [
      { name: 'w', dataType: INT8, dims: [inputs, outputs], rawData: bytes(weights) },
      { name: 's', dataType: FLOAT, dims: [outputs], rawData: bytes(scales) },
      { name: 'z', dataType: INT8, dims: [outputs], rawData: new Uint8Array(outputs) },
    ],
    node: [
      {
        opType: 'DequantizeLinear',
        input: ['w', 's', 'z'],
        output: ['wide'],
        attribute: [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 1 }],
      },
      { opType: 'MatMul', input: ['x', 'wide'], output: ['y'] },
    ],
  },
}).finish();

const exact = (row, column) => {
  let sum = 0;
  for (let k = 0; k < inputs; k++) sum += x[row * inputs + k] * weights[k * outputs + column] * scales[column];
  return sum;
};
async function outcome(graphOptimizationLevel) {
  const optimizedModelFilePath = `${graphOptimizationLevel}.onnx`;
  const session = await ort.InferenceSession.create(model, { graphOptimizationLevel, optimizedModelFilePath });
  const { y } = await session.run({ x: new ort.Tensor('float32', x, [rows, inputs]) });
  const off = Array.from(y.data, (found, i) => Math.abs(found - exact(Math.floor(i / outputs), i % outputs)));
  const { graph } = onnx.ModelProto.decode(readFileSync(optimizedModelFilePath));
  return { error: Math.max(...off), ops: graph.node.map(({ opType }) => opType).join(', ') };
}
const [basic, all] = [await outcome('basic'), await outcome('all')];
console.log('largest error of x @ dequantised w, and the ops that run, onnxruntime-node 1.30.0');
for (const [level, { error, ops }] of Object.entries({ basic, all })) console.log(`${level}: ${error} (${ops})`);
process.exitCode = basic.error < 1e-4 && all.error > 1e-2 && all.ops === 'MatMulNBits' ? 0 : 1;
END
node dequantize.mjs
