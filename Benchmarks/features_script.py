"""The eleven HSDL features of a pick table, as scripts in the field compute them.

    python features_script.py picks.csv features.csv
"""

import sys

import pandas as pd


def main() -> None:
    picks = pd.read_csv(sys.argv[1])
    for column in ("s_t", "s_prob"):
        picks[column] = picks[column].replace("no pick", pd.NA)
    picks["p_prob"] = picks["p_prob"].astype(float)
    picks["s_prob"] = pd.to_numeric(picks["s_prob"])
    groups = picks.groupby("event_id")
    features = groups.agg(
        p_n=("station", "count"),
        s_n=("s_t", "count"),
        p_prob_av=("p_prob", "mean"),
        s_prob_av=("s_prob", "mean"),
        p_prob_st=("p_prob", "std"),
        s_prob_st=("s_prob", "std"),
        p_prob_max=("p_prob", "max"),
        s_prob_max=("s_prob", "max"),
        p_prob_min=("p_prob", "min"),
        s_prob_min=("s_prob", "min"),
    )
    features["sp_ratio"] = features["s_n"] / groups.size()
    features.to_csv(sys.argv[2])


main()
