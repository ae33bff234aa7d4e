"""The benchmark's BERT in PyTorch, run by scripts/bench-peers.ts. Prints one line of JSON, as measure.mjs does."""
import argparse
import json
import math
import os
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn import functional

from bert import Bert

parser = argparse.ArgumentParser()
for name, kind, default in [("size", str, "tiny"), ("threads", int, 2), ("warmup", int, 3), ("steps", int, 15), ("max_s", float, 25)]:
    parser.add_argument("--" + name, type=kind, default=default)
parser.add_argument("--device", default="cpu")
parser.add_argument("--autocast", choices=["float16", "bfloat16"])  # of operands of products; float16 with a loss scale
for name in ["sdpa", "compile"]:
    parser.add_argument("--" + name, action="store_true")
flags = parser.parse_args()
work = json.load(open(os.environ["PEERS_WORK"]))
work.update(work["sizes"][flags.size])
rows, length = work["rows"], work["length"]
torch.set_num_threads(flags.threads)
torch.manual_seed(0)
torch.set_default_device(flags.device) if flags.device != "cpu" else None
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


wiring = {
    **work,
    "maxLength": length,
    "dropoutAt": ["embedding", "probabilities", "Dropout1", "Dropout2"],
    "attentionScale": "headSize",
    "normEpsilon": 1e-12,
    "gelu": "erf",
    "positions": "learned",
    "segments": 2,
    "embeddingNorm": True,
    "finalNorm": True,
    "biases": True,
    "sdpa": flags.sdpa,
    "lastWherePredicted": True,
}
model = Bert(wiring).train()
for part in model.modules():
    if isinstance(part, (nn.Linear, nn.Embedding)):
        nn.init.normal_(part.weight, std=0.02)
    if isinstance(part, nn.Linear):
        nn.init.zeros_(part.bias)
settings = work["optimizer"]
version = tuple(int(part) for part in torch.__version__.split(".")[:2])
fused = {"fused": True} if version >= (2, 4) else {}  # on a processor from 2.4 on
optimizer = torch.optim.AdamW(model.parameters(), lr=settings["learningRate"], betas=tuple(settings["betas"]), eps=settings["epsilon"], weight_decay=settings["weightDecay"], **fused)
batch = {
    "ids": torch.tensor(work["ids"]).view(rows, length),
    "places": torch.arange(length),
    "segments": torch.zeros(1, dtype=torch.long),  # one for all rows and places
    "mask": None,
    "positions": torch.tensor(work["positions"]),
}
labels = torch.tensor(work["labels"])

scaler = torch.cuda.amp.GradScaler(enabled=flags.autocast == "float16")
forward = torch.compile(model) if flags.compile else model
losses, times = [], []
begin = time.perf_counter()
for step in range(flags.warmup + flags.steps):
    since = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(flags.device, getattr(torch, flags.autocast or "bfloat16"), enabled=bool(flags.autocast)):
        loss = functional.cross_entropy(forward(batch).float(), labels)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    losses.append(loss.item())
    if step >= flags.warmup:
        times.append(time.perf_counter() - since)
    if times and time.perf_counter() - begin > flags.max_s:
        break

where = f"{flags.threads} thread{'s' if flags.threads > 1 else ''}"
if flags.device != "cpu":
    where = torch.cuda.get_device_name() + (f", autocast to {flags.autocast}" if flags.autocast else ", f32 without TF32")
median = 1000 * statistics.median(times)
print(json.dumps({
    "peer": f"PyTorch {torch.__version__.split('+')[0]}, {where}",
    "size": flags.size,
    "valid": abs(losses[0] - math.log(work["vocabSize"])) < 0.3 and losses[-1] < losses[0],
    "tokens_per_s": round(1000 * rows * length / median),
    "step_ms_median": median,
    "steps": len(times),
    "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    "loss_first": losses[0],
    "loss_last": losses[-1],
    "notes": "",
}))
