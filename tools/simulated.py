"""Make the table of the simulated study: 900 units in 60 directorates over three years, with known paths.

The paths are the printed ones of the KKP abstract and the one that its indirect effects imply (CP -> SH 0.634); two of them
change with the year, so that a comparison of years has something to find. ``--check`` says whether the file is the one made here.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TARGET = Path(__file__).parent.parent / "data" / "studies" / "simulated" / "scores.csv"
SEED = 20151122
NAMES = ("LG", "IP", "CP", "SH")
MEAN, SD = np.array([104.0, 99.0, 93.0, 95.0]), np.array([9.0, 8.0, 11.0, 7.0])
PATHS = {
    ("LG", "IP"): 0.329,
    ("LG", "CP"): 0.006,
    ("IP", "CP"): 0.123,
    ("LG", "SH"): -0.047,
    ("IP", "SH"): 0.108,
    ("CP", "SH"): 0.634,
}
OF_YEAR = {2015: {}, 2016: {("LG", "IP"): 0.45}, 2017: {("CP", "SH"): 0.50}}
UNITS, DIRECTORATES = 900, 60
BETWEEN_DIRECTORATES, BETWEEN_UNITS = 0.15, 0.25  # shares of each disturbance's variance


def main() -> int:
    text = table().to_csv(index=False, float_format="%.2f", lineterminator="\n")
    if "--check" in sys.argv:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print("scores.csv is as made" if same else f"{TARGET} differs from what tools/simulated.py makes")
        return int(not same)
    TARGET.write_text(text, encoding="utf-8")
    return 0


def table() -> pd.DataFrame:
    """Return one row per unit and year, scores in percent."""
    rng = np.random.default_rng(np.random.SeedSequence(SEED))
    directorate = np.sort(rng.integers(DIRECTORATES, size=UNITS))
    of_directorate = rng.standard_normal((DIRECTORATES, 4))[directorate]
    of_unit = rng.standard_normal((UNITS, 4))
    rest = 1 - BETWEEN_DIRECTORATES - BETWEEN_UNITS
    frames = []
    for year, changed in OF_YEAR.items():
        own = rng.standard_normal((UNITS, 4))
        noise = (
            np.sqrt(BETWEEN_DIRECTORATES) * of_directorate
            + np.sqrt(BETWEEN_UNITS) * of_unit
            + np.sqrt(rest) * own
        )
        scores = pd.DataFrame(MEAN + SD * _follow(noise, {**PATHS, **changed}), columns=list(NAMES))
        scores.insert(0, "year", year)
        scores.insert(0, "directorate", [f"D{each + 1:02}" for each in directorate])
        scores.insert(0, "unit", [f"U{each + 1:03}" for each in range(UNITS)])
        frames.append(scores)
    return pd.concat(frames, ignore_index=True)


def _follow(noise: np.ndarray, paths: dict[tuple[str, str], float]) -> np.ndarray:
    """Return the variables that the paths make of disturbances of equal variance, each scaled to unit variance."""
    correlations = np.eye(4)
    made = noise.copy()
    for end in range(1, 4):
        b = np.array([paths[NAMES[start], NAMES[end]] for start in range(end)])
        explained = correlations[:end, :end] @ b
        made[:, end] = made[:, :end] @ b + np.sqrt(1 - b @ explained) * noise[:, end]
        correlations[end, :end] = correlations[:end, end] = explained
    return made


if __name__ == "__main__":
    sys.exit(main())
