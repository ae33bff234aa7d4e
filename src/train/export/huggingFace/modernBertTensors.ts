import type { ModelOptions } from '../../../bert/options.ts';
import { BertrandError } from '../../../error.ts';
import type { HostTensor, HostTensors } from '../../modelState.ts';
import { modernBertNames, modernClassifierNames } from './modernBertNames.ts';
import type { JoinedNames } from './modernBertNames.ts';

/** A model's tensors under the names of ModernBertForMaskedLM. A tied decoder's matrix is the embedding's and not stored again. */
export const modernBertTensors = (tensors: HostTensors, options: ModelOptions): Map<string, HostTensor> =>
  named(tensors, modernBertNames(options));

/** A classifier's under those of ModernBertForSequenceClassification or ModernBertForTokenClassification. */
export const modernClassifierTensors = (tensors: HostTensors, options: ModelOptions): Map<string, HostTensor> =>
  named(tensors, modernClassifierNames(options));

function named(tensors: HostTensors, names: readonly JoinedNames[]): Map<string, HostTensor> {
  return new Map(
    names.map(([ours, theirs]) => [
      theirs,
      joined(
        ours.map((name) => {
          const tensor = tensors.get(name);
          if (!tensor) throw new BertrandError(`the checkpoint has no tensor ${name}`);
          return tensor;
        }),
      ),
    ]),
  );
}

/** Tensors one after another, whose rows together are those of the result. */
function joined(parts: readonly HostTensor[]): HostTensor {
  const [first] = parts;
  if (parts.length === 1) return first;
  const data = new Float32Array(parts.reduce((size, part) => size + part.data.length, 0));
  let end = 0;
  for (const part of parts) {
    data.set(part.data, end);
    end += part.data.length;
  }
  return { shape: [parts.reduce((rows, { shape }) => rows + shape[0], 0), ...first.shape.slice(1)], data };
}
