"""Measures reading, merging and features of waveforms against pymseed, ObsPy and a script; see README.md.

    python waveforms.py [--small] [--program .build/release/waveform-benchmarks]

Times are those of the processor, least of five runs; the program and its peer take turns.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import obspy
from obspy import UTCDateTime
from pymseed import MS3TraceList

HERE = pathlib.Path(__file__).resolve().parent
DAY = UTCDateTime(2024, 1, 1)
SAMPLES = 8_640_000
WINDOWS = 1_000
STATIONS = 50

warnings.simplefilter("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("--small", action="store_true")
parser.add_argument("--program", default=HERE.parent / ".build" / "release" / "waveform-benchmarks")
options = parser.parse_args()
ROUNDS = 2 if options.small else 5
EVENTS = 2 if options.small else 8


def ours(*arguments):
    """Seconds, and the number to check."""
    line = subprocess.run(
        [options.program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    found = re.match(r"\w+ (\S+) s, .* check (-?\d+)$", line)
    if not found:
        sys.exit(f"{options.program} {' '.join(map(str, arguments))} said: {line}")
    return float(found[1]), int(found[2])


def timed(work, check, runs=5):
    """A peer that returns seconds, the least of some runs, and the number to check."""

    def measure():
        least = float("inf")
        for _ in range(runs):
            begin = time.process_time()
            result = work()
            least = min(least, time.process_time() - begin)
        return least, check(result)

    return measure


def compare(title, arguments, peer, unit, amount, per=1.0):
    """A line of the table: `amount` of `unit` is what a run does; `per` of the peer's work is one of ours."""
    own, other, ratios = [], [], []
    for _ in range(ROUNDS):
        seconds, check = ours(*arguments)
        peer_seconds, peer_check = peer()
        if check != peer_check:
            sys.exit(f"{title}: {check} here, {peer_check} with the peer")
        peer_seconds *= per
        own.append(seconds)
        other.append(peer_seconds)
        ratios.append(peer_seconds / seconds)
    print(
        f"{title:52} {1e3 * statistics.median(own):9.3f} ms {1e3 * statistics.median(other):9.1f} ms "
        f"{statistics.median(ratios):8.2f}   ({min(ratios):.2f} to {max(ratios):.2f})".ljust(106)
        + f" {amount / statistics.median(own):10.0f} {unit}",
        flush=True,
    )


def sampled(samples):
    return sum(int(np.sum(part[::997], dtype=np.int64)) for part in samples)


def pymseed_samples(trace_list):
    return [np.asarray(segment.np_datasamples) for trace in trace_list for segment in trace]


def reading(file, what):
    size = os.path.getsize(file) / 1e6
    name = str(file)
    print(f"    {what}: {size:.1f} MB, {8 * 1e6 * size / SAMPLES:.1f} bits a sample")
    compare("decode / pymseed (libmseed)", ["decode", file], timed(
        lambda: MS3TraceList.from_file(name, unpack_data=True),
        lambda result: sampled(pymseed_samples(result))), "MB/s", size)
    compare("decode / ObsPy", ["decode", file], timed(
        lambda: obspy.read(name), lambda result: sampled(trace.data for trace in result)), "MB/s", size)
    compare("headers / pymseed (libmseed)", ["scan", file], timed(
        lambda: MS3TraceList.from_file(name),
        lambda result: sum(segment.samplecnt for trace in result for segment in trace)), "MB/s", size)
    compare("headers / ObsPy, headonly", ["scan", file], timed(
        lambda: obspy.read(name, headonly=True),
        lambda result: sum(trace.stats.npts for trace in result)), "MB/s", size)
    # For ObsPy the end belongs to the span.
    noon = DAY + 43_200
    compare("a minute, the file just opened / ObsPy", ["window", file], timed(
        lambda: obspy.read(name, starttime=noon, endtime=noon + 59.99),
        lambda result: sum(int(trace.data.sum()) for trace in result)), "windows/s", 1)
    compare(f"a minute of {WINDOWS} of an open file / ObsPy", ["windows", file, WINDOWS], timed(
        lambda: obspy.read(name, starttime=noon, endtime=noon + 59.99),
        lambda result: WINDOWS * sum(trace.stats.npts for trace in result)), "windows/s", 1)


def fragments(count):
    """The fragments of waveform-benchmarks, in another disorder."""
    length = SAMPLES // count
    traces = []
    for index in range(count):
        first = index * length - (10 if index % 10 == 9 else 0)
        last = (index + 1) * length - (25 if index % 17 == 16 else 0)
        trace = obspy.Trace((np.arange(first, last, dtype=np.int64) * 7919 % 1000).astype(np.int32))
        trace.stats.update(dict(network="XX", station="BENCH", channel="HHZ", sampling_rate=100.0,
                                starttime=DAY + first / 100))
        traces.append(trace)
    order = np.random.default_rng(2).permutation(count)
    return obspy.Stream([traces[index] for index in order])


def merged(count):
    def measure():
        # ObsPy changes what it merges.
        stream = fragments(count)
        begin = time.process_time()
        stream.merge(method=1)
        seconds = time.process_time() - begin
        data = stream[0].data
        # Behind the last sample nothing is missing for ObsPy.
        return seconds, int(np.ma.count_masked(data)) + SAMPLES // count * count - len(data)

    return measure


def features(folder):
    script = [sys.executable, str(HERE / "waveform_features.py"), str(folder)]
    shape = ["--events", str(EVENTS), "--stations", str(STATIONS)]
    one_core = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    subprocess.run(script + shape, check=True, capture_output=True)

    def measure():
        said = subprocess.run(
            script + shape + ["--reuse"], check=True, capture_output=True, text=True, env=one_core).stdout
        # The number to check is how many values differ from the script's.
        return float(re.search(r"in (\S+) s", said)[1]), 0

    compare(f"features of {EVENTS * STATIONS} stations / script", ["features", folder, STATIONS], measure, "stations/s",
            EVENTS * STATIONS)


def main():
    print(f"{'':52} {'ours':>12} {'peer':>12} {'ratio':>8}   {'least to largest':18} {'rate':>10}")
    with tempfile.TemporaryDirectory(prefix="hsdl-mpi-benchmark-") as name:
        folder = pathlib.Path(name)
        for amplitude, what in ((50, "quiet"), (5_000, "noisy")):
            file = folder / f"{what}.mseed"
            ours("write", file, amplitude)
            reading(file, f"a {what} day at 100 Hz")
        seconds, size = ours("write", folder / "again.mseed", 50)
        print(f"    quiet day written: {seconds * 1e3:.0f} ms, {size / seconds / 1e6:.0f} MB/s")
        compare("merge 500 fragments of a day / ObsPy", ["merge", 500], merged(500), "fragments/s", 500)
        if not options.small:
            compare("merge 5000 fragments of a day / ObsPy", ["merge", 5000], merged(5000), "fragments/s", 5000)
        features(folder / "features")


main()
