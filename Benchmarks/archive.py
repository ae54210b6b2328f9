"""Measures `refine` on synthetic archives of two lengths, on one rank and on two; see README.md.

    python archive.py [--days 2 8] [--program .build/release/hsdl-mpi] [--keep FOLDER]

Prints, for each, the seconds, station windows and events a second, the peak memory of the rank with the most, and where
the time went. Memory must not grow with the length of the archive, nor may results depend on the number of ranks.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

parser = argparse.ArgumentParser()
parser.add_argument("--program", default=HERE.parent / ".build" / "release" / "hsdl-mpi")
parser.add_argument("--days", type=float, nargs="+", default=[2, 8])
parser.add_argument("--stations", type=int, default=20)
parser.add_argument("--rate", type=float, default=50)
parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2])
parser.add_argument("--keep", help="a folder that is not removed; archives that are there are used again")
options = parser.parse_args()


def run(*command):
    """Seconds, the processor's seconds, and the peak memory of the largest process in MB."""
    begin = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, process.args))}: exit code {process.returncode}\n{errors.decode()}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def synthetic(folder, days):
    data = folder / f"{days:g}-days"
    if not (data / "synth.json").exists():
        seconds, _, memory = run(
            options.program, "synth", "--seed", 3, "--days", days, "--stations", options.stations, "--sampling-rate",
            options.rate, "--output", data, "--overwrite", "--quiet")
        print(f"{days:g} days made in {seconds:.0f} s, {memory:.0f} MB of memory", flush=True)
    return data


def inputs(data):
    return ["--catalog", data / "automatic.xml", "--archive", f"sds:{data / 'archive'}", "--stations",
            data / "stations.xml", "--velocity-model", data / "velocity.csv"]


def model(folder):
    """A small one: what counts here is the way there."""
    trained = folder / "model"
    if not (trained / "card.json").exists():
        data = synthetic(folder, 0.5)
        run(options.program, "features", *inputs(data), "--output", folder / "features", "--overwrite", "--quiet")
        run(options.program, "train", "shallow", "--feature-table", folder / "features" / "features.csv", "--labels",
            data / "labels.csv", "--models", "forest,boosting", "--output", trained, "--overwrite", "--quiet")
    return trained


def results(output):
    """The hash of what must not depend on the number of ranks."""
    sha = hashlib.sha256()
    for name in ("refined.xml", "rejected.xml", "events.csv", "features.csv"):
        with open(output / name, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                sha.update(block)
    return sha.hexdigest()


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    trained = model(folder)
    print(f"{options.stations} stations at {options.rate:g} Hz; {os.cpu_count()} processors")
    print(f"{'days':>6} {'archive':>9} {'ranks':>5} {'elapsed':>9} {'processor':>10} {'windows/s':>10} {'events/s':>9} "
          f"{'memory':>8}   stages")
    for days in options.days:
        data = synthetic(folder, days)
        archive = size(data / "archive") / 1e6
        hashes = set()
        for ranks in options.ranks:
            output = folder / "refined"
            launcher = [] if ranks == 1 else ["mpirun", "-n", ranks]
            _, processor, memory = run(
                *launcher, options.program, "refine", *inputs(data), "--model", trained, "--output", output,
                "--overwrite", "--quiet")
            hashes.add(results(output))
            figures = json.loads((output / "run.json").read_text())
            seconds, stages = figures["elapsed_s"], figures["stages_s"]
            total = sum(stages.values())
            shares = ", ".join(f"{name} {100 * value / total:.0f} %" for name, value in stages.items())
            print(f"{days:6g} {archive:6.0f} MB {ranks:5} {seconds:7.1f} s {processor:8.1f} s "
                  f"{figures['station_windows'] / seconds:10.0f} {figures['events'] / seconds:9.1f} {memory:5.0f} MB   "
                  f"{shares}", flush=True)
        if len(hashes) > 1:
            sys.exit(f"results of {days:g} days depend on the number of ranks")


if options.keep:
    main(pathlib.Path(options.keep))
else:
    place = tempfile.mkdtemp(prefix="hsdl-mpi-benchmark-")
    try:
        main(pathlib.Path(place))
    finally:
        shutil.rmtree(place, ignore_errors=True)
