#!/usr/bin/env bash
# transformers.js cuts off the final [SEP] of a text that it truncates: it adds special tokens first and then cuts the
# end. With the same tokenizer.json, Hugging Face's Rust library cuts the text and keeps [SEP]. Installs about 500 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @huggingface/transformers@4.3.1 tokenizers@0.23.2

cat >truncate.mjs <<'END'
import { mkdirSync, writeFileSync } from 'node:fs';
import { AutoTokenizer, env } from '@huggingface/transformers';
import rust from 'tokenizers';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const tokens = [...special, ...'abcdef'];
const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
const token = (id) => ({ id, ids: [special.indexOf(id)], tokens: [id] });
const config = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({ id, content, special: true, ...plain })),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { '[CLS]': token('[CLS]'), '[SEP]': token('[SEP]') },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(tokens.map((name, id) => [name, id])),
  },
};
const names = { pad_token: '[PAD]', unk_token: '[UNK]', cls_token: '[CLS]', sep_token: '[SEP]', mask_token: '[MASK]' };
mkdirSync('model');
writeFileSync('model/tokenizer.json', JSON.stringify(config));
writeFileSync(
  'model/tokenizer_config.json',
  JSON.stringify({ tokenizer_class: 'BertTokenizer', model_max_length: 512, ...names }),
);

Object.assign(env, { allowRemoteModels: false, localModelPath: `${process.cwd()}/` });
const js = await AutoTokenizer.from_pretrained('model');
const { input_ids: ids } = js('a b c d e f', { truncation: true, max_length: 5, return_tensor: false });
const native = rust.Tokenizer.fromFile('model/tokenizer.json');
native.setTruncation(5);
const encoding = await native.encode('a b c d e f', null);
const seen = [ids.map((id) => tokens[id]).join(' '), encoding.getTokens().join(' ')];
console.log(`"a b c d e f" cut to 5 tokens\ntransformers.js 4.3.1: ${seen[0]}\ntokenizers 0.23.2:     ${seen[1]}`);
process.exitCode = seen.join('|') === '[CLS] a b c d|[CLS] a b c [SEP]' ? 0 : 1;
END
node truncate.mjs
