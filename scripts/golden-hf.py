"""Makes test/golden/huggingFace/*, folders of BertForMaskedLM, and test/golden/classifiers/*, folders of
BertForSequenceClassification and BertForTokenClassification, each with logits, loss and gradients by PyTorch in float64;
and the same of ModernBERT's classes in test/golden/modernBert and modernBertClassifiers (golden/modern_bert.py).

The models are written down a second time, by Hugging Face's public names of parameters and keys of config.json alone, and
read their weights from the folder's model.safetensors. The tests compare, and need no Python. Run by hand:
python3 scripts/golden-hf.py (Debian: apt install python3-torch), or with a folder that `bertrand export` wrote, to see its
logits of the first tokens, or of the ids that follow.
"""
import base64, json, math, os, struct, sys
import torch, torch.nn.functional as F
from golden import modern_bert
from golden.modern_bert import gelu_new

torch.set_default_dtype(torch.float64)
OUT = os.path.join(os.path.dirname(__file__), '..', 'test', 'golden')


# --- the format of the file ----------------------------------------------------------------------------------------------


def save(path, tensors):
    header, data = {'__metadata__': {'format': 'pt'}}, b''
    for name in sorted(tensors):
        values = tensors[name].detach().float().numpy().tobytes()
        header[name] = dict(dtype='F32', shape=list(tensors[name].shape), data_offsets=[len(data), len(data) + len(values)])
        data += values
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


def load(path):
    with open(path, 'rb') as file:
        content = file.read()
    length = struct.unpack('<Q', content[:8])[0]
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    header.pop('__metadata__', None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
        tensors[name] = values.view(entry['shape']).double().requires_grad_()
    return tensors


# --- the model -----------------------------------------------------------------------------------------------------------


class Bert:
    def __init__(self, config, weights):
        self.config, self.w, self.used = config, weights, set()

    def get(self, name):
        self.used.add(name)
        return self.w[name]

    def linear(self, x, name):
        return F.linear(x, self.get(name + '.weight'), self.get(name + '.bias'))

    def norm(self, x, name):
        gain = self.get(name + '.weight')
        return F.layer_norm(x, gain.shape, gain, self.get(name + '.bias'), self.config['layer_norm_eps'])

    def activation(self, x):
        return {'gelu': F.gelu, 'gelu_new': gelu_new}[self.config['hidden_act']](x)

    def attention(self, x, mask, name):
        batch, length, size = x.shape
        heads = self.config['num_attention_heads']
        split = lambda t: t.view(batch, length, heads, size // heads).transpose(1, 2)
        query, key, value = (split(self.linear(x, f'{name}.self.{part}')) for part in ('query', 'key', 'value'))
        scores = query @ key.transpose(-1, -2) / math.sqrt(size // heads) + mask
        context = (torch.softmax(scores, -1) @ value).transpose(1, 2).reshape(batch, length, size)
        return self.norm(self.linear(context, name + '.output.dense') + x, name + '.output.LayerNorm')

    def layer(self, x, mask, name):
        x = self.attention(x, mask, name + '.attention')
        hidden = self.activation(self.linear(x, name + '.intermediate.dense'))
        return self.norm(self.linear(hidden, name + '.output.dense') + x, name + '.output.LayerNorm')

    def hidden(self, input_ids, attention_mask, token_type_ids):
        name = 'bert.embeddings'
        x = F.embedding(input_ids, self.get(name + '.word_embeddings.weight'))
        x = x + self.get(name + '.position_embeddings.weight')[:input_ids.shape[1]]
        x = x + F.embedding(token_type_ids, self.get(name + '.token_type_embeddings.weight'))
        x = self.norm(x, name + '.LayerNorm')
        mask = (1 - attention_mask[:, None, None, :].double()) * -1e300
        for i in range(self.config['num_hidden_layers']):
            x = self.layer(x, mask, f'bert.encoder.layer.{i}')
        return x


class BertForMaskedLM(Bert):
    def logits(self, **batch):
        x = self.hidden(**batch)
        x = self.norm(self.activation(self.linear(x, 'cls.predictions.transform.dense')),
                      'cls.predictions.transform.LayerNorm')
        tied = self.config.get('tie_word_embeddings', True)
        matrix = self.get('bert.embeddings.word_embeddings.weight' if tied else 'cls.predictions.decoder.weight')
        return F.linear(x, matrix) + self.get('cls.predictions.bias')


class BertForSequenceClassification(Bert):
    def logits(self, **batch):
        return self.linear(torch.tanh(self.linear(self.hidden(**batch)[:, 0], 'bert.pooler.dense')), 'classifier')


class BertForTokenClassification(Bert):
    def logits(self, **batch):
        return self.linear(self.hidden(**batch), 'classifier')


def opened(folder):
    with open(os.path.join(folder, 'config.json')) as file:
        config = json.load(file)
    name = config['architectures'][0]
    return (modern_bert.classes.get(name) or globals()[name])(config, load(os.path.join(folder, 'model.safetensors')))


# --- the cases -----------------------------------------------------------------------------------------------------------

BASE = dict(architectures=['BertForMaskedLM'], model_type='bert', vocab_size=17, hidden_size=8, num_hidden_layers=2,
            num_attention_heads=2, intermediate_size=12, hidden_act='gelu', hidden_dropout_prob=0.1,
            attention_probs_dropout_prob=0.1, max_position_embeddings=10, type_vocab_size=2, initializer_range=0.02,
            layer_norm_eps=1e-12, pad_token_id=0)


def classifier(task, labels, **others):
    names = dict(enumerate(labels))
    return dict(BASE, architectures=[f'BertFor{task}Classification'], id2label=names,
                label2id={label: i for i, label in names.items()}, classifier_dropout=0.2, **others)


cases = {
    'huggingFace/tied': BASE,
    'huggingFace/untied': dict(BASE, hidden_act='gelu_new', layer_norm_eps=1e-5, tie_word_embeddings=False),
    'classifiers/sequence': classifier('Sequence', ['bad', 'good', 'so so'], problem_type='single_label_classification'),
    'classifiers/token': classifier('Token', ['B-X', 'I-X', 'O'], hidden_act='gelu_new'),
    **modern_bert.cases,
}
VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', *'abcdefghij', '##a', '##b']

batch = dict(input_ids=torch.tensor([[2, 5, 9, 4, 7, 3], [2, 4, 16, 3, 0, 0]]),
             attention_mask=torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]),
             token_type_ids=torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0]]))
#: what is predicted, by the class: positions in the batch, row by row, and the labels there
targets = dict(BertForMaskedLM=([2, 3, 7], [9, 11, 6]), BertForSequenceClassification=([0, 6], [2, 0]),
               BertForTokenClassification=([1, 2, 4, 7, 8], [2, 0, 1, 2, 0]))


def shapes(config):
    size, inner, vocabulary = config['hidden_size'], config['intermediate_size'], config['vocab_size']
    found = {'bert.embeddings.word_embeddings.weight': (vocabulary, size),
             'bert.embeddings.position_embeddings.weight': (config['max_position_embeddings'], size),
             'bert.embeddings.token_type_embeddings.weight': (config['type_vocab_size'], size)}

    def pair(name, weight):
        found[name + '.weight'], found[name + '.bias'] = weight, weight[:1]

    pair('bert.embeddings.LayerNorm', (size,))
    for i in range(config['num_hidden_layers']):
        name = f'bert.encoder.layer.{i}'
        for part in ('attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'):
            pair(f'{name}.{part}', (size, size))
        pair(name + '.attention.output.LayerNorm', (size,))
        pair(name + '.intermediate.dense', (inner, size))
        pair(name + '.output.dense', (size, inner))
        pair(name + '.output.LayerNorm', (size,))
    if 'id2label' in config:
        if 'Sequence' in config['architectures'][0]:
            pair('bert.pooler.dense', (size, size))
        pair('classifier', (len(config['id2label']), size))
        return found
    pair('cls.predictions.transform.dense', (size, size))
    pair('cls.predictions.transform.LayerNorm', (size,))
    found['cls.predictions.bias'] = (vocabulary,)
    if not config.get('tie_word_embeddings', True):
        found['cls.predictions.decoder.weight'] = (vocabulary, size)
    return found


def pack(tensor):
    return dict(shape=list(tensor.shape), data=base64.b64encode(tensor.detach().numpy().tobytes()).decode())


def make(name, config):
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    generator = torch.Generator().manual_seed(1)
    named = modern_bert.shapes(config) if config['model_type'] == 'modernbert' else shapes(config)
    weights = {key: torch.randn(shape, generator=generator) * 0.5 for key, shape in named.items()}
    if 'cls.predictions.decoder.weight' in weights:
        weights['cls.predictions.decoder.bias'] = weights['cls.predictions.bias']
    save(os.path.join(folder, 'model.safetensors'), weights)
    with open(os.path.join(folder, 'config.json'), 'w') as file:
        file.write(json.dumps(config, indent=2) + '\n')
    with open(os.path.join(folder, 'vocab.txt'), 'w') as file:
        file.write('\n'.join(VOCABULARY) + '\n')

    model = opened(folder)
    logits = model.logits(**batch)
    positions, labels = targets[config['architectures'][0].replace('Modern', '')]
    rows = logits if logits.dim() == 2 else logits.view(-1, logits.shape[-1])[positions]
    loss = F.cross_entropy(rows, torch.tensor(labels))
    loss.backward()
    expected = dict(batch={key: values.tolist() for key, values in batch.items()}, positions=positions,
                    labels=labels, logits=pack(logits), loss=loss.item(),
                    gradients={key: pack(model.w[key].grad) for key in sorted(model.used)})
    with open(os.path.join(folder, 'expected.json'), 'w') as file:
        file.write(json.dumps(expected, separators=(',', ':')) + '\n')


if len(sys.argv) > 1:
    model = opened(sys.argv[1])
    ids = torch.tensor([[int(id) for id in sys.argv[2:]] or range(min(6, model.config['vocab_size']))])
    print(model.logits(input_ids=ids, attention_mask=torch.ones_like(ids), token_type_ids=torch.zeros_like(ids))[..., :6])
    print('not used:', sorted(set(model.w) - model.used))
else:
    for name, config in cases.items():
        make(name, config)
