#!/usr/bin/env python3
"""Labels an automatic catalog by a reviewed one: an event is `real` where the reviewed catalog has one within so many seconds and km of it,
else `fake`. Each reviewed event makes one automatic event real, the nearest in time.

`real` then means "is in the reviewed catalog", no more: analysts leave out much that is an earthquake, and a model that is trained on such
labels learns what they keep.

    match_catalogs.py automatic.csv reviewed.csv labels.csv [--seconds 4] [--km 15] [--from TIME] [--to TIME]
"""

import argparse
import bisect
import csv
import datetime
import math
import re


def column(names, *wanted):
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in names]
    for name in wanted:
        if name in plain:
            return plain.index(name)
    return None


def seconds(text):
    time = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return (time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)).timestamp()


def events(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        names = next(rows)
        event = column(names, "eventid", "publicid", "id")
        date, time = column(names, "origindate", "date"), column(names, "origintime", "origtime", "time")
        latitude, longitude = column(names, "latitude", "lat", "latitudewgs84"), column(names, "longitude", "lon", "longitudewgs84")
        for row in rows:
            try:
                text = row[time] if date is None else f"{row[date]}T{row[time]}"
                yield row[event], seconds(text), float(row[latitude]), float(row[longitude])
            except (ValueError, IndexError):
                continue


def kilometres(a, b):
    east = (a[3] - b[3]) * math.cos(math.radians((a[2] + b[2]) / 2))
    return 111.195 * math.hypot(a[2] - b[2], east)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("automatic")
    parser.add_argument("reviewed")
    parser.add_argument("labels")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--km", type=float, default=15)
    parser.add_argument("--from", dest="begin", default="0001-01-01")
    parser.add_argument("--to", dest="end", default="9999-01-01")
    options = parser.parse_args()
    automatic = sorted(events(options.automatic), key=lambda event: event[1])
    reviewed = sorted(events(options.reviewed), key=lambda event: event[1])
    times = [event[1] for event in automatic]
    real = set()
    for event in reviewed:
        near = automatic[bisect.bisect_left(times, event[1] - options.seconds):bisect.bisect_right(times, event[1] + options.seconds)]
        near = [other for other in near if other[0] not in real and kilometres(event, other) <= options.km]
        if near:
            real.add(min(near, key=lambda other: abs(other[1] - event[1]))[0])
    begin, end = (datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp() for text in (options.begin, options.end))
    kept = [event for event in automatic if begin <= event[1] < end]
    with open(options.labels, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["event_id", "label"])
        rows.writerows((event[0], "real" if event[0] in real else "fake") for event in kept)
    print(f"{len(kept)} events, {sum(event[0] in real for event in kept)} of them in the reviewed catalog")


if __name__ == "__main__":
    main()
