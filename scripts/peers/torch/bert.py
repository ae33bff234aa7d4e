"""A pre-LN BERT as one would write it in PyTorch, for both scripts here; `wiring` has our options' names.

Two more keys are for speed: `sdpa` takes attention from PyTorch (from 2.1 on), and `lastWherePredicted` computes the last block
after its attention for the predicted tokens only, as ours does.
"""
import math

import torch
from torch import nn
from torch.nn import functional


def dropout(wiring, site):
    return nn.Dropout(wiring["dropout"] if site in wiring["dropoutAt"] else 0)


def linear(wiring, inputs, outputs):
    return nn.Linear(inputs, outputs, bias=wiring["biases"])


def norm(wiring):
    return nn.LayerNorm(wiring["embeddingSize"], wiring["normEpsilon"])


def of(picked, x):
    """The rows of these tokens, or all as they are."""
    return x if picked is None else x.flatten(0, 1)[picked]


def rotated(x, places, base):
    """Elements i and i + half of a head's vector are a point, which its position turns; x is (rows, heads, length, size)."""
    half = x.shape[-1] // 2
    angles = (places.unsqueeze(-1) * base ** -(torch.arange(half) / half)).unsqueeze(-3)
    a, b = x.split(half, -1)
    return torch.cat([a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()], -1)


class Attention(nn.Module):
    def __init__(self, wiring):
        super().__init__()
        width, self.heads = wiring["embeddingSize"], wiring["heads"]
        self.inputs, self.LLO = linear(wiring, width, 3 * width), linear(wiring, width, width)
        self.probability_dropout, self.dropout = dropout(wiring, "probabilities"), dropout(wiring, "attention")
        self.base = wiring["rotaryBase"] if wiring["positions"] == "rotary" else None
        self.sdpa = wiring.get("sdpa", False)
        self.scale = 1 / math.sqrt(width if wiring["attentionScale"] == "embeddingSize" else width // self.heads)

    def forward(self, x, batch, picked=None):
        rows, length, width = x.shape
        mask = batch["mask"]
        query, key, value = self.inputs(x).view(rows, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        if self.base:
            query, key = (rotated(each, batch["places"], self.base) for each in (query, key))
        if self.sdpa:
            rate = self.probability_dropout.p if self.training else 0
            seen = None if mask is None else ~mask
            context = functional.scaled_dot_product_attention(query, key, value, seen, rate, scale=self.scale)
        else:
            scores = self.scale * query @ key.transpose(2, 3)
            if mask is not None:
                scores = scores.masked_fill(mask, -math.inf)
            context = self.probability_dropout(scores.softmax(-1)) @ value
        return self.dropout(self.LLO(of(picked, context.transpose(1, 2).reshape(rows, length, width))))


class Block(nn.Module):
    def __init__(self, wiring):
        super().__init__()
        width, hidden = wiring["embeddingSize"], wiring["feedForwardSize"]
        self.LN1, self.LN2, self.Attention = norm(wiring), norm(wiring), Attention(wiring)
        self.LL1, self.LL2 = linear(wiring, width, hidden), linear(wiring, hidden, width)
        self.inner, self.Dropout1, self.Dropout2, self.Dropout3 = (dropout(wiring, site) for site in ("feedForward", "Dropout1", "Dropout2", "Dropout3"))
        self.form = "none" if wiring["gelu"] == "erf" else "tanh"

    def forward(self, x, batch, picked=None):
        x = of(picked, x) + self.Dropout1(self.Attention(self.LN1(x), batch, picked))
        x = x + self.Dropout2(self.LL2(self.inner(functional.gelu(self.LL1(self.LN2(x)), approximate=self.form))))
        return self.Dropout3(x)


class Bert(nn.Module):
    def __init__(self, wiring):
        super().__init__()
        width = wiring["embeddingSize"]
        self.token = nn.Embedding(wiring["vocabSize"], width)
        self.position = nn.Embedding(wiring["maxLength"], width) if wiring["positions"] != "rotary" else None
        self.segment = nn.Embedding(wiring["segments"], width) if wiring["segments"] else None
        self.embedding_norm = norm(wiring) if wiring["embeddingNorm"] else nn.Identity()
        self.dropout = dropout(wiring, "embedding")
        self.blocks = nn.ModuleList(Block(wiring) for _ in range(wiring["layers"]))
        self.final_norm = norm(wiring) if wiring["finalNorm"] else nn.Identity()
        self.decoder = nn.Linear(width, wiring["vocabSize"])
        self.last_where_predicted = wiring.get("lastWherePredicted", False)

    def forward(self, batch):
        x = self.token(batch["ids"])
        if self.position:
            x = x + self.position(batch["places"])
        if self.segment:
            x = x + self.segment(batch["segments"])
        x = self.dropout(self.embedding_norm(x))
        positions = batch["positions"]
        for block in self.blocks[:-1]:
            x = block(x, batch)
        x = self.blocks[-1](x, batch, positions if self.last_where_predicted else None)
        x = self.final_norm(x)
        return self.decoder(x if self.last_where_predicted else of(positions, x))
