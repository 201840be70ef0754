#!/usr/bin/env python3
"""read_weights.py LESSON_02 PROJECT: the README's code reads the weights that the lesson saves.

Both networks that it makes, NumPy's and PyTorch's, must come to the lesson's own test_bce.
Exit code 77, for "skipped", where NumPy or PyTorch is missing (Debian: python3-torch).
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib

try:
    import numpy
    import torch
except ImportError as error:
    debian = "/usr/bin/python3"  # Debian's packages are for this one, which may not be the first in PATH
    if os.path.exists(debian) and os.environ.get("TRIED") != debian:
        os.execve(debian, [debian, *sys.argv], {**os.environ, "TRIED": debian})
    print(f"skipped: {error}")
    sys.exit(77)


def grey_rows(path, count):
    """The first rows of a grey PNG of 8 bits (the standard's section 9: each row says its filter)."""
    data = open(path, "rb").read()
    place, compressed = 8, b""
    while place < len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        chunk = data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width = int.from_bytes(chunk[:4], "big")
            assert chunk[8:10] == b"\x08\x00", "not grey, or not of 8 bits"
        elif kind == b"IDAT":
            compressed += chunk
        place += 12 + length
    raw = zlib.decompress(compressed)
    above, rows = [0] * width, []
    for y in range(count):
        kind, *row = raw[y * (width + 1) : (y + 1) * (width + 1)]
        left = corner = 0
        for i in range(width):
            up = above[i]
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            elif kind == 4:
                guess = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            else:
                guess = 0
            row[i] = left = (row[i] + guess) & 255
            corner = up
        above = row
        rows.append(row)
    return numpy.array(rows)


def test_digits(project, n):
    """The first n test images, [n, 784], from the sheet, whose rows hold a hundred each."""
    rows = grey_rows(os.path.join(project, "data/mnist/test.png"), n // 100 * 28) / 255
    return rows.reshape(n // 100, 28, 100, 28).transpose(0, 2, 1, 3).reshape(n, 784)


def cross_entropy(x_hat, x):
    return -numpy.mean(x * numpy.log(x_hat) + (1 - x) * numpy.log(1 - x_hat))


lesson, project = map(os.path.abspath, sys.argv[1:])
readme = open(os.path.join(project, "README.md")).read()
code = "".join(re.findall(r"```python\n(.*?)```", readme, re.S))
assert "read_weights" in code and "torch.nn" in code
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    subprocess.run([lesson, "--quick", "--save", "digits.safetensors"], check=True, stdout=subprocess.DEVNULL)
    metrics = json.load(open("out/02_autoencoder/metrics.json"))["metrics"]
    exec(code)

x = test_digits(project, 1000)  # what a quick run holds out
results = {
    "NumPy": cross_entropy(reconstruct(x), x),
    "PyTorch": cross_entropy(model(torch.tensor(x, dtype=torch.float32)).detach().double().numpy(), x),
}
print(f"lesson: {metrics['test_bce']:.8f}", *(f"{name}: {value:.8f}" for name, value in results.items()), sep="\n")
sys.exit(any(not abs(value - metrics["test_bce"]) < 1e-6 for value in results.values()))
