"""Writes a QuakeML 1.2 catalog of EVENTS events, each with an origin, a magnitude, 20 picks and 20 arrivals, to standard output.

    python make_quakeml.py 20000 > catalog.xml
"""

import sys
from datetime import datetime, timedelta


def main() -> None:
    write = sys.stdout.write
    write('<?xml version="1.0" encoding="UTF-8"?>\n')
    write('<q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" xmlns:q="http://quakeml.org/xmlns/quakeml/1.2">\n')
    write('  <eventParameters publicID="smi:local/catalog">\n')
    for number in range(int(sys.argv[1])):
        base = f"smi:local/event/{number}"
        time = datetime(2020, 1, 1) + timedelta(seconds=977.25 * number)
        lines = [
            f'    <event publicID="{base}">',
            "      <type>earthquake</type>",
            f"      <preferredOriginID>{base}/origin</preferredOriginID>",
            f'      <origin publicID="{base}/origin">',
            f"        <time><value>{time.isoformat()}Z</value><uncertainty>0.21</uncertainty></time>",
            f"        <latitude><value>{31 + number % 1000 / 1000}</value></latitude>",
            f"        <longitude><value>{-104 + number % 777 / 777:.5f}</value></longitude>",
            f"        <depth><value>{number % 9000}.0</value></depth>",
        ]
        for pick in range(20):
            lines += [
                f'        <arrival publicID="{base}/arrival/{pick}">',
                f"          <pickID>{base}/pick/{pick}</pickID>",
                f"          <phase>{'PS'[pick % 2]}</phase>",
                f"          <azimuth>{17 * pick}.5</azimuth>",
                f"          <distance>{0.05 * (pick + 1):.3f}</distance>",
                f"          <timeResidual>{0.01 * pick - 0.1:.3f}</timeResidual>",
                "        </arrival>",
            ]
        lines += [
            "        <evaluationMode>automatic</evaluationMode>",
            "      </origin>",
            f'      <magnitude publicID="{base}/magnitude">',
            f"        <mag><value>{number % 40 / 10}</value></mag>",
            "        <type>ML</type>",
            f"        <originID>{base}/origin</originID>",
            "      </magnitude>",
        ]
        for pick in range(20):
            onset = time + timedelta(seconds=1.5 + 0.731 * pick)
            lines += [
                f'      <pick publicID="{base}/pick/{pick}">',
                f"        <time><value>{onset.isoformat()}Z</value><uncertainty>0.05</uncertainty></time>",
                f'        <waveformID networkCode="TX" stationCode="PB{pick // 2:02d}" channelCode="HHZ"/>',
                f"        <phaseHint>{'PS'[pick % 2]}</phaseHint>",
                "        <evaluationMode>automatic</evaluationMode>",
                "      </pick>",
            ]
        lines.append("    </event>\n")
        write("\n".join(lines))
    write("  </eventParameters>\n</q:quakeml>\n")


main()
