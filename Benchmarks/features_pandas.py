"""The eleven HSDL features of a pick table, as a careful user of pandas computes them.

    python features_pandas.py picks.csv features.csv
"""

import sys

import pandas as pd


def main() -> None:
    picks = pd.read_csv(
        sys.argv[1],
        usecols=["event_id", "station", "p_prob", "s_prob"],
        dtype={"event_id": str, "station": str},
        na_values=["no pick"],
    )
    groups = picks.groupby("event_id", sort=True)
    features = pd.DataFrame(
        {
            "p_n": groups["station"].count(),
            "s_n": groups["s_prob"].count(),
            "p_prob_av": groups["p_prob"].mean(),
            "s_prob_av": groups["s_prob"].mean(),
            "p_prob_st": groups["p_prob"].std(),
            "s_prob_st": groups["s_prob"].std(),
            "p_prob_max": groups["p_prob"].max(),
            "s_prob_max": groups["s_prob"].max(),
            "p_prob_min": groups["p_prob"].min(),
            "s_prob_min": groups["s_prob"].min(),
        }
    )
    features.insert(2, "sp_ratio", features["s_n"] / groups.size())
    features.to_csv(sys.argv[2])


main()
