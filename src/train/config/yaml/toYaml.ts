import { Document, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { jsonSchema, schemaAt } from '../jsonSchema.ts';
import { join } from '../path.ts';

/** The config as YAML with the table's line of documentation next to each key; `resolveConfig` gives the same config back. */
export function toYaml(config: object, schema = jsonSchema): string {
  const document = new Document(config);
  document.commentBefore = ' A resolved config: every key with its value.';
  explain(document.contents as Node, '', schema);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function explain(node: Node, path: string, schema: typeof jsonSchema): void {
  if (!isMap(node)) return;
  for (const pair of node.items) {
    if (!isPair<Node, Node>(pair) || !isScalar(pair.key) || !pair.value) continue;
    const below = join(path, String(pair.key.value));
    const comment = ` ${schemaAt(below, schema)?.description ?? ''}`;
    if (isMap(pair.value)) pair.key.commentBefore = comment;
    else pair.value.comment = comment;
    if (path === '') pair.key.spaceBefore = isMap(pair.value);
    if (isSeq(pair.value)) pair.value.flow = true;
    explain(pair.value, below, schema);
  }
}
