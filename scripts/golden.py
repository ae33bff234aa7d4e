"""Makes test/golden/*.json: losses and gradients of small models computed by PyTorch in float64.

An independent second writing of the model, for the tests to compare with; they need no Python. Run by hand when the
model's meaning changes: python3 scripts/golden.py (Debian: apt install python3-torch).
"""
import base64, json, math, os, struct, sys
import torch, torch.nn.functional as F
from golden.keep_mask import keep_mask
from golden.optimizers import Lion, Muon, StableAdamW

torch.set_default_dtype(torch.float64)
OUT = os.path.join(os.path.dirname(__file__), '..', 'test', 'golden')
SEED = 7

# --- the model -----------------------------------------------------------------------------------------------------------


def pick(x, only):
    """The wanted tokens' rows; all where only is None."""
    return x if only is None else x.reshape(-1, x.shape[-1])[only]


class Model:
    def __init__(self, options, weights, step):
        self.o, self.w, self.step = options, weights, step

    def dropout(self, x, site, path):
        rate = self.o['dropout']
        if rate == 0 or site not in self.o['dropoutAt']:
            return x
        return x * keep_mask(tuple(x.shape), rate, f'{SEED}/dropout/{path}/{self.step}') / (1 - rate)

    def linear(self, x, path):
        return F.linear(x, self.w[path + '.weight'], self.w.get(path + '.bias'))

    def norm(self, x, path):
        gamma, beta, epsilon = self.w[path + '.gamma'], self.w.get(path + '.beta'), self.o['normEpsilon']
        if self.o['normForm'] == 'variance':
            return F.layer_norm(x, gamma.shape, gamma, beta, epsilon)
        normal = gamma * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + epsilon)
        return normal if beta is None else normal + beta

    def gelu(self, x):
        if self.o['gelu'] == 'erf':
            return F.gelu(x)
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    def embedding(self, batch):
        o, path = self.o, 'encoder.Embedding'
        x = F.embedding(batch['ids'], self.w[path + '.token'])
        length, size = batch['ids'].shape[1], o['embeddingSize']
        if o['positions'] == 'learned':
            x = x + self.w[path + '.position'][:length]
        elif o['positions'] == 'sinusoid':
            table, place = torch.zeros(length, size), torch.arange(length).unsqueeze(1)
            rate = torch.exp(torch.arange(0, size, 2) * -(math.log(10000.0) / size))
            table[:, 0::2], table[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
            x = x + table
        if o['segments']:
            x = x + F.embedding(batch['segments'], self.w[path + '.segment'])
        if o['embeddingNorm']:
            x = self.norm(x, path + '.LN')
        return self.dropout(x, 'embedding', path + '.Dropout')

    def rotated(self, x, base):
        """Halves of heads as real and imaginary parts, which turn by the position times an angle (batch, heads, length, HS)."""
        length, half = x.shape[-2], x.shape[-1] // 2
        angles = torch.outer(torch.arange(length).double(), base ** (-torch.arange(half).double() / half))
        turned = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angles), angles)
        return torch.cat((turned.real, turned.imag), -1)

    def attention(self, x, mask, path, only, local):
        batch, length, size = x.shape
        heads = self.o['heads']
        split = lambda t: t.view(batch, length, heads, size // heads).transpose(1, 2)
        q, k, v = (split(self.linear(x, f'{path}.{name}')) for name in ('LLQ', 'LLK', 'LLV'))
        if self.o['positions'] == 'rotary':
            base = self.o['localRotaryBase' if local else 'rotaryBase']
            q, k = self.rotated(q, base), self.rotated(k, base)
        if local:
            place = torch.arange(length)
            mask = mask & ((place[:, None] - place[None, :]).abs() <= self.o['localWindow'] // 2)
        scale = math.sqrt(size if self.o['attentionScale'] == 'embeddingSize' else size // heads)
        scores = (q @ k.transpose(-1, -2) / scale).masked_fill(~mask, -1e9)
        p = self.dropout(torch.softmax(scores, -1), 'probabilities', path + '.probabilityDropout')
        context = pick((p @ v).transpose(1, 2).reshape(batch, length, size), only)
        return self.dropout(self.linear(context, path + '.LLO'), 'attention', path + '.Dropout')

    def feed_forward(self, x, path):
        hidden = self.linear(x, path + '.LL1')
        if self.o['feedForward'] == 'geglu':
            activated, gate = hidden.chunk(2, -1)
            hidden = self.gelu(activated) * gate
        else:
            hidden = self.gelu(hidden)
        return self.linear(self.dropout(hidden, 'feedForward', path + '.Dropout'), path + '.LL2')

    def block(self, x, mask, i, only):
        path = f'encoder.TF.{i}'
        local = self.o['localWindow'] > 0 and i % self.o['globalEvery'] > 0
        drop = lambda x, name: self.dropout(x, name, f'{path}.{name}')
        if self.o['norm'] == 'pre':
            normal = self.norm(x, path + '.LN1') if i > 0 or self.o['firstNorm'] else x
            attended = self.attention(normal, mask, path + '.Attention', only, local)
            x = pick(x, only) + drop(attended, 'Dropout1')
            x = x + drop(self.feed_forward(self.norm(x, path + '.LN2'), path + '.FFN'), 'Dropout2')
        else:
            attended = self.attention(x, mask, path + '.Attention', only, local)
            x = self.norm(pick(x, only) + drop(attended, 'Dropout1'), path + '.LN1')
            x = self.norm(x + drop(self.feed_forward(x, path + '.FFN'), 'Dropout2'), path + '.LN2')
        return drop(x, 'Dropout3')

    def loss(self, batch):
        length = batch['ids'].shape[1]
        mask = (torch.arange(length) < batch['lengths'].unsqueeze(1)).view(-1, 1, 1, length)
        x = self.embedding(batch)
        for i in range(self.o['layers']):
            last = i == self.o['layers'] - 1
            x = self.block(x, mask, i, batch['positions'] if last else None)
        if self.o['finalNorm']:
            x = self.norm(x, 'encoder.LN')
        if self.o['decoderTransform']:
            x = self.norm(self.gelu(self.linear(x, 'decoder.transform.LL')), 'decoder.transform.LN')
        matrix = self.w['encoder.Embedding.token'] if self.o['decoder'] == 'tied' else self.w['decoder.LL.weight']
        return F.cross_entropy(F.linear(x, matrix, self.w['decoder.LL.bias']), batch['labels'])


def shapes(o):
    """Every parameter's name and shape."""
    es, ff, vs = o['embeddingSize'], o['feedForwardSize'], o['vocabSize']
    found = {'encoder.Embedding.token': (vs, es)}

    def linear(path, outputs, inputs, bias):
        found[path + '.weight'] = (outputs, inputs)
        if bias:
            found[path + '.bias'] = (outputs,)

    def norm(path):
        found[path + '.gamma'] = (es,)
        if o['normBiases']:
            found[path + '.beta'] = (es,)

    if o['positions'] == 'learned':
        found['encoder.Embedding.position'] = (o['maxLength'], es)
    if o['segments']:
        found['encoder.Embedding.segment'] = (o['segments'], es)
    if o['embeddingNorm']:
        norm('encoder.Embedding.LN')
    for i in range(o['layers']):
        path = f'encoder.TF.{i}'
        if i > 0 or o['firstNorm']:
            norm(path + '.LN1')
        norm(path + '.LN2')
        for name in ('LLQ', 'LLK', 'LLV', 'LLO'):
            linear(f'{path}.Attention.{name}', es, es, o['biases'])
        linear(path + '.FFN.LL1', 2 * ff if o['feedForward'] == 'geglu' else ff, es, o['biases'])
        linear(path + '.FFN.LL2', es, ff, o['biases'])
    if o['finalNorm']:
        norm('encoder.LN')
    if o['decoderTransform']:
        linear('decoder.transform.LL', es, es, o['transformBias'])
        norm('decoder.transform.LN')
    if o['decoder'] == 'untied':
        found['decoder.LL.weight'] = (vs, es)
    found['decoder.LL.bias'] = (vs,)
    return found


# --- the cases -----------------------------------------------------------------------------------------------------------

SITES = ['embedding', 'probabilities', 'attention', 'feedForward', 'Dropout1', 'Dropout2', 'Dropout3']
diagram = dict(layers=2, embeddingSize=8, heads=2, feedForwardSize=12, vocabSize=17, maxLength=6, dropout=0,
               dropoutAt=[s for s in SITES if s != 'probabilities'], attentionScale='embeddingSize', norm='pre',
               firstNorm=True, finalNorm=False, normForm='variance', normEpsilon=1e-5, normBiases=True, gelu='erf',
               feedForward='plain', positions='sinusoid', rotaryBase=160000, localRotaryBase=10000, localWindow=0,
               globalEvery=3, embeddingNorm=False, segments=2, decoder='untied', decoderTransform=False,
               transformBias=True, biases=True)
codertimo = dict(diagram, dropoutAt=[s for s in SITES if s != 'attention'], attentionScale='headSize',
                 normForm='deviation', normEpsilon=1e-6, gelu='tanh', segments=3)
bert = dict(diagram, dropoutAt=['embedding', 'probabilities', 'Dropout1', 'Dropout2'], attentionScale='headSize',
            norm='post', normEpsilon=1e-12, positions='learned', embeddingNorm=True, decoder='tied',
            decoderTransform=True)
crammed = dict(bert, norm='pre', finalNorm=True, segments=0, decoderTransform=False, biases=False)
# With a window and bases that a short sequence can tell from others.
modern = dict(bert, layers=3, dropoutAt=['attention'], norm='pre', firstNorm=False, finalNorm=True, normEpsilon=1e-5,
              normBiases=False, feedForward='geglu', positions='rotary', rotaryBase=100, localRotaryBase=10,
              localWindow=2, segments=0, transformBias=False, biases=False)
presets = dict(diagram=diagram, codertimo=codertimo, bert=bert, crammed=crammed, modern=modern)
cases = {}
for name, options in presets.items():
    cases[name] = options
    cases[name + '-dropout'] = dict(options, dropout=0.3)
for option in ('attentionScale', 'norm', 'normForm', 'gelu', 'positions', 'decoder'):
    other = next(p[option] for p in presets.values() if p[option] != diagram[option])
    cases[f'diagram-{option}-{other}'] = dict(diagram, **{option: other})
for option in ('finalNorm', 'embeddingNorm', 'decoderTransform', 'biases'):
    cases[f'diagram-{option}'] = dict(diagram, **{option: not diagram[option]})
for segments in (0, 3):
    cases[f'diagram-segments-{segments}'] = dict(diagram, segments=segments)
cases['diagram-every-dropout'] = dict(diagram, dropout=0.2, dropoutAt=SITES)
cases['diagram-post-every-dropout'] = dict(diagram, norm='post', dropout=0.2, dropoutAt=SITES)
cases['diagram-rotary-geglu-window'] = dict(diagram, positions='rotary', feedForward='geglu', gelu='tanh', localWindow=2,
                                            globalEvery=2)
cases['codertimo-no-norm-biases'] = dict(codertimo, normBiases=False, firstNorm=False)
cases['bert-gelu-tanh-no-biases'] = dict(bert, gelu='tanh', biases=False)

batch = dict(ids=torch.tensor([[2, 5, 9, 4, 7, 3], [2, 4, 16, 3, 0, 0]]),
             segments=torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]]),
             lengths=torch.tensor([6, 4]), positions=torch.tensor([2, 3, 7]), labels=torch.tensor([9, 11, 6]))


def random_weights(options):
    generator = torch.Generator().manual_seed(1)
    draw = lambda shape: torch.randn(shape, generator=generator).mul(0.5).float().double().requires_grad_()
    return {name: draw(shape) for name, shape in shapes(options).items()}


def pack(tensors):
    encode = lambda t: base64.b64encode(t.detach().float().numpy().tobytes()).decode()
    return {name: dict(shape=list(t.shape), data=encode(t)) for name, t in tensors.items()}


def write(name, content):
    with open(os.path.join(OUT, name + '.json'), 'w') as file:
        json.dump(content, file, separators=(',', ':'))
        file.write('\n')


def plain(batch):
    return {name: values.flatten().tolist() for name, values in batch.items()}


def main():
    os.makedirs(os.path.join(OUT, 'optimizers'), exist_ok=True)
    for name, options in cases.items():
        weights = random_weights(options)
        loss = Model(options, weights, 3).loss(batch)
        loss.backward()
        gradients = {key: w.grad if w.grad is not None else torch.zeros_like(w) for key, w in weights.items()}
        write(name, dict(options=options, seed=SEED, step=3, batch=plain(batch), loss=loss.item(),
                         weights=pack(weights), gradients=pack(gradients)))
    train()


def train():
    """Ten steps of each optimizer with clipping, dropout on: matrices decay, vectors do not."""
    adam = dict(betas=[0.9, 0.98], epsilon=1e-6, weightDecay=0.1)
    descend('training', dict(learningRate=0.01, **adam, clipNorm=0.5))
    descend('optimizers/lion', dict(name='lion', learningRate=0.003, betas=[0.9, 0.99], weightDecay=0.1, clipNorm=0.5))
    descend('optimizers/muon', dict(name='muon', learningRate=0.02, momentum=0.9, adamLearningRate=0.01, **adam, clipNorm=0.5))
    descend('optimizers/stableadamw', dict(name='stableadamw', learningRate=0.01, **adam, clipNorm=0.5))


def optimizers(weights, o):
    """Those that a setting's name stands for: Muon is two."""
    name, rate = o.get('name', 'adamw'), o['learningRate']
    hidden = [w for key, w in weights.items() if name == 'muon' and key.startswith('encoder.TF.') and w.dim() == 2]
    rest = [w for w in weights.values() if not any(w is one for one in hidden)]
    groups = [dict(params=[w for w in rest if w.dim() == 2], weight_decay=o['weightDecay']),
              dict(params=[w for w in rest if w.dim() == 1], weight_decay=0.0)]
    if name == 'lion':
        return [Lion(groups, lr=rate, betas=o['betas'])]
    if name == 'stableadamw':
        return [StableAdamW(groups, lr=rate, betas=o['betas'], eps=o['epsilon'])]
    adamw = torch.optim.AdamW(groups, lr=o.get('adamLearningRate', rate), betas=o['betas'], eps=o['epsilon'])
    muon = [dict(params=hidden, weight_decay=o['weightDecay'])]
    return [adamw, Muon(muon, lr=rate, momentum=o['momentum'])] if hidden else [adamw]


def descend(name, settings):
    options, weights = dict(diagram, dropout=0.1), random_weights(diagram)
    initial, each = pack(weights), optimizers(weights, settings)
    losses, norms = [], []
    for step in range(1, 11):
        for w in weights.values():
            w.grad = None
        loss = Model(options, weights, step).loss(batch)
        loss.backward()
        squares = sum(float((w.grad**2).sum()) for w in weights.values())
        torch.nn.utils.clip_grad_norm_(list(weights.values()), settings['clipNorm'])
        for optimizer in each:
            optimizer.step()
        losses.append(loss.item())
        norms.append(math.sqrt(squares))
    write(name, dict(options=options, seed=SEED, batch=plain(batch), settings=settings, losses=losses,
                     norms=norms, weights=initial, trained=pack(weights)))


main()
