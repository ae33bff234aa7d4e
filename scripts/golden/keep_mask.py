"""The randomness of dropout, written again from its description (docs/model.md)."""
import math
import torch


class Arc4:
    """npm seedrandom's generator for a string seed."""

    def __init__(self, seed):
        key, smear = [0] * 256, 0
        for j, char in enumerate(seed):
            smear ^= key[j & 255] * 19
            key[j & 255] = (smear + ord(char)) & 255
        key = key[:min(len(seed), 256)]
        self.s, self.i, self.j, j = list(range(256)), 0, 0, 0
        for i in range(256):
            j = (j + key[i % len(key)] + self.s[i]) & 255
            self.s[i], self.s[j] = self.s[j], self.s[i]
        for _ in range(256):
            self.byte()

    def byte(self):
        self.i = (self.i + 1) & 255
        t = self.s[self.i]
        self.j = (self.j + t) & 255
        self.s[self.i], self.s[self.j] = self.s[self.j], t
        return self.s[(self.s[self.i] + t) & 255]

    def quick(self):
        value = 0
        for _ in range(4):
            value = value * 256 + self.byte()
        return value / 2**32


def keep_mask(shape, rate, path):
    random = Arc4(path)
    high, low = int(random.quick() * 2**24), int(random.quick() * 2**24)
    k = [low % 4096, low // 4096, high % 4096, high // 4096]
    keys = k + [(k[0] + k[2] + 1013) % 4096, (k[1] + k[3] + 2531) % 4096]
    count = math.prod(shape)
    left, right = torch.arange(count) // 4096, torch.arange(count) % 4096
    for key in keys:
        q = (right + key) % 4096
        left, right = right, (left + q * q // 64) % 4096
    return (left * 4096 + right >= round(rate * 2**24)).view(shape).double()
