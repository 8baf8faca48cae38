"""Simulate the data sets of the models that have no closed form: ``python simulate_latent.py [FOLDER]`` writes three CSV files.

Three factors (learning, process, stakeholders) with three indicators each and an observed budget; and the perspectives LG,
IP, CP, SH with an outside cause X, in odd units. Seeds are fixed, figures are rounded, and so the bytes are always the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

N_FACTORS = 400
N_PATHS = 500
LOADINGS = (1.0, 0.8, 1.2)
# What the models below were given to find again.
TRUE_FACTORS = {"PF ~ LF": 0.5, "SF ~ LF": 0.2, "SF ~ PF": 0.6, "LF =~ l2": 0.8, "LF =~ l3": 1.2}
TRUE_PATHS = {"IP ~ LG": 0.4, "IP ~ X": 0.3, "CP ~ LG": 0.4, "SH ~ IP": 0.2, "SH ~ CP": 0.5, "IP ~~ CP": 0.3}


def factors(seed: int, n: int = N_FACTORS) -> pd.DataFrame:
    """Nine indicators of three factors, and a budget that goes with the first."""
    rng = np.random.default_rng(seed)
    budget = rng.standard_normal(n)
    lf = 0.4 * budget + rng.normal(0, 0.9, n)
    pf = 0.5 * lf + rng.normal(0, 0.8, n)
    sf = 0.2 * lf + 0.6 * pf + rng.normal(0, 0.7, n)
    columns = {"budget": budget}
    for letter, factor in (("l", lf), ("p", pf), ("s", sf)):
        for at, loading in enumerate(LOADINGS, start=1):
            columns[f"{letter}{at}"] = 3 + loading * factor + rng.normal(0, 0.6, n)
    return pd.DataFrame(columns)


def paths(seed: int, n: int = N_PATHS) -> pd.DataFrame:
    """Perspectives of which IP and CP have a common cause that nobody observed."""
    rng = np.random.default_rng(seed)
    lg, x = rng.standard_normal((2, n))
    x = x + 0.3 * lg
    unseen = rng.normal(0, np.sqrt(0.3), n)
    ip = 0.4 * lg + 0.3 * x + unseen + rng.normal(0, 0.7, n)
    cp = 0.4 * lg + unseen + rng.normal(0, 0.8, n)
    sh = 0.2 * ip + 0.5 * cp + rng.normal(0, 0.7, n)
    return pd.DataFrame({"X": x, "LG": lg, "IP": ip, "CP": cp, "SH": sh})


def odd_units(table: pd.DataFrame) -> pd.DataFrame:
    """The same kind of data with variances that differ by a factor of ten thousand, and a mean far from 0."""
    return table.assign(LG=10 * table["LG"], SH=table["SH"] / 10, X=1000 + table["X"])


def main(folder: Path) -> None:
    """Write the three files."""
    factors(401).round(4).to_csv(folder / "factors400.csv", index=False)
    paths(402).round(4).to_csv(folder / "paths500.csv", index=False)
    odd_units(paths(403)).round(6).to_csv(folder / "oddunits500.csv", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
