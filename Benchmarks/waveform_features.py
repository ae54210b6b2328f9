"""Waveform features of synthetic events, as a script with ObsPy, SciPy and NumPy computes them.

    python waveform_features.py DIRECTORY [--events 4] [--stations 50] [--rate 100] [--reuse]

Writes DIRECTORY/records.f64 (events x stations x up, north, east x samples, doubles), arrivals.csv and features.csv (a row an
event, then in station_features.csv a row a station), and says how long the features took. `--reuse` computes the features of
the records that are there. The definitions are those of `hsdl-mpi`; the peer is meant to be a careful one: whole arrays at
a time, compiled routines where ObsPy and SciPy have them.
"""

import argparse
import csv
import math
import pathlib
import time

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from obspy.signal.filter import bandpass
from obspy.signal.polarization import flinn
from obspy.signal.trigger import recursive_sta_lta
from scipy.optimize import minimize_scalar
from scipy.signal import welch

SECONDS = 160
ORIGIN = 70.0
MASK = (1 << 64) - 1


def synthetic(directory, events, stations, rate):
    """Events whose P and S stand out of noise by various amounts; every fifth station has noise only."""
    random = np.random.default_rng(7)
    n = int(SECONDS * rate)
    t = np.arange(n) / rate
    records = np.empty((events, stations, 3, n))
    rows = []
    for event in range(events):
        for station in range(stations):
            distance = 5 + 90 * random.random()
            depth = 8.0
            hypocentral = math.hypot(distance, depth)
            p = ORIGIN + random.normal(0, 0.1)
            s = p + hypocentral * (1 / 3.4 - 1 / 6.0)
            backazimuth = 360 * random.random()
            noise = np.cumsum(random.normal(size=(3, n)), axis=1)
            data = 50 * random.normal(size=(3, n)) + 5 * (noise - noise.mean(axis=1, keepdims=True))
            data += random.normal(0, 1000, size=(3, 1))
            amplitude = 0 if station % 5 == 4 else 10 ** (5.5 - 1.6 * math.log10(hypocentral) + random.normal(0, 0.2))
            for arrival, size, tau, low in ((p, 0.3, 1.5, 6), (s, 1.0, 4.0, 3)):
                phase = np.clip(t - arrival, 0, None)
                shape = amplitude * size * np.exp(-phase / tau) * (t >= arrival)
                wave = shape * (np.sin(2 * np.pi * low * phase) + 0.5 * random.normal(size=n))
                angle = math.radians(backazimuth + (0 if low == 6 else 90))
                vertical = 0.9 if low == 6 else 0.2
                horizontal = math.sqrt(1 - vertical**2)
                data[0] += vertical * wave
                data[1] += horizontal * math.cos(angle) * wave
                data[2] += horizontal * math.sin(angle) * wave
            records[event, station] = data
            picked = int(station % 5 != 4)
            shift = hypocentral / 6.0 + random.normal(0, 0.05)
            rows.append(
                [event, station, p, s, ORIGIN, s + random.normal(0, 0.2), picked, picked, distance, hypocentral, 0.0,
                 backazimuth, shift]
            )
    records.tofile(directory / "records.f64")
    with open(directory / "arrivals.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)


class Station:
    """The features of one station."""

    NAMES = (
        "snr_p snr_s snr_low snr_mid snr_high sta_lta_max kurtosis_max centroid_frequency bandwidth dominant_frequency "
        "spectral_flatness spectral_slope corner_frequency sp_amplitude_log10 rectilinearity_p planarity_s incidence_p "
        "backazimuth_error rise_time duration coda_slope zero_crossing_rate spikiness clipped gap_fraction"
    ).split()

    def __init__(self, data, rate, p, s, predicted, backazimuth):
        self.rate = rate
        self.raw = data
        self.n = data.shape[1]
        nyquist = rate / 2
        high = min(20, 0.9 * nyquist)
        self.filtered = np.array([bandpass(x - x[0], 2, high, rate, corners=4) for x in data])
        z, north, east = self.filtered
        horizontals = self.filtered[1:]
        w = self.window
        end = p + max(min(2, s - p), 0.5)
        value = {}
        value["snr_p"] = self.decibels(z[w(p, end)], z[w(p - 5, p)])
        value["snr_s"] = self.decibels(horizontals[:, w(s, s + 2)], horizontals[:, w(s - 5, s)])
        for name, low, high in (("snr_low", 1, 4), ("snr_mid", 4, 12), ("snr_high", 12, 24)):
            high = min(high, 0.9 * nyquist)
            part = w(p - 15, end)
            band = bandpass(data[0][part] - data[0][part][0], low, high, rate, corners=4)
            start = part.start
            signal, noise = w(p, end), w(p - 5, p)
            value[name] = self.decibels(
                band[signal.start - start:signal.stop - start], band[noise.start - start:noise.stop - start])
        self.detectors(value, z, p)
        self.spectrum(value, p)
        value["corner_frequency"] = self.corner(p, s)
        body = p + max(min(4, s - p), 0.5)
        self.amplitude = np.sqrt((horizontals[:, w(s, s + 4)] ** 2).sum(axis=0).max())
        self.noise = np.sqrt((horizontals[:, w(p - 5, p)] ** 2).sum(axis=0).max())
        value["sp_amplitude_log10"] = math.log10(self.amplitude / np.abs(z[w(p, body)]).max())
        azimuth, incidence, rectilinearity, _ = flinn([x[w(p, p + 0.5)] for x in self.filtered])
        value["rectilinearity_p"] = rectilinearity
        value["incidence_p"] = incidence
        difference = abs(azimuth - backazimuth) % 180
        value["backazimuth_error"] = min(difference, 180 - difference)
        value["planarity_s"] = flinn([x[w(s, s + 1)] for x in self.filtered])[3]
        self.shape(value, p - predicted, s - predicted, predicted)
        part = z[w(p, p + 4)]
        signs = np.sign(part)
        signs = signs[signs != 0]
        value["zero_crossing_rate"] = np.count_nonzero(np.diff(signs)) * rate / len(part)
        value["spikiness"] = np.abs(part).max() / np.sqrt(np.mean(part**2))
        whole = slice(math.ceil((p - 5) * rate - 1e-6), math.ceil((s + 30) * rate - 1e-6))
        inside = min(whole.stop, self.n) - max(whole.start, 0)
        value["gap_fraction"] = 1 - inside / (whole.stop - whole.start)
        value["clipped"] = 0.0
        self.values = np.array([value[name] for name in self.NAMES])

    def window(self, start, end):
        first = math.ceil(start * self.rate - 1e-6)
        last = math.ceil(end * self.rate - 1e-6)
        return slice(min(max(first, 0), self.n), min(max(last, 0), self.n))

    @staticmethod
    def decibels(signal, noise):
        return 10 * math.log10(np.mean(signal**2) / np.mean(noise**2))

    def detectors(self, value, z, p):
        whole, near = self.window(p - 30, p + 3), self.window(p - 3, p + 3)
        ratio = recursive_sta_lta(z[whole], int(0.5 * self.rate), int(10 * self.rate))
        value["sta_lta_max"] = ratio[near.start - whole.start:].max()
        count = round(2 * self.rate)
        windows = sliding_window_view(z[near.start - count + 1:near.stop], count)
        deviation = windows - windows.mean(axis=1, keepdims=True)
        square = deviation * deviation
        value["kurtosis_max"] = (np.mean(square * square, axis=1) / np.mean(square, axis=1) ** 2).max()

    def spectrum(self, value, p):
        count = round(2 * self.rate)
        vertical = self.raw[0]
        frequency, signal = welch(vertical[self.window(p, p + 4)], self.rate, "hann", count)
        _, noise = welch(vertical[self.window(p - 5, p)], self.rate, "hann", count)
        band = (frequency >= 1) & (frequency <= min(45, 0.45 * self.rate))
        frequency, signal, noise = frequency[band], signal[band], noise[band]
        power = np.maximum(signal - noise, 0)
        total = power.sum()
        mean = (power * frequency).sum() / total
        peak = int(power.argmax())
        value["centroid_frequency"] = mean
        value["bandwidth"] = math.sqrt((power * (frequency - mean) ** 2).sum() / total)
        value["dominant_frequency"] = frequency[peak]
        relative = np.maximum(power / power.max(), 1e-4)
        value["spectral_flatness"] = np.exp(np.log(relative).mean()) * power.max() / power.mean()
        good = (signal > 2 * noise) & (power > 1e-12 * power.max())
        good[:peak] = False
        value["spectral_slope"] = math.nan
        if good.sum() >= 4:
            value["spectral_slope"] = np.polyfit(np.log(frequency[good]), 0.5 * np.log(power[good]), 1)[0]

    def corner(self, p, s):
        count = round(5 * self.rate)
        ramp = max(1, int(0.05 * count))
        place = np.minimum(np.arange(count), count - 1 - np.arange(count)) + 0.5
        taper = np.where(place < ramp, 0.5 - 0.5 * np.cos(np.pi * place / ramp), 1)
        frequency = np.fft.rfftfreq(count, 1 / self.rate)
        band = np.floor(np.log10(np.maximum(frequency, 0.5 * (1 - 1e-9)) / 0.5) * 16 + 1e-9).astype(int)
        bands = int(math.floor(math.log10(min(45, 0.45 * self.rate) / 0.5) * 16 + 1e-3))
        usable = (frequency >= 0.5 * (1 - 1e-9)) & (band < bands)
        members = np.bincount(band[usable], minlength=bands)
        filled = members > 0

        def power(start):
            first = math.ceil(start * self.rate - 1e-6)
            part = self.raw[1:, first:first + count]
            part = (part - part.mean(axis=1, keepdims=True)) * taper
            total = (np.abs(np.fft.rfft(part, axis=1)) ** 2).sum(axis=0)
            return np.bincount(band[usable], total[usable], minlength=bands)[filled] / members[filled]

        signal, noise = power(s - 0.5), power(p - 5)
        logs = np.bincount(band[usable], np.log(frequency[usable]), minlength=bands)[filled] / members[filled]
        amplitude = 0.5 * np.log(signal) - logs
        good = np.concatenate([[False], signal > 9 * noise, [False]])
        edges = np.flatnonzero(np.diff(good.astype(int)))
        if len(edges) == 0:
            return math.nan
        runs = edges.reshape(-1, 2)
        first, last = runs[np.argmax(runs[:, 1] - runs[:, 0])]
        if last - first < 8:
            return math.nan
        logs, amplitude = logs[first:last], amplitude[first:last]

        centered = np.exp(logs) - np.exp(logs).mean()
        spread = (centered**2).sum()

        def misfit(corner):
            rest = amplitude + np.log1p(np.exp(2 * (logs - corner)))
            rest = rest - rest.mean()
            product = (rest * centered).sum()
            return (rest * rest).sum() - min(product, 0) ** 2 / spread

        grid = np.linspace(logs[0], logs[-1], 17)
        best = int(np.argmin([misfit(corner) for corner in grid]))
        if best in (0, 16):
            return math.nan
        found = minimize_scalar(misfit, bounds=(grid[best - 1], grid[best + 1]), method="bounded", options={"xatol": 1e-6})
        return math.exp(found.x)

    def shape(self, value, p, s, predicted):
        steps = np.arange(2711)
        index = np.ceil((predicted - 65 + (steps - 5) / 20) * self.rate - 1e-6).astype(int)
        index = np.clip(index, 0, self.n)
        sums = np.concatenate([[0], np.cumsum((self.filtered**2).sum(axis=0))])
        squares = np.diff(sums[index])
        present = 3.0 * np.diff(index)
        squares = sliding_window_view(squares, 10).sum(axis=1)[:2700]
        present = sliding_window_view(present, 10).sum(axis=1)[:2700]
        with np.errstate(invalid="ignore", divide="ignore"):
            envelope = np.where(present >= 0.75 * self.rate, np.sqrt(6 * squares / present), np.nan)
        self.envelope = envelope

        def places(start, end):
            first, last = (math.ceil((x + 65) * 20 - 1e-6) for x in (start, end))
            return slice(max(first, 0), min(max(last, 0), 2700))

        noise = np.nanmedian(envelope[places(p - 20, p - 0.5)])
        times = np.arange(2700) / 20 - 65
        part = places(p, s + 10)
        value["rise_time"] = times[part.start + np.nanargmax(envelope[part])] - p
        value["duration"] = np.count_nonzero(envelope[places(p, p + 60)] > 2 * noise) / 20
        part = places(s, s + 5)
        start = part.start + int(np.nanargmax(envelope[part]))
        coda, when = envelope[start:start + 600], times[start:start + 600]
        below = np.flatnonzero(coda <= 2 * noise)
        end = below[0] if len(below) else len(coda)
        known = ~np.isnan(coda[:end])
        value["coda_slope"] = math.nan
        if known.sum() >= 40:
            value["coda_slope"] = np.polyfit(when[:end][known], np.log(coda[:end][known]), 1)[0]


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53


def network(event, stations, rows):
    """The features across stations."""
    envelopes = np.array([station.envelope for station in stations])
    envelopes -= np.nanmedian(envelopes, axis=1, keepdims=True)

    def stack(first, last, mean):
        part = envelopes[:, first:last]
        part = part[2 * np.count_nonzero(~np.isnan(part), axis=1) > last - first]
        if mean:
            part = part - np.nanmean(part, axis=1, keepdims=True)
        part = np.nan_to_num(part)
        part = part / np.sqrt((part**2).sum(axis=1, keepdims=True))
        n = len(part)
        energy = (part.sum(axis=0) ** 2).sum()
        return ((energy - n) / (n * (n - 1)) if n > 1 else math.nan), (energy / n**2 if n > 1 else math.nan)

    coherence = stack(1200, 1600, True)[0]
    semblance = stack(1280, 1360, False)[1]
    random = SplitMix64(event)
    others = []
    for _ in range(20):
        size = 5 + 55 * random.uniform()
        shift = size if random.next() & 1 == 0 else -size
        shift = int(math.floor(abs(shift) * 20 + 0.5) * math.copysign(1, shift))
        if 1280 + shift >= 0 and 1360 + shift <= 2700:
            others.append(stack(1280 + shift, 1360 + shift, False)[1])
    others = [value for value in others if not math.isnan(value)]
    contrast = semblance / np.mean(others) if len(others) >= 5 else math.nan
    picked = np.array([row[6] for row in rows]) > 0
    distance = np.array([row[8] for row in rows])
    onset = np.array([row[12] + row[2] for row in rows])
    d, t = distance[picked], onset[picked]
    i, j = np.tril_indices(len(d), -1)
    far = np.abs(d[i] - d[j]) >= 2
    i, j = i[far], j[far]

    def slowness(x):
        return x / np.hypot(x, 8.0) / 6.0

    moveout = np.median((t[i] - t[j]) / (d[i] - d[j]) - (slowness(d[i]) + slowness(d[j])) / 2)
    x = np.log10([row[9] for row in rows])
    y = np.log10([station.amplitude for station in stations])
    noise = np.log10([station.noise for station in stations])
    slope, level = np.polyfit(x[picked], y[picked], 1)
    expected = slope * x + level
    rms = math.sqrt(np.mean((y - expected)[picked] ** 2))
    agreement = np.abs(y - noise - 0.5 * np.log10(1 + 10 ** (2 * (expected - noise)))) <= math.log10(4)
    return [coherence, semblance, contrast, moveout, slope, rms, agreement.mean()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--events", type=int, default=4)
    parser.add_argument("--stations", type=int, default=50)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--reuse", action="store_true")
    options = parser.parse_args()
    directory = options.directory
    if not options.reuse:
        directory.mkdir(parents=True, exist_ok=True)
        synthetic(directory, options.events, options.stations, options.rate)
    n = int(SECONDS * options.rate)
    records = np.fromfile(directory / "records.f64").reshape(-1, options.stations, 3, n)
    with open(directory / "arrivals.csv", newline="") as file:
        rows = [[float(x) for x in row] for row in csv.reader(file)]

    begin = time.process_time()
    table, station_table = [], []
    for event in range(len(records)):
        arrivals = rows[event * options.stations:(event + 1) * options.stations]
        stations = [
            Station(data, options.rate, row[2], row[3], row[4], row[11]) for data, row in zip(records[event], arrivals)
        ]
        values = np.array([station.values for station in stations])
        median = np.nanmedian(values, axis=0)
        mad = np.nanmedian(np.abs(values - median), axis=0)
        statistics = np.stack([median, np.nanmax(values, axis=0), mad], axis=1).ravel()
        table.append([*statistics, len(stations), *network(event, stations, arrivals)])
        station_table.extend(values)
    seconds = time.process_time() - begin
    for name, content in (("features.csv", table), ("station_features.csv", station_table)):
        with open(directory / name, "w", newline="") as file:
            csv.writer(file).writerows(content)
    count = len(records) * options.stations
    print(f"{count} records in {seconds:.3f} s: {count / seconds:.1f} a second")


if __name__ == "__main__":
    main()
