"""Panels for tests of lags: pairs of years that can be worked by hand, and those of the simulated study."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.linalg import hadamard

from bsc_analysis.paths.lagverdicts import LagFindings, judge_lags
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.panel import Panel, Transition, read_panel
from bsc_analysis.paths.panelmodel import fit_panel
from bsc_analysis.paths.rows import Codes, Rows
from tests.pathcases import study

NAMES = ("LG", "IP", "CP", "LG_lag", "IP_lag", "CP_lag")
OWN, NOISE = 0.4, 0.5  # of IP, in the same units as its paths


def pairs(same: float, later: float, *, copies: int = 10) -> Panel:
    """Return 8 pairs of years and copies of them: IP = same LG + later LG_lag + .4 IP_lag + noise of size .5; CP is noise.

    Everything on the right-hand side is +1 or -1 and unrelated to everything else, so that estimates are exact.
    """
    LG, LG_lag, IP_lag, CP_lag, noise, CP = np.tile(hadamard(8)[:, 1:7].astype(float), (copies, 1)).T
    IP = same * LG + later * LG_lag + OWN * IP_lag + NOISE * noise
    values = np.column_stack([LG, IP, CP, LG_lag, IP_lag, CP_lag])
    labels = tuple(f"U{at}" for at in range(len(values)))
    rows = Rows(NAMES, values, Codes("unit", np.arange(len(values)), labels))
    return Panel(rows, (Transition(2015, 2016, len(values)),), len(values), 0)


def judged(
    same: float, later: float, *, copies: int = 10, text: str = "IP ~ LG", **more: float
) -> LagFindings:
    return judge_lags(fit_panel(path_model(text), pairs(same, later, copies=copies)), **more)


@cache
def simulated() -> LagFindings:
    """Return what the simulated study says, in which disturbances last and nothing takes a year."""
    model, scores = study().model, study().scores
    assert model is not None
    return judge_lags(fit_panel(model, read_panel(scores, model.observed, unit="unit", year="year")))
