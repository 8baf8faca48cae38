"""Path models for tests of their exhibits: one study with what its data say, and small ones that can be worked by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from bsc_analysis.exhibits.exhibit import Exhibit, Provenance, Table, provenance
from bsc_analysis.language.words import Language
from bsc_analysis.pathdata import path_rows
from bsc_analysis.paths.analysis import PathAnalysis, Resampling, analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.rows import Codes, Rows
from bsc_analysis.studies import Study, read_study

FULL = "IP ~ LG; CP ~ LG + IP"
CHAIN = "IP ~ LG; CP ~ IP"
R = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]


@cache
def study() -> Study:
    return read_study("simulated")


@cache
def origin() -> Provenance:
    return provenance(study())


@cache
def clustered_rows() -> Rows:
    model = study().model
    assert model is not None
    return path_rows(study(), model)


@cache
def by_year() -> PathAnalysis:
    """Return the study's own analysis: clusters, and years compared."""
    model = study().model
    assert model is not None
    return analyse_paths(model, clustered_rows(), se="cluster")


@cache
def printed(text: str = FULL, n: int = 100, **more: Any) -> PathAnalysis:
    """Return the analysis of correlations LG-IP .5, LG-CP .3, IP-CP .4."""
    return analyse_paths(path_model(text), Moments.from_correlations(["LG", "IP", "CP"], R, n), **more)


def drawn(n: int = 60, *, seed: int = 3, clusters: int = 0, missing: int = 0) -> Rows:
    """Return rows in which IP follows LG, and CP both, the last values of CP missing."""
    rng = np.random.default_rng(seed)
    LG, noise, more = rng.standard_normal((3, n))
    IP = 0.5 * LG + noise
    values = np.column_stack([LG, IP, 0.2 * LG + 0.4 * IP + more])
    values[n - missing :, 2] = np.nan
    labels = tuple(f"C{at}" for at in range(clusters))
    cluster = Codes("cluster", np.arange(n) % clusters, labels) if clusters else None
    return Rows(("LG", "IP", "CP"), values, cluster)


@cache
def resampled(n_boot: int = 1000) -> PathAnalysis:
    return analyse_paths(
        path_model(FULL), drawn(), resampling=Resampling(n_boot, seed=7, interval="percentile")
    )


def table_of(exhibit: object, language: Language = "en") -> Table:
    assert isinstance(exhibit, Exhibit)
    table = exhibit.make(language)
    assert isinstance(table, Table)
    return table
