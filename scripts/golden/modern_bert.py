"""ModernBertForMaskedLM and its classifiers a second time, by Hugging Face's public names of parameters and keys of config.json."""
import math
import torch, torch.nn.functional as F


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


class ModernBert:
    def __init__(self, config, weights):
        self.config, self.w, self.used = config, weights, set()

    def get(self, name):
        self.used.add(name)
        return self.w[name]

    def linear(self, x, name, biased):
        return F.linear(x, self.get(name + '.weight'), self.get(name + '.bias') if biased else None)

    def norm(self, x, name):
        gain = self.get(name + '.weight')
        bias = self.get(name + '.bias') if self.config['norm_bias'] else None
        return F.layer_norm(x, gain.shape, gain, bias, self.config['norm_eps'])

    def activation(self, x, key):
        return {'gelu': F.gelu, 'gelu_new': gelu_new}[self.config[key]](x)

    def is_global(self, i):
        return i % self.config['global_attn_every_n_layers'] == 0

    def rotated(self, x, i):
        """x (batch, heads, length, width): every pair of columns half the width apart turns with its place."""
        length, width = x.shape[-2:]
        theta = self.config['global_rope_theta' if self.is_global(i) else 'local_rope_theta']
        frequencies = 1 / theta ** (torch.arange(0, width, 2).double() / width)
        angles = torch.outer(torch.arange(length).double(), frequencies).repeat(1, 2)
        low, high = x.chunk(2, -1)
        return x * angles.cos() + torch.cat((-high, low), -1) * angles.sin()

    def attention(self, x, mask, i):
        batch, length, size = x.shape
        heads, name, biased = self.config['num_attention_heads'], f'model.layers.{i}.attn', self.config['attention_bias']
        qkv = self.linear(x, name + '.Wqkv', biased).view(batch, length, 3, heads, size // heads)
        query, key, value = (part.transpose(1, 2) for part in qkv.unbind(2))
        scores = self.rotated(query, i) @ self.rotated(key, i).transpose(-1, -2) / math.sqrt(size // heads)
        if not self.is_global(i):
            place = torch.arange(length)
            mask = mask & ((place[:, None] - place).abs() <= self.config['local_attention'] // 2)
        weights = torch.softmax(scores.masked_fill(~mask, -1e300), -1)
        return self.linear((weights @ value).transpose(1, 2).reshape(batch, length, size), name + '.Wo', biased)

    def feed_forward(self, x, i):
        name, biased = f'model.layers.{i}.mlp', self.config['mlp_bias']
        inner, gate = self.linear(x, name + '.Wi', biased).chunk(2, -1)
        return self.linear(self.activation(inner, 'hidden_activation') * gate, name + '.Wo', biased)

    def hidden(self, input_ids, attention_mask, **_):
        x = self.norm(F.embedding(input_ids, self.get('model.embeddings.tok_embeddings.weight')), 'model.embeddings.norm')
        mask = attention_mask[:, None, None, :].bool()
        for i in range(self.config['num_hidden_layers']):
            x = x + self.attention(x if i == 0 else self.norm(x, f'model.layers.{i}.attn_norm'), mask, i)
            x = x + self.feed_forward(self.norm(x, f'model.layers.{i}.mlp_norm'), i)
        return self.norm(x, 'model.final_norm')

    def head(self, x):
        dense = self.linear(x, 'head.dense', self.config['classifier_bias'])
        return self.norm(self.activation(dense, 'classifier_activation'), 'head.norm')


class ModernBertForMaskedLM(ModernBert):
    def logits(self, **batch):
        tied = self.config['tie_word_embeddings']
        matrix = self.get('model.embeddings.tok_embeddings.weight' if tied else 'decoder.weight')
        return F.linear(self.head(self.hidden(**batch)), matrix, self.get('decoder.bias'))


class ModernBertForSequenceClassification(ModernBert):
    def logits(self, **batch):
        return self.linear(self.head(self.hidden(**batch)[:, 0]), 'classifier', True)  # classifier_pooling: cls


class ModernBertForTokenClassification(ModernBert):
    def logits(self, **batch):
        return self.linear(self.head(self.hidden(**batch)), 'classifier', True)


classes = {each.__name__: each for each in (ModernBertForMaskedLM, ModernBertForSequenceClassification,
                                            ModernBertForTokenClassification)}

# With a window and bases that a short sequence can tell from others.
base = dict(architectures=['ModernBertForMaskedLM'], model_type='modernbert', vocab_size=17, hidden_size=8,
            num_hidden_layers=4, num_attention_heads=2, intermediate_size=12, hidden_activation='gelu',
            classifier_activation='gelu', max_position_embeddings=10, initializer_range=0.02,
            initializer_cutoff_factor=2.0, norm_eps=1e-5, norm_bias=False, pad_token_id=0, bos_token_id=2,
            cls_token_id=2, eos_token_id=3, sep_token_id=3, global_rope_theta=100.0, local_rope_theta=10.0,
            global_attn_every_n_layers=3, local_attention=2, attention_bias=False, attention_dropout=0.1,
            embedding_dropout=0.0, mlp_bias=False, mlp_dropout=0.0, decoder_bias=True, classifier_bias=False,
            tie_word_embeddings=True)
biased = dict(hidden_activation='gelu_new', classifier_activation='gelu_new', norm_eps=1e-6, norm_bias=True,
              attention_bias=True, mlp_bias=True, classifier_bias=True, global_attn_every_n_layers=2, local_attention=4)


def classifier(task, labels, **others):
    names = dict(enumerate(labels))
    return dict(base, architectures=[f'ModernBertFor{task}Classification'], id2label=names,
                label2id={label: i for i, label in names.items()}, classifier_pooling='cls', classifier_dropout=0.2, **others)


cases = {
    'modernBert/tied': base,
    'modernBert/untied': dict(base, **biased, tie_word_embeddings=False),
    'modernBertClassifiers/sequence': classifier('Sequence', ['bad', 'good', 'so so'],
                                                 problem_type='single_label_classification'),
    'modernBertClassifiers/token': classifier('Token', ['B-X', 'I-X', 'O'], **biased),
}


def shapes(config):
    size, inner, vocabulary = config['hidden_size'], config['intermediate_size'], config['vocab_size']
    found = {'model.embeddings.tok_embeddings.weight': (vocabulary, size)}

    def layer(name, weight, biased):
        found[name + '.weight'] = weight
        if biased:
            found[name + '.bias'] = weight[:1]

    def norm(name):
        layer(name, (size,), config['norm_bias'])

    norm('model.embeddings.norm')
    for i in range(config['num_hidden_layers']):
        name = f'model.layers.{i}'
        if i > 0:
            norm(name + '.attn_norm')
        layer(name + '.attn.Wqkv', (3 * size, size), config['attention_bias'])
        layer(name + '.attn.Wo', (size, size), config['attention_bias'])
        norm(name + '.mlp_norm')
        layer(name + '.mlp.Wi', (2 * inner, size), config['mlp_bias'])
        layer(name + '.mlp.Wo', (size, inner), config['mlp_bias'])
    norm('model.final_norm')
    layer('head.dense', (size, size), config['classifier_bias'])
    norm('head.norm')
    if 'id2label' in config:
        layer('classifier', (len(config['id2label']), size), True)
        return found
    if not config['tie_word_embeddings']:
        found['decoder.weight'] = (vocabulary, size)
    found['decoder.bias'] = (vocabulary,)
    return found
