#!/usr/bin/env python3
"""compare_with_torch.py PROGRAM: what torch_cases.cpp has computed, computed again by PyTorch.

Values, first and second derivatives and the steps of the optimisers must agree up to round-off.
Exit code 77, for "skipped", where PyTorch or NumPy is missing (Debian: python3-torch).
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    import numpy
    import torch
    import torch.nn.functional as F
except ImportError as error:
    debian = "/usr/bin/python3"  # Debian's packages are for this one, which may not be the first in PATH
    if os.path.exists(debian) and os.environ.get("TRIED") != debian:
        os.execve(debian, [debian, *sys.argv], {**os.environ, "TRIED": debian})
    print(f"skipped: {error}")
    sys.exit(77)


def product(a_turned, b_turned):
    return lambda a, b: (a.T if a_turned else a) @ (b.T if b_turned else b)


def network(x, W, b, V, c):
    return F.binary_cross_entropy(torch.sigmoid(torch.tanh(x @ W + b) @ V + c), x)


def clipped(gradient, max_norm):
    p = torch.zeros_like(gradient).requires_grad_()
    p.grad = gradient.detach().clone()
    norm = torch.nn.utils.clip_grad_norm_([p], max_norm)
    return torch.cat([norm.reshape(1), p.grad])


OPERATIONS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "number": lambda x: (2 - 3 * x) / 7 + 1 / x,
    "neg": torch.neg,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": lambda x: F.softplus(x, threshold=1000),
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "leaky_relu 0.3": lambda x: F.leaky_relu(x, 0.3),
    "square": torch.square,
    "pow 3": lambda x: x**3,
    "pow 1": lambda x: x**1,
    "pow 0": lambda x: x**0,
    "pow -1.5": lambda x: x**-1.5,
    "sqrt": torch.sqrt,
    "exp": torch.exp,
    "log": torch.log,
    "abs": torch.abs,
    "clamp": lambda x: torch.clamp(x, -1, 0.5),
    "sum": torch.sum,
    "mean": torch.mean,
    "log_softmax": lambda x: F.log_softmax(x, -1),
    "index_select": lambda x: torch.index_select(x, 0, torch.tensor([3, 0, 3, 1])),
    "narrow": lambda x: torch.narrow(x, 1, 2, 4),
    "narrow last": lambda x: torch.narrow(x, -1, 5, 2),
    "concat 0": lambda *parts: torch.cat(parts, 0),
    "concat 1": lambda *parts: torch.cat(parts, 1),
    "broadcast_to": lambda x: torch.broadcast_to(x, (2, 3, 4)),
    "sum_to": lambda x: x.sum_to_size(3, 1),
    "reshape": lambda x: x.reshape(2, 3, 4),
    "reshape open": lambda x: x.reshape(3, -1),
    "clip_grad_norm": lambda g: clipped(g, 1.5),
    "clip_grad_norm far": lambda g: clipped(g, 100),
    "transpose": lambda x: x.T,
    "network": network,
}
for axis in range(-4, 4):
    for keep in (False, True):
        where = f" axis {axis}" + (" keepdim" if keep else "")
        OPERATIONS["sum" + where] = lambda x, a=axis, k=keep: torch.sum(x, a, k)
        OPERATIONS["mean" + where] = lambda x, a=axis, k=keep: torch.mean(x, a, k)
        OPERATIONS["max" + where] = lambda x, a=axis, k=keep: torch.max(x, a, k).values
        OPERATIONS["argmax" + where] = lambda x, a=axis, k=keep: torch.argmax(x, a, k).to(x.dtype)
for turned in ("NN", "NT", "TN", "TT"):
    ab = product(turned[0] == "T", turned[1] == "T")
    OPERATIONS["matmul " + turned] = ab
    OPERATIONS["matmul squared " + turned] = lambda a, b, ab=ab: ab(a, b) ** 2
    OPERATIONS["linear " + turned] = lambda a, b, c, ab=ab: ab(a, b) + c
for how in ("mean", "sum", "none"):
    for loss in (F.mse_loss, F.binary_cross_entropy, F.binary_cross_entropy_with_logits):
        OPERATIONS[f"{loss.__name__} {how}"] = lambda z, x, f=loss, r=how: f(z, x, reduction=r)
    OPERATIONS[f"binary_cross_entropy {how} certain"] = lambda p, r=how: F.binary_cross_entropy(
        p, torch.tensor([0, 1, 0, 1], dtype=p.dtype), reduction=r)
    OPERATIONS["cross_entropy " + how] = lambda z, r=how: F.cross_entropy(
        z, torch.tensor([2, 0, 1, 2]), reduction=r)

ALL = dict(lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2)
OPTIMISERS = {
    "Sgd": lambda p: torch.optim.SGD([p], lr=1e-3),
    "Sgd momentum": lambda p: torch.optim.SGD([p], lr=0.1, momentum=0.9),
    "Sgd decay": lambda p: torch.optim.SGD([p], lr=0.1, weight_decay=0.2),
    "Sgd both": lambda p: torch.optim.SGD([p], lr=0.1, momentum=0.8, weight_decay=0.2),
    "Adam": lambda p: torch.optim.Adam([p]),
    "Adam all": lambda p: torch.optim.Adam([p], **ALL),
    "AdamW": lambda p: torch.optim.AdamW([p], weight_decay=0),
    "AdamW all": lambda p: torch.optim.AdamW([p], **ALL),
}


def read_safetensors(path):
    """The tensors of a file by case and key: {"add, 0": {"x0": ..., "y": ...}}"""
    with open(path, "rb") as file:
        raw = file.read()
    data = 8 + int.from_bytes(raw[:8], "little")
    cases = {}
    for name, entry in json.loads(raw[8:data]).items():
        begin, end = entry["data_offsets"]
        dtype = {"F32": numpy.float32, "F64": numpy.float64}[entry["dtype"]]
        array = numpy.frombuffer(raw[data + begin : data + end], dtype).reshape(entry["shape"])
        case, key = name.rsplit("/", 1)
        cases.setdefault(case, {})[key] = torch.from_numpy(array.copy())
    return cases


def train(make, start, gradients):
    p = start.clone().requires_grad_()
    optimiser = make(p)
    rows = []
    for gradient in gradients:
        p.grad = gradient.clone()
        optimiser.step()
        rows.append(p.detach().clone())
    return torch.stack(rows)


def gradients(L, inputs, create_graph):
    found = [None] * len(inputs)
    if L.requires_grad:
        found = torch.autograd.grad(L, inputs, create_graph=create_graph, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found)]


def recompute(operation, case):
    """PyTorch's values for the keys of a case that are results."""
    inputs = [case[key].clone().requires_grad_() for key in sorted(case) if key[0] == "x"]
    if operation in OPTIMISERS:
        return {"y": train(OPTIMISERS[operation], *(x.detach() for x in inputs))}
    results = {"y": OPERATIONS[operation](*inputs)}
    if "v" in case:
        second = "h0" in case
        first = gradients((case["v"] * results["y"]).sum(), inputs, second)
        results |= {f"g{i}": g for i, g in enumerate(first)}
    if "h0" in case:
        L2 = sum((case[f"u{i}"] * g).sum() for i, g in enumerate(first))
        results |= {f"h{i}": h for i, h in enumerate(gradients(L2, inputs, False))}
    return results


def tolerance(operation, key, dtype):
    # In derivatives of the cross-entropy PyTorch adds 1e-12, of type float, to divisors.
    if dtype == torch.float64 and key[0] in "gh" and operation.startswith(("binary_cross_entropy ", "network")):
        return 1e-8 if operation.endswith("certain") else 1e-9
    return 50 * torch.finfo(dtype).eps


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cases.safetensors")
        subprocess.run([sys.argv[1], path], check=True)
        cases = read_safetensors(path)
    wrong, compared, seen = 0, 0, set()
    for name, case in cases.items():
        operation = name.split(",")[0]
        seen.add(operation)
        results = recompute(operation, case)
        for key in sorted(key for key in case if key[0] in "ygh"):
            ours, theirs = case[key], results[key].detach()
            compared += 1
            if ours.shape != theirs.shape:
                print(f"{name}/{key}: shape {list(ours.shape)}, PyTorch {list(theirs.shape)}")
                wrong += 1
                continue
            # In proportion to the largest number of the tensor, or to 0.1.
            size = max([0.1, *theirs[torch.isfinite(theirs)].abs().tolist()])
            limit = size * tolerance(operation, key, ours.dtype)
            if not torch.allclose(ours, theirs, rtol=0, atol=limit, equal_nan=True):
                worst = (ours - theirs).abs().max().item() / size
                print(f"{name}/{key}: off by {worst:.3g} of the largest element\n  {ours}\n  {theirs}")
                wrong += 1
    missing = (OPERATIONS.keys() | OPTIMISERS.keys()) - seen
    if missing:
        print("not in the file:", ", ".join(sorted(missing)))
    print(f"{len(cases)} cases, {compared} tensors compared with PyTorch {torch.__version__}, {wrong} differ")
    return 1 if wrong or missing else 0


if __name__ == "__main__":
    sys.exit(main())
