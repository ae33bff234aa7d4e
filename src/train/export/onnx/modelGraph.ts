import type { ModelOptions } from '../../../bert/options.ts';
import type { HostTensors } from '../../modelState.ts';
import type { ClassifierTask } from '../../../bert/BertClassifier.ts';
import { decoder, encoder, sequenceClassifier, tokenClassifier } from './boxes.ts';
import type { Model } from './boxes.ts';
import { FLOAT, FLOAT16, Graph, INT64 } from './graph.ts';
import type { Initializer } from './graph.ts';
import type { Message } from './messages.ts';
import { Weights } from './weights.ts';

/** `f16`: weights and activations in half precision; `int8`: matrices stored as int8, computed in float. */
export type OnnxPrecision = 'f32' | 'f16' | 'int8';

/** A model but for its initializers, which may be large. */
export interface OnnxModel {
  readonly model: Message<'ModelProto'>;
  readonly initializers: readonly Initializer[];
}

const OPSET = 17n;
const IR_VERSION = 8n;
const FIXED_SEGMENT = 1;

/** What a graph's `logits` are: the scores of the vocabulary, or those of a classifier's labels. */
export type OnnxHead = 'decoder' | { readonly task: ClassifierTask; readonly labels: number };

/**
 * A model as an ONNX graph, whose inputs `input_ids`, `attention_mask` and, where the model has two segments,
 * `token_type_ids` are int64 of (batch, length), both of any size. Its outputs are float32: `logits` (batch, length, VS)
 * (of a classifier with a column for each label, of one of sequences (batch, labels)) and `last_hidden_state` (batch, length, ES). Where 0 is padding's own segment, text always has segment 1.
 */
export function onnxModel(
  tensors: HostTensors,
  options: ModelOptions,
  precision: OnnxPrecision,
  version: string,
  head: OnnxHead = 'decoder',
): OnnxModel {
  const graph = new Graph(precision === 'f16' ? FLOAT16 : FLOAT);
  const model = { graph, weights: new Weights(tensors, options, precision === 'int8'), options };
  const chosen = options.segments === 2;
  const segments = chosen ? 'token_type_ids' : options.segments > 2 ? FIXED_SEGMENT : 0;
  const hidden = encoder(model, 'input_ids', segments, 'attention_mask');
  const logits = headOf(head)({ ...model, graph: graph.in(head === 'decoder' ? head : 'classifier') }, hidden);
  graph.add('Cast', [logits], { to: FLOAT }, 'logits');
  graph.add('Cast', [hidden], { to: FLOAT }, 'last_hidden_state');
  const inputs = ['input_ids', 'attention_mask', ...(chosen ? ['token_type_ids'] : [])];
  return {
    model: {
      ir_version: IR_VERSION,
      producer_name: 'bertrand',
      producer_version: version,
      opset_import: [{ domain: '', version: OPSET }],
      graph: {
        name: 'bert',
        node: graph.nodes,
        input: inputs.map((name) => valueInfo(name, INT64)),
        output: [
          head === 'decoder'
            ? valueInfo('logits', FLOAT, options.vocabSize)
            : valueInfo('logits', FLOAT, head.labels, head.task === 'token'),
          valueInfo('last_hidden_state', FLOAT, options.embeddingSize),
        ],
      },
    },
    initializers: graph.initializers,
  };
}

function headOf(head: OnnxHead): (model: Model, hidden: string) => string {
  if (head === 'decoder') return decoder;
  return head.task === 'sequence' ? sequenceClassifier : tokenClassifier;
}

function valueInfo(name: string, elem_type: number, columns?: number, perToken = true): Message<'ValueInfoProto'> {
  const dim = [{ dim_param: 'batch_size' }, ...(perToken ? [{ dim_param: 'sequence_length' }] : [])];
  const width = columns === undefined ? [] : [{ dim_value: BigInt(columns) }];
  return { name, type: { tensor_type: { elem_type, shape: { dim: [...dim, ...width] } } } };
}
