import type { ParameterScope } from '../../autograd/parameters/parameters.ts';
import { Linear } from '../Linear.ts';
import type { ModelOptions } from '../options.ts';
import type { HeadOptions } from './headOptions.ts';

/** LL of a head, (..., ES) -> (..., labels). After a Transform, Hugging Face's ModernBERT begins it with deviation 1 / sqrt(ES). */
export function labelScores(scope: ParameterScope, options: ModelOptions, { labels, transform }: HeadOptions): Linear {
  const { embeddingSize, initialisation } = options;
  const from = transform ? { ...initialisation, linear: 1 / Math.sqrt(embeddingSize) } : initialisation;
  return new Linear(scope.in('LL'), embeddingSize, labels, true, from);
}
