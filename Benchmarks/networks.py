"""Measures the pickers' networks against SeisBench's in PyTorch, on one core; see README.md.

    python networks.py [--small] [--program .build/release/network-benchmarks]

Times are those of the processor, least of four runs; the program and its peer take turns.
"""

import argparse
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import seisbench.models as sbm
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
parser = argparse.ArgumentParser()
parser.add_argument("--small", action="store_true")
parser.add_argument("--program", default=HERE.parent / ".build" / "release" / "network-benchmarks")
parser.add_argument("--profile", action="store_true", help="where PyTorch's time goes")
options = parser.parse_args()
ROUNDS = 3 if options.small else 7
torch.set_num_threads(1)
torch.manual_seed(1)


def ours(*arguments):
    """Windows a second."""
    line = subprocess.run(
        [options.program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    found = re.match(r"\w+ (\S+) windows/s", line)
    if not found:
        sys.exit(f"{options.program} {' '.join(map(str, arguments))} said: {line}")
    return float(found[1])


def rate(work, count, runs=4):
    """Windows a second, of the quickest run."""
    least = float("inf")
    for _ in range(runs):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
    return count / least


def best(measure, batches):
    """The batch size at which PyTorch is quickest."""
    rates = {batch: measure(batch) for batch in batches}
    batch = max(rates, key=rates.get)
    print("    PyTorch's windows/s by batch: " + ", ".join(f"{key}: {value:.0f}" for key, value in rates.items()))
    return batch


def compare(title, own, peer):
    """A line of the table."""
    owns, peers, ratios = [], [], []
    for _ in range(ROUNDS):
        owns.append(own())
        peers.append(peer())
        ratios.append(owns[-1] / peers[-1])
    print(
        f"{title:52} {statistics.median(owns):7.0f}/s {statistics.median(peers):7.0f}/s "
        f"{statistics.median(ratios):7.2f}   ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)


def curves(model, windows):
    with torch.inference_mode():
        out = model(windows)
    return out if torch.is_tensor(out) else torch.stack(out, dim=1)


def loss_of(model, windows, targets):
    """The losses that the program has: cross entropy, or shares of binary cross entropies."""
    out = model(windows, logits=True)
    if torch.is_tensor(out):
        return -(torch.log_softmax(out, dim=1) * targets).mean(dim=2).sum(dim=1).mean()
    parts = [torch.nn.functional.binary_cross_entropy_with_logits(curve, targets[:, place])
             for place, curve in enumerate(out)]
    return 0.05 * parts[0] + 0.40 * parts[1] + 0.55 * parts[2]


def measure(name, model, length, folder):
    generator = torch.Generator().manual_seed(2)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
    model.eval()
    weights, windows, result, labels = (
        folder / f"{name}-{part}" for part in ("weights.safetensors", "windows.npy", "curves.npy", "targets.npy"))
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, weights)
    count = 64
    data = torch.randn(count, 3, length, generator=generator)
    np.save(windows, data.numpy())
    print(f"{name}: windows of 3 x {length}; {sum(p.numel() for p in model.parameters())} parameters")

    def peer(batch):
        parts = data.split(batch)
        with torch.inference_mode():
            return rate(lambda: [model(part) for part in parts], count)

    batch = best(peer, (1, 4, 16, 32, 64))
    if options.profile:
        with torch.inference_mode(), torch.profiler.profile() as profile:
            model(data[:batch])
        print(profile.key_averages().table(sort_by="self_cpu_time_total", row_limit=10))
    compare(f"forward / SeisBench, PyTorch {torch.__version__}, batch {batch}",
            lambda: ours("forward", name, weights, windows, result), lambda: peer(batch))
    difference = np.abs(np.load(result) - curves(model, data).numpy()).max()
    print(f"    largest difference of probabilities {difference:.1e}")
    if not difference < 1e-4:
        sys.exit("the curves differ")
    for lanes in (8, 4):
        try:
            own = ours("forward", name, weights, windows, result, lanes)
        except subprocess.CalledProcessError:
            continue
        print(f"    with vectors of {lanes} numbers: {own:.0f} windows/s")

    targets = torch.rand(count, 3, length, generator=generator)
    if name == "phasenet":
        targets /= targets.sum(dim=1, keepdim=True)
    np.save(labels, targets.numpy())

    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def steps(batch):
        pairs = list(zip(data.split(batch), targets.split(batch)))

        def work():
            for part, target in pairs:
                optimizer.zero_grad()
                loss_of(model, part, target).backward()
                optimizer.step()

        return rate(work, sum(len(part) for part, _ in pairs), runs=2)

    # A step of the program takes all windows at a time; so may PyTorch's.
    batch = best(steps, (8, 16, 32, 64))
    own_batch = max((8, 16), key=lambda size: ours("step", name, weights, windows, labels, size))
    compare(f"training step, micro-batches of {own_batch} / batch {batch}",
            lambda: ours("step", name, weights, windows, labels, own_batch), lambda: steps(batch))


with tempfile.TemporaryDirectory(prefix="hsdl-mpi-benchmark-") as folder:
    print(f"{'':52} {'ours':>9} {'peer':>9} {'ratio':>7}   least to largest")
    measure("phasenet", sbm.PhaseNet(), 3001, pathlib.Path(folder))
    measure("eqtransformer", sbm.EQTransformer(), 6000, pathlib.Path(folder))
