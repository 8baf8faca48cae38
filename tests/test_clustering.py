"""Clustering: intraclass correlations by hand, by another route and recovered; design effects by the variance they name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from bsc_analysis.errors import UseError
from bsc_analysis.paths.clustering import design_effect, intraclass
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.rows import read_rows
from tests.oracle import read_data

# Sums of squares of some thousand rows, computed in two ways.
SUMS = 1e-9


def clusters(values: list[list[float]]) -> Moments:
    frame = pd.DataFrame(
        [(unit, value) for unit, each in enumerate(values) for value in each], columns=["unit", "IP"]
    )
    return moments_of(read_rows(frame, ["IP"], cluster="unit"))


def test_an_intraclass_correlation_by_hand() -> None:
    """[1, 3], [5, 7]: means 2 and 6, MSB = 2 (2^2 + 2^2) / 1 = 16, MSW = (2 + 2) / 2 = 2; (16 - 2) / (16 + 2) = 7/9."""
    assert intraclass(clusters([[1, 3], [5, 7]]))[0] == pytest.approx(7 / 9, abs=SUMS)


def test_unequal_clusters_by_hand() -> None:
    """[1, 3], [5, 7, 9, 7]: means 2 and 7, grand mean 16/3; MSB = 2 (10/3)^2 + 4 (5/3)^2 = 33.333, MSW = (2 + 8) / 4 =
    2.5, n0 = 6 - 20/6 = 2.6667; 30.8333 / (33.3333 + 1.6667 x 2.5) = .822222."""
    assert intraclass(clusters([[1, 3], [5, 7, 9, 7]]))[0] == pytest.approx(0.822222, abs=1e-6)


def test_clusters_that_differ_less_than_chance_have_a_negative_correlation() -> None:
    """[1, 3], [1, 3]: MSB = 0, so that it is -1 / (n0 - 1) = -1."""
    assert intraclass(clusters([[1, 3], [1, 3]]))[0] == pytest.approx(-1, abs=SUMS)


def test_it_is_the_analysis_of_variance_of_statsmodels() -> None:
    frame = read_data("b_panel2700")
    table = anova_lm(smf.ols("IP ~ C(cluster)", frame).fit())
    between, within = table["mean_sq"]
    n = frame.groupby("cluster").size().to_numpy()
    size = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    expected = (between - within) / (between + (size - 1) * within)
    moments = moments_of(read_rows(frame, ["LG", "IP"], cluster="cluster"))
    assert intraclass(moments)[1] == pytest.approx(expected, abs=SUMS)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_known_correlation_is_recovered(seed: int) -> None:
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    sizes = rng.integers(5, 40, 400)
    unit = np.repeat(np.arange(400), sizes)
    values = np.sqrt(0.2) * rng.normal(size=400)[unit] + np.sqrt(0.8) * rng.normal(size=len(unit))
    moments = moments_of(read_rows(pd.DataFrame({"unit": unit, "IP": values}), ["IP"], cluster="unit"))
    # Four standard errors of the estimator with 400 clusters of about 22 rows (.018).
    assert intraclass(moments)[0] == pytest.approx(0.2, abs=0.07)


def test_a_variable_that_does_not_vary_has_none() -> None:
    flat = Moments(("IP",), np.array([2.0, 2.0]), np.ones((2, 1)), np.zeros((2, 1, 1)), "cluster")
    assert np.isnan(intraclass(flat)[0])


@pytest.mark.parametrize("values", [[[1.0, 2.0, 3.0]], [[1.0], [2.0], [4.0]]])
def test_one_cluster_and_clusters_of_single_rows_are_refused(values: list[list[float]]) -> None:
    with pytest.raises(UseError, match="at least two clusters, and more rows than clusters"):
        intraclass(clusters(values))


@pytest.mark.parametrize(
    ("icc", "size", "cv", "icc_x", "effect"),
    [
        (0.05, 20, 0, 1, 1.95),
        (0.05, 20, 0.5, 1, 2.2),
        (0.05, 20, 0, 0.1, 1.095),
        (0, 20, 0.5, 1, 1),
        (0.3, 1, 0, 1, 1),
    ],
)
def test_design_effects_by_hand(icc: float, size: float, cv: float, icc_x: float, effect: float) -> None:
    """1 + (20 - 1) x .05 = 1.95; 1 + (1.25 x 20 - 1) x .05 = 2.2; 1 + 19 x .05 x .1 = 1.095."""
    assert design_effect(icc, size, cv=cv, icc_x=icc_x) == pytest.approx(effect, abs=SUMS)


def test_it_is_the_factor_by_which_the_variance_of_a_slope_grows() -> None:
    """4,000 samples of 40 clusters of 10, predictor and residual with .3 and .2: 1 + 9 x .06 = 1.54 times sigma^2 / Sxx."""
    rng = np.random.default_rng(np.random.SeedSequence(7))

    def alike(icc: float) -> np.ndarray:
        return np.sqrt(icc) * rng.normal(size=(4000, 40, 1)) + np.sqrt(1 - icc) * rng.normal(
            size=(4000, 40, 10)
        )

    x, e = alike(0.3).reshape(4000, -1), alike(0.2).reshape(4000, -1)
    x -= x.mean(axis=1, keepdims=True)
    scaled = (x * e).sum(axis=1) / np.sqrt((x * x).sum(axis=1))
    # Four standard errors of a variance from 4,000 draws: 4 sqrt(2 / 4,000) = 9 %.
    assert scaled.var() == pytest.approx(design_effect(0.2, 10, icc_x=0.3), rel=0.09)


def test_a_negative_design_effect_is_refused() -> None:
    with pytest.raises(UseError, match=r"a design effect of -8\.0 is impossible"):
        design_effect(-1, 10)
