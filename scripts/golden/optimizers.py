"""Optimizers that PyTorch 2.6 lacks, for golden.py: a second writing, plain and one tensor at a time, of what src/train/optimizer computes."""
import math
import torch


class Each(torch.optim.Optimizer):
    """Updates each parameter of each group by itself."""

    def __init__(self, groups, **defaults):
        super().__init__(groups, defaults)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group['params']:
                self.update(w, w.grad, self.state[w], group)


class Lion(Each):
    """Chen et al. 2023, algorithm 2."""

    def update(self, w, g, state, group):
        m = state.setdefault('m', torch.zeros_like(w))
        beta1, beta2 = group['betas']
        direction = torch.sign(beta1 * m + (1 - beta1) * g)
        w.copy_(w - group['lr'] * (direction + group['weight_decay'] * w))
        m.copy_(beta2 * m + (1 - beta2) * g)


class StableAdamW(Each):
    """Wortsman et al. 2023, algorithm 2: decay rates without bias in place of corrected moments."""

    def update(self, w, g, state, group):
        state['t'] = t = state.get('t', 0) + 1
        m, v = (state.setdefault(name, torch.zeros_like(w)) for name in 'mv')
        beta1, beta2 = (beta * (1 - beta ** (t - 1)) / (1 - beta**t) for beta in group['betas'])
        m.copy_(beta1 * m + (1 - beta1) * g)
        v.copy_(beta2 * v + (1 - beta2) * g**2)
        rms = (g**2 / v.clamp(min=group['eps'] ** 2)).mean().sqrt()
        rate = group['lr'] / max(1, rms.item())
        w.copy_(w - rate * group['weight_decay'] * w - rate * m / (v.sqrt() + group['eps']))


class Muon(Each):
    """Jordan et al. 2024, with the update's scale of the first implementation."""

    def update(self, w, g, state, group):
        m = state.setdefault('m', torch.zeros_like(w))
        m.lerp_(g, 1 - group['momentum'])
        x = g.lerp(m, group['momentum'])
        flip = x.shape[0] > x.shape[1]
        x = x.T if flip else x
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
        x = x.T if flip else x
        w.mul_(1 - group['lr'] * group['weight_decay'])
        w.sub_(group['lr'] * math.sqrt(max(1, w.shape[0] / w.shape[1])) * x)
