/**
 * The benchmark's BERT in js-pytorch, which computes with nested arrays of numbers. It has no GELU (x * sigmoid(1.702 x) stands in), no
 * segments here and Adam for AdamW, all of which only make its step shorter; and it gets 4 rows, as 16 take too much memory.
 * Run by scripts/bench-peers.ts.
 */
import { load, measure, normal, work } from './measure.mjs';

const { torch } = await load('js-pytorch');
const { nn, optim } = torch;
work.rows = 4;
work.positions = work.positions.filter((position) => position < work.rows * work.length);
work.labels = work.labels.slice(0, work.positions.length);
const { vocabSize, length, rows, layers, embeddingSize, heads, feedForwardSize, dropout, optimizer } = work;
const headSize = embeddingSize / heads;

/** Gives a tensor small normal values instead of the library's. */
function initialise(tensor) {
  const fill = (data) => (Array.isArray(data) ? data.map(fill) : normal(1, 0.02)[0]);
  tensor._data = fill(tensor._data);
}
function linear(inputs, outputs) {
  const layer = new nn.Linear(inputs, outputs, 'cpu');
  initialise(layer.W);
  return layer;
}
const gelu = (x) => x.div(torch.exp(x.mul(-1.702)).add(1));

class Block extends nn.Module {
  constructor() {
    super();
    this.LN1 = new nn.LayerNorm(embeddingSize);
    for (const name of ['query', 'key', 'value', 'output']) this[name] = linear(embeddingSize, embeddingSize);
    this.LN2 = new nn.LayerNorm(embeddingSize);
    this.LL1 = linear(embeddingSize, feedForwardSize);
    this.LL2 = linear(feedForwardSize, embeddingSize);
    this.dropout = new nn.Dropout(dropout);
    this.softmax = new nn.Softmax();
  }

  forward(x) {
    const input = this.LN1.forward(x);
    const [query, key, value] = ['query', 'key', 'value'].map((name) =>
      this[name].forward(input).reshape([rows, length, heads, headSize]).transpose(1, 2),
    );
    const scores = query.matmul(key.transpose(-2, -1)).div(Math.sqrt(headSize));
    const context = this.dropout.forward(this.softmax.forward(scores)).matmul(value);
    const merged = context.transpose(1, 2).reshape([rows, length, embeddingSize]);
    const middle = x.add(this.dropout.forward(this.output.forward(merged)));
    return middle.add(this.dropout.forward(this.LL2.forward(gelu(this.LL1.forward(this.LN2.forward(middle))))));
  }
}

class Bert extends nn.Module {
  constructor() {
    super();
    this.token = new nn.Embedding(vocabSize, embeddingSize);
    this.position = new nn.PositionalEmbedding(length, embeddingSize);
    for (const { E } of [this.token, this.position]) initialise(E);
    this.norm = new nn.LayerNorm(embeddingSize);
    for (let i = 0; i < layers; i++) this[`block${i}`] = new Block();
    this.finalNorm = new nn.LayerNorm(embeddingSize);
    this.decoder = linear(embeddingSize, vocabSize);
    this.dropout = new nn.Dropout(dropout);
  }

  forward(ids, positions) {
    let x = this.dropout.forward(this.norm.forward(this.token.forward(ids).add(this.position.forward(ids))));
    for (let i = 0; i < layers; i++) x = this[`block${i}`].forward(x);
    const flat = this.finalNorm.forward(x).reshape([rows * length, embeddingSize]);
    return this.decoder.forward(flat.at(positions));
  }
}

const model = new Bert();
const { learningRate, betas, epsilon, weightDecay } = optimizer;
const adam = new optim.Adam(model.parameters(), learningRate, weightDecay, betas, epsilon);
const crossEntropy = new nn.CrossEntropyLoss();
const ids = torch.tensor(Array.from({ length: rows }, (_, row) => work.ids.slice(row * length, (row + 1) * length)));
const labels = torch.tensor(work.labels);

const step = () => {
  adam.zero_grad();
  const loss = crossEntropy.forward(model.forward(ids, work.positions), labels);
  loss.backward();
  adam.step();
  return [loss.data].flat(Infinity)[0];
};
await measure('js-pytorch', step, '4 rows, no GELU, no segments');
