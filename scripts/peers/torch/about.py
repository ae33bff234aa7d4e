"""Which PyTorch this is, and what computes its products: one line of JSON."""
import ctypes
import json
import re

import torch


def blas():
    """The library of products that is loaded, and the kernels that it chose for this processor."""
    for line in open("/proc/self/maps"):
        path = line.split()[-1]
        if not re.search(r"blas|mkl_rt", path):
            continue
        try:
            name = ctypes.CDLL(path).openblas_get_corename
        except (AttributeError, OSError):
            continue
        name.restype = ctypes.c_char_p
        return "OpenBLAS for " + name().decode()
    return "MKL" if torch.backends.mkl.is_available() else "a BLAS that does not say which kernels it runs"


print(json.dumps({
    "version": torch.__version__.split("+")[0],
    "blas": blas(),
    "vectors": torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else "unknown",
    "onednn": torch.backends.mkldnn.is_available(),
}))
