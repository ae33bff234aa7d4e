"""Trains a pre-LN BERT as scripts/race.ts lays it out, written as one would in PyTorch; appends to metrics.jsonl as our runs do."""
import argparse
import datetime
import json
import math
import os

import numpy
import torch
from torch import nn
from torch.nn import functional

from bert import Bert

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--threads", type=int, default=2)
flags = parser.parse_args()
recipe = json.load(open(os.path.join(flags.folder, "recipe.json")))
wiring = recipe["model"]
width = wiring["embeddingSize"]
torch.set_num_threads(flags.threads)
torch.manual_seed(0)


def load(model):
    """Our initial weights, by our names."""
    flat, given = numpy.fromfile(os.path.join(flags.folder, "weights.bin"), numpy.float32), {}
    for parameter in recipe["parameters"]:
        size = math.prod(parameter["shape"])
        given[parameter["name"]], flat = torch.from_numpy(flat[:size].copy()).view(parameter["shape"]), flat[size:]
    if wiring["positions"] == "sinusoid":
        place, rate = torch.arange(wiring["maxLength"]).unsqueeze(1), torch.exp(torch.arange(0, width, 2) * -(math.log(10000) / width))
        model.position.weight.data = torch.stack([torch.sin(place * rate), torch.cos(place * rate)], 2).flatten(1)
        model.position.weight.requires_grad = False
    if wiring["decoder"] == "tied":
        model.decoder.weight = model.token.weight
    decayed = []

    def put(parameter, *names):
        parameter.data.copy_(torch.cat([given.pop(name) for name in names]))
        if names[0] in recipe["decayed"]:
            decayed.append(parameter)

    def put_linear(layer, *names):
        put(layer.weight, *(name + ".weight" for name in names))
        if layer.bias is not None:
            put(layer.bias, *(name + ".bias" for name in names))

    def put_norm(layer, name):
        put(layer.weight, name + ".gamma")
        put(layer.bias, name + ".beta")

    embedding = "encoder.Embedding."
    put(model.token.weight, embedding + "token")
    if wiring["positions"] == "learned":
        put(model.position.weight, embedding + "position")
    if model.segment:
        put(model.segment.weight, embedding + "segment")
    if wiring["embeddingNorm"]:
        put_norm(model.embedding_norm, embedding + "LN")
    for i, block in enumerate(model.blocks):
        path = f"encoder.TF.{i}."
        put_norm(block.LN1, path + "LN1")
        put_norm(block.LN2, path + "LN2")
        put_linear(block.Attention.inputs, *(path + "Attention." + name for name in ("LLQ", "LLK", "LLV")))
        put_linear(block.Attention.LLO, path + "Attention.LLO")
        put_linear(block.LL1, path + "FFN.LL1")
        put_linear(block.LL2, path + "FFN.LL2")
    if wiring["finalNorm"]:
        put_norm(model.final_norm, "encoder.LN")
    if wiring["decoder"] == "tied":
        put(model.decoder.bias, "decoder.LL.bias")
    else:
        put_linear(model.decoder, "decoder.LL")
    assert not given, f"not in this model: {list(given)}"
    return decayed


def batches(name):
    """The batches of a file, one after another."""
    numbers = torch.from_numpy(numpy.fromfile(os.path.join(flags.folder, name), numpy.int32)).long()
    at = 0

    def take(count):
        nonlocal at
        at += count
        return numbers[at - count : at]

    while at < len(numbers):
        rows, length, predicted = take(3).tolist()
        ids, segments = take(rows * length).view(rows, length), take(rows * length).view(rows, length)
        spans = take(2 * rows * length).view(rows, length, 2)
        place = torch.arange(length)
        alone = bool((spans == torch.tensor([0, length])).all())  # a whole row of one sequence, as most are
        seen = (place >= spans[..., :1]) & (place < spans[..., 1:])
        yield {
            "ids": ids,
            "segments": segments,
            "places": (place - spans[..., 0]).clamp(min=0),
            "mask": None if alone else ~seen.unsqueeze(1),
            "positions": take(predicted),
            "labels": take(predicted),
        }


def note(event, step, **numbers):
    time = datetime.datetime.utcnow().isoformat(timespec="milliseconds") + "Z"
    metrics.write(json.dumps({"event": event, "step": step, **numbers, "time": time}) + "\n")
    metrics.flush()
    if event == "validate":
        print(f"step {step}: validation loss {numbers['loss']:.4f}", flush=True)


def evaluate():
    model.eval()
    with torch.no_grad():
        losses = [functional.cross_entropy(model(batch), batch["labels"], reduction="none") for batch in validation]
    model.train()
    return torch.cat(losses).mean().item()


model = Bert(wiring)
decayed = load(model)
others = [parameter for parameter in model.parameters() if parameter.requires_grad and all(parameter is not one for one in decayed)]
settings = recipe["optimizer"]
groups = [{"params": decayed, "weight_decay": settings["weightDecay"]}, {"params": others, "weight_decay": 0}]
optimizer = torch.optim.AdamW(groups, betas=tuple(settings["betas"]), eps=settings["epsilon"])
validation = list(batches("validation.bin"))
steps = len(recipe["learningRates"])
total, summed = torch.zeros(()), 0
with open(os.path.join(flags.folder, "metrics.jsonl"), "w") as metrics:
    note("start", 0)
    for step, (batch, rate) in enumerate(zip(batches("train.bin"), recipe["learningRates"]), 1):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(model(batch), batch["labels"])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), settings["clipNorm"] or math.inf)
        optimizer.step()
        total, summed = total + loss.detach(), summed + 1
        if step % recipe["log"] == 0 or step == steps:
            note("train", step, loss=total.item() / summed)
            total, summed = torch.zeros(()), 0
        if step % recipe["validate"] == 0 or step == steps:
            note("validate", step, loss=evaluate(), unigramLoss=recipe["unigramLoss"], contextFreeLoss=recipe["contextFreeLoss"])
