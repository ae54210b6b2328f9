"""Writes a pick table of EVENTS events of 15 rows each, in the order of time, to standard output.

    python make_picks.py 1000000 > picks.csv
"""

import random
import sys

ROWS = 15


def main() -> None:
    events = int(sys.argv[1])
    draw = random.Random(1)
    stations = [f"ST{n:02d}" for n in range(60)]
    # Probabilities as pickers write them: three decimals, some with the residue of binary fractions; a quarter of the P
    # picks and one in twenty-five of the S picks in the public tables.
    clean = [repr(n / 1000) for n in range(1, 970)]
    residue = [repr(n / 1000 - 1e-16 * 0.9) for n in range(1, 970)]
    p_probabilities = 3 * clean + residue
    s_probabilities = 24 * clean + residue
    write = sys.stdout.write
    write("event_id,station,p_t,p_prob,s_t,s_prob\n")
    second = 0
    lines = []
    choice, uniform = draw.choice, draw.random
    for number in range(events):
        second += 37
        if second % 86400 > 86300:  # an event keeps to its day
            second += 200
        day, rest = divmod(second, 86400)
        month, day = divmod(day, 28)
        year, month = divmod(month, 12)
        date = f"{2018 + year:04d}-{month + 1:02d}-{day + 1:02d} "
        event = f"bench{number:09d}"
        for _ in range(ROWS):
            p = rest + 40 * uniform()
            whole = int(p)
            clock = f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{int((p - whole) * 1e6):06d}"
            if uniform() < 0.7:
                s = p + 12 * uniform()
                whole = int(s)
                late = f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{int((s - whole) * 1e6):06d}"
                tail = f"{date}{late},{choice(s_probabilities)}"
            else:
                tail = "no pick,no pick"
            lines.append(f"{event},{choice(stations)},{date}{clock},{choice(p_probabilities)},{tail}\n")
        if len(lines) > 50000:
            write("".join(lines))
            lines.clear()
    write("".join(lines))


main()
