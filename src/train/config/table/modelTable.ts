import * as z from 'zod';
import { dropoutSites } from '../../../bert/options.ts';
import type { ModelOptions, Wiring } from '../../../bert/options.ts';
import { presetNames, presets } from '../../../bert/presets.ts';
import { extent, name, nonNegative, positive, properShare } from './valueTypes.ts';

const { diagram } = presets;

const initialisation = z.strictObject({
  embedding: nonNegative.default(diagram.initialisation.embedding).describe('Standard deviation of the embeddings'),
  linear: z
    .union([z.literal('uniform'), nonNegative])
    .default(diagram.initialisation.linear)
    .describe('Linear layers: uniform within 1 / sqrt(inputs), or a standard deviation'),
  cutoff: z
    .union([z.literal('none'), z.number().min(0.5).max(100)])
    .default(diagram.initialisation.cutoff)
    .describe('Normal weights further from 0 than so many standard deviations are drawn again'),
  byDepth: z
    .boolean()
    .default(diagram.initialisation.byDepth)
    .describe("Weights of LLO, LL2 and the decoder's linear layers are divided by sqrt(2 layers)"),
});

/** The defaults shown are those of preset diagram; another preset's take their place before the table is read. */
const wiring = {
  dropoutAt: z
    .array(z.enum(dropoutSites))
    .default([...diagram.dropoutAt])
    .describe('Where dropout is applied'),
  attentionScale: z
    .enum(['embeddingSize', 'headSize'])
    .default(diagram.attentionScale)
    .describe('Attention scores are divided by the square root of this'),
  norm: z
    .enum(['pre', 'post'])
    .default(diagram.norm)
    .describe('LayerNorm before each sublayer, or after its residual sum'),
  firstNorm: z.boolean().default(diagram.firstNorm).describe('A LayerNorm before the first sublayer, with norm: pre'),
  finalNorm: z.boolean().default(diagram.finalNorm).describe('A LayerNorm after the last block'),
  normForm: z
    .enum(['variance', 'deviation'])
    .default(diagram.normForm)
    .describe('LayerNorm divides by sqrt(variance + epsilon), or by unbiased deviation + epsilon'),
  normEpsilon: positive.default(diagram.normEpsilon).describe("LayerNorm's epsilon"),
  normBiases: z.boolean().default(diagram.normBiases).describe('Biases (beta) in LayerNorms'),
  gelu: z.enum(['erf', 'tanh']).default(diagram.gelu).describe('GELU by the error function, or by the tanh formula'),
  feedForward: z
    .enum(['plain', 'geglu'])
    .default(diagram.feedForward)
    .describe('geglu: LL1 has twice the outputs, and GELU of one half is multiplied by the other'),
  positions: z
    .enum(['sinusoid', 'learned', 'rotary'])
    .default(diagram.positions)
    .describe('Position embedding: the fixed sinusoid, or learned. rotary: none; queries and keys are rotated'),
  rotaryBase: z
    .number()
    .gt(1)
    .max(1e9)
    .default(diagram.rotaryBase)
    .describe('Rotary positions: the larger, the slower the last pairs turn'),
  localRotaryBase: z.number().gt(1).max(1e9).default(diagram.localRotaryBase).describe('The same in local blocks'),
  localWindow: z
    .int()
    .min(0)
    .max(2 ** 20)
    .default(diagram.localWindow)
    .describe('Tokens that a token sees around it in local blocks, half of them on each side; 0: no block is local'),
  globalEvery: z
    .int()
    .min(1)
    .max(1000)
    .default(diagram.globalEvery)
    .describe('With localWindow: one block in so many is global, beginning with the first'),
  embeddingNorm: z.boolean().default(diagram.embeddingNorm).describe('A LayerNorm on the sum of the embeddings'),
  segments: z.int().min(0).max(65_536).default(diagram.segments).describe('Segment ids; 0 for no segment embedding'),
  decoder: z
    .enum(['untied', 'tied'])
    .default(diagram.decoder)
    .describe("Whether the decoder's matrix is the token embedding"),
  decoderTransform: z
    .boolean()
    .default(diagram.decoderTransform)
    .describe('Linear, GELU and LayerNorm before the decoder'),
  transformBias: z.boolean().default(diagram.transformBias).describe('A bias in that linear layer'),
  biases: z.boolean().default(diagram.biases).describe("Biases in the encoder's linear layers"),
  initialisation: initialisation.prefault({}).describe('Initial weights'),
} satisfies Record<keyof Wiring, z.ZodType>;

/** The model's sizes and wiring; vocabSize comes from the data. */
export const modelTable = z.strictObject({
  from: name
    .default('none')
    .describe(
      "A run, a checkpoint or a folder of Hugging Face's BERT or ModernBERT, whose weights training begins with; sizes, wiring and tokenizer are taken from it. none: random weights",
    ),
  preset: z.enum(presetNames).default('diagram').describe('A whole set of the options from dropoutAt on'),
  layers: extent.max(1000).default(4).describe('Blocks (NL)'),
  embeddingSize: extent.default(256).describe('Width of the model (ES)'),
  heads: extent.default(4).describe('Attention heads (HC); divides embeddingSize'),
  feedForwardSize: extent.default(1024).describe('Width inside FFN'),
  maxLength: z
    .union([z.literal('auto'), extent])
    .default('auto')
    .describe('Positions (ML); auto: data.sequenceLength, or those of model.from, which a larger number extends'),
  dropout: properShare.default(0.1).describe('Rate of dropout wherever it is applied; 0 for none'),
  ...wiring,
} satisfies Record<Exclude<keyof ModelOptions, 'vocabSize'> | 'preset' | 'from', z.ZodType>);
