"""Simulate the data sets of the reference results: ``python simulate.py [FOLDER]`` writes seven CSV files.

Four perspectives LG, IP, CP and SH of units, of which each is caused by the earlier ones. Seeds are fixed and figures are
rounded to six decimals, so that every program reads the same doubles and the bytes are always the same.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

NAMES = ["LG", "IP", "CP", "SH"]
MEANS = (3.6, 3.4, 3.9, 3.1)
SDS = (1.0, 0.8, 1.5, 1.2)

N_UNITS = 900
N_MANY = 26_000
ECHELONS = 4


@dataclass(frozen=True, slots=True)
class Betas:
    """Standardised coefficients, named by cause and effect."""

    lg_ip: float = 0.329
    lg_cp: float = 0.006
    lg_sh: float = -0.047
    ip_cp: float = 0.123
    ip_sh: float = 0.108
    cp_sh: float = 0.634


BASE = Betas()
YEARS = {2021: BASE, 2022: replace(BASE, lg_ip=0.40, ip_cp=0.16), 2023: replace(BASE, cp_sh=0.55, ip_sh=0.16)}


def simulate() -> dict[str, pd.DataFrame]:
    """Return the data sets by the names of their files."""
    units = nine_hundred()
    return {
        "a_units900": units,
        "a_badscale": badly_scaled(units),
        "b_panel2700": panel(),
        "c_units26000": many_clusters(),
        "d_mar8": with_holes(units, seed=104, per_outcome=96),
        "d2_mar8_all": with_holes(units, seed=1042, per_outcome=72, holes_in_lg=72),
        "e_heavytail900": heavy_tailed(),
    }


def nine_hundred() -> pd.DataFrame:
    """Normal, independent units."""
    disturbances = np.random.default_rng(101).standard_normal((N_UNITS, 4))
    return table(standardised(disturbances, BASE), unit=np.arange(1, N_UNITS + 1))


def heavy_tailed() -> pd.DataFrame:
    """The same with t-distributed disturbances of variance 1 (5 degrees of freedom)."""
    disturbances = np.random.default_rng(105).standard_t(5, (N_UNITS, 4)) / np.sqrt(5 / 3)
    return table(standardised(disturbances, BASE), unit=np.arange(1, N_UNITS + 1))


def badly_scaled(units: pd.DataFrame) -> pd.DataFrame:
    """The same rows in units of which the variances differ by eight orders of magnitude."""
    return units.assign(LG=units["LG"] * 100.0, SH=units["SH"] * 0.01)


def with_holes(units: pd.DataFrame, *, seed: int, per_outcome: int, holes_in_lg: int = 0) -> pd.DataFrame:
    """Holes in each outcome, likelier the greater LG is (missing at random), and in LG completely at random."""
    rng = np.random.default_rng(seed)
    z = (units["LG"] - units["LG"].mean()) / units["LG"].std()
    odds = 1 / (1 + np.exp(-(-2.2 + 1.0 * z)))
    holed = units.copy()
    for outcome in NAMES[1:]:
        rows = rng.choice(len(units), per_outcome, replace=False, p=odds / odds.sum())
        holed.loc[rows, outcome] = np.nan
    if holes_in_lg:
        holed.loc[rng.choice(len(units), holes_in_lg, replace=False), "LG"] = np.nan
    return holed


def panel() -> pd.DataFrame:
    """Three years of the same units in 60 clusters, which have something in common; some paths differ between years."""
    rng = np.random.default_rng(102)
    cluster, echelon = clusters((4, 10, 18, 28), rng, N_UNITS)
    shared, lasting = 0.15, 0.25
    of_cluster = rng.standard_normal((cluster.max(), 4))[cluster - 1]
    of_unit = rng.standard_normal((N_UNITS, 4))
    years = []
    for year, betas in YEARS.items():
        own = rng.standard_normal((N_UNITS, 4))
        disturbances = (
            np.sqrt(shared) * of_cluster + np.sqrt(lasting) * of_unit + np.sqrt(1 - shared - lasting) * own
        )
        z = standardised(disturbances, betas) + 0.1 * (year - 2021)
        years.append(table(z, unit=np.arange(1, N_UNITS + 1), year=year, cluster=cluster, echelon=echelon))
    return pd.concat(years, ignore_index=True)


def many_clusters() -> pd.DataFrame:
    """As many units as a ministry has, in 1,300 clusters."""
    rng = np.random.default_rng(103)
    cluster, echelon = clusters((20, 120, 360, 800), rng, N_MANY)
    of_cluster = rng.standard_normal((cluster.max(), 4))[cluster - 1]
    disturbances = np.sqrt(0.1) * of_cluster + np.sqrt(0.9) * rng.standard_normal((N_MANY, 4))
    return table(
        standardised(disturbances, BASE), unit=np.arange(1, N_MANY + 1), cluster=cluster, echelon=echelon
    )


def clusters(per_echelon: tuple[int, ...], rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the cluster and the echelon of each of n units; clusters have two units and more, of gamma-distributed size."""
    echelons = np.repeat(np.arange(1, ECHELONS + 1), per_echelon)
    count = len(echelons)
    share = rng.gamma(4.0, size=count)
    sizes = 2 + np.floor(share / share.sum() * (n - 2 * count)).astype(int)
    sizes[: n - sizes.sum()] += 1
    cluster = np.repeat(np.arange(1, count + 1), sizes)
    return cluster, echelons[cluster - 1]


def standardised(disturbances: np.ndarray, b: Betas) -> np.ndarray:
    """Let disturbances of variance 1 run through the paths; every variable has variance 1."""
    scaled = disturbances * residual_sds(b)
    lg = scaled[:, 0]
    ip = b.lg_ip * lg + scaled[:, 1]
    cp = b.lg_cp * lg + b.ip_cp * ip + scaled[:, 2]
    sh = b.lg_sh * lg + b.ip_sh * ip + b.cp_sh * cp + scaled[:, 3]
    return np.column_stack([lg, ip, cp, sh])


def residual_sds(b: Betas) -> np.ndarray:
    """Return what each disturbance must be scaled by: the root of 1 - R2, from the correlations that the paths imply."""
    lg_cp = b.lg_cp + b.ip_cp * b.lg_ip
    ip_cp = b.ip_cp + b.lg_cp * b.lg_ip
    lg_sh = b.lg_sh + b.ip_sh * b.lg_ip + b.cp_sh * lg_cp
    ip_sh = b.lg_sh * b.lg_ip + b.ip_sh + b.cp_sh * ip_cp
    cp_sh = b.lg_sh * lg_cp + b.ip_sh * ip_cp + b.cp_sh
    explained_cp = b.lg_cp * lg_cp + b.ip_cp * ip_cp
    explained_sh = b.lg_sh * lg_sh + b.ip_sh * ip_sh + b.cp_sh * cp_sh
    return np.sqrt([1.0, 1 - b.lg_ip * b.lg_ip, 1 - explained_cp, 1 - explained_sh])


def table(z: np.ndarray, **columns: int | np.ndarray) -> pd.DataFrame:
    """Return standardised figures in the units of scores, rounded, after the columns that say whose they are."""
    scores = pd.DataFrame(np.round(np.array(MEANS) + np.array(SDS) * z, 6), columns=NAMES)
    return pd.concat([pd.DataFrame(columns, index=scores.index), scores], axis=1)


def text_of(name: str, data: pd.DataFrame) -> str:
    """Return a data set as CSV: six decimals, eight where the scales are bad."""
    return data.to_csv(
        index=False, float_format="%.8f" if name == "a_badscale" else "%.6f", lineterminator="\n"
    )


def main(folder: Path) -> None:
    """Write every data set into a folder."""
    for name, data in simulate().items():
        (folder / f"{name}.csv").write_bytes(text_of(name, data).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "data")
