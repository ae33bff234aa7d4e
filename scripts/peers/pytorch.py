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

parser = argparse.ArgumentParser()
for name, kind, default in [("size", str, "tiny"), ("threads", int, 2), ("warmup", int, 3), ("steps", int, 15), ("max_s", float, 25)]:
    parser.add_argument("--" + name, type=kind, default=default)
parser.add_argument("--device", default="cpu")
parser.add_argument("--autocast", action="store_true")  # operands of products in f16, with a loss scale
flags = parser.parse_args()
work = json.load(open(os.environ["PEERS_WORK"]))
work.update(work["sizes"][flags.size])
width, heads, rows, length = work["embeddingSize"], work["heads"], work["rows"], work["length"]
torch.set_num_threads(flags.threads)
torch.manual_seed(0)
torch.set_default_device(flags.device) if flags.device != "cpu" else None
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-12), nn.LayerNorm(width, 1e-12)
        self.attention_inputs, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.expand, self.contract = nn.Linear(width, work["feedForwardSize"]), nn.Linear(work["feedForwardSize"], width)
        self.dropout = nn.Dropout(work["dropout"])

    def forward(self, x):
        parts = self.attention_inputs(self.norm1(x)).view(rows, length, 3, heads, width // heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(2, 3) / math.sqrt(width // heads)
        context = self.dropout(scores.softmax(-1)) @ value
        x = x + self.dropout(self.output(context.transpose(1, 2).reshape(rows, length, width)))
        return x + self.dropout(self.contract(functional.gelu(self.expand(self.norm2(x)))))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position, self.segment = (nn.Embedding(n, width) for n in (work["vocabSize"], length, 2))
        self.norm, self.dropout = nn.LayerNorm(width, 1e-12), nn.Dropout(work["dropout"])
        self.blocks = nn.Sequential(*(Block() for _ in range(work["layers"])))
        self.final_norm, self.decoder = nn.LayerNorm(width, 1e-12), nn.Linear(width, work["vocabSize"])
        for part in self.modules():
            if isinstance(part, (nn.Linear, nn.Embedding)):
                nn.init.normal_(part.weight, std=0.02)
            if isinstance(part, nn.Linear):
                nn.init.zeros_(part.bias)

    def forward(self, ids, positions):
        x = self.dropout(self.norm(self.token(ids) + self.position.weight + self.segment.weight[0]))
        return self.decoder(self.final_norm(self.blocks(x)).flatten(0, 1)[positions])


model = Bert().train()
settings = work["optimizer"]
optimizer = torch.optim.AdamW(model.parameters(), lr=settings["learningRate"], betas=tuple(settings["betas"]), eps=settings["epsilon"], weight_decay=settings["weightDecay"])
ids = torch.tensor(work["ids"]).view(rows, length)
positions, labels = torch.tensor(work["positions"]), torch.tensor(work["labels"])

scaler = torch.cuda.amp.GradScaler(enabled=flags.autocast)
losses, times = [], []
begin = time.perf_counter()
for step in range(flags.warmup + flags.steps):
    since = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cuda", torch.float16, enabled=flags.autocast):
        loss = functional.cross_entropy(model(ids, positions), labels)
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
    where = torch.cuda.get_device_name() + (", autocast to f16" if flags.autocast else ", f32 without TF32")
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
