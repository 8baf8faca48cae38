"""Unmeasured confounders: published numbers, the algebra of the regression that includes them, and the edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths.confounding import adjust, bound_strength, partial_r2, robustness_value

# Exposure to violence and attitudes to peace in Darfur (Cinelli and Hazlett 2020, section 5), as R's sensemakr has it in
# its tests: b, se, df.
DARFUR = (0.09731582, 0.02325654, 783)
# They are printed with five to eight digits there.
PRINTED = 1e-5
# Least squares solved twice on a few hundred rows.
SOLVER = 1e-9


def test_darfur_has_the_published_robustness() -> None:
    """Partial R2 2.2 %, robustness values 13.9 % and, for significance at .05, 7.6 %."""
    assert partial_r2(*DARFUR) == pytest.approx(0.02187309, abs=PRINTED)
    assert robustness_value(*DARFUR) == pytest.approx(0.1387764, abs=PRINTED)
    assert robustness_value(*DARFUR, alpha=0.05) == pytest.approx(0.07625797, abs=PRINTED)


@pytest.mark.parametrize(
    ("times", "r2_cause", "r2_outcome", "b", "se", "t", "lower", "upper"),
    [
        (1, 0.00916428667504862, 0.12464092303637, 0.0752202698, 0.0218733298, 3.4389034739, 0.0322829603, 0.1181575794),
        (2, 0.0183285733500972, 0.249324064199975, 0.0529151689, 0.0203500640, 2.6002458239, 0.0129680276, 0.0928623102),
        (3, 0.0274928600251459, 0.374050471038094, 0.0303960179, 0.0186700666, 1.6280615687, -0.0062532913, 0.0670453271),
    ],
)  # fmt: skip
def test_darfur_has_the_published_bounds(
    times: float,
    r2_cause: float,
    r2_outcome: float,
    b: float,
    se: float,
    t: float,
    lower: float,
    upper: float,
) -> None:
    """A confounder one to three times as strong as being female: the same regression adjusted, printed to ten digits."""
    adjusted = adjust(*DARFUR, r2_cause=r2_cause, r2_outcome=r2_outcome)
    np.testing.assert_allclose([adjusted.b, adjusted.se, adjusted.t], [b, se, t], rtol=0, atol=1e-9)
    # There the interval has the quantile of df, here that of df - 1, as the regression with the confounder would.
    np.testing.assert_allclose([adjusted.lower, adjusted.upper], [lower, upper], rtol=0, atol=1e-7)
    # What female explains is not printed. It follows from the bounds of a confounder just as strong, since c = R / (1 - R)
    # and 1 + sqrt(h) over sqrt(1 - h), with h = R^2 / (1 - R)^2, are then known.
    cause, outcome = 0.00916428667504862, 0.12464092303637
    with_cause = cause / (1 + cause)
    odds = outcome * (1 - cause**2) / (1 + cause) ** 2
    bounds = bound_strength(with_cause, odds / (1 + odds), times=times)
    assert bounds == pytest.approx((r2_cause, r2_outcome), abs=SOLVER)


def test_a_robustness_value_by_hand() -> None:
    """t = 2, df = 100: f^2 = .04; (sqrt(.0016 + .16) - .04) / 2 = (.401995 - .04) / 2 = .180998."""
    assert robustness_value(1, 0.5, 100) == pytest.approx(0.180998, abs=1e-6)


@given(b=st.floats(-2, 2), df=st.integers(10, 2000), q=st.sampled_from([0.5, 1.0]))
def test_a_confounder_as_strong_as_the_robustness_value_takes_the_share_away(
    b: float, df: int, q: float
) -> None:
    rv = float(robustness_value(b, 0.1, df, q=q))
    left = adjust(b, 0.1, df, r2_cause=rv, r2_outcome=rv).b
    assert left == pytest.approx((1 - q) * b, abs=SOLVER)


@given(b=st.floats(0.3, 2), df=st.integers(10, 2000))
def test_a_confounder_as_strong_as_its_second_value_takes_the_significance_away(b: float, df: int) -> None:
    critical = stats.t.ppf(0.975, df - 1)
    rv = float(robustness_value(b, 0.1, df, alpha=0.05))
    # Where the path is very strong the outcome is explained wholly, and what is left is judged by the bias alone.
    is_equal = b / 0.1 / math.sqrt(df) * critical / math.sqrt(df - 1) < 1
    left = adjust(b, 0.1, df, r2_cause=rv, r2_outcome=rv).t
    assert (float(left) == pytest.approx(critical, abs=1e-6)) if is_equal and rv > 0 else rv >= 0


def test_a_path_that_is_not_significant_has_no_significance_to_lose() -> None:
    assert robustness_value(0.1, 0.1, 100, alpha=0.05) == 0


def test_a_very_strong_path_falls_to_a_confounder_that_explains_less_of_the_outcome() -> None:
    """f = 3, df = 10: f times the critical 2.262 / 3 exceeds 1; (9 - .5686) / 10 = .8431."""
    b, df = 3 * math.sqrt(10) * 0.1, 10
    critical = stats.t.ppf(0.975, 9) / 3
    assert robustness_value(b, 0.1, df, alpha=0.05) == pytest.approx((9 - critical**2) / 10, abs=SOLVER)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_a_confounder_that_was_measured_is_recovered_from_its_strengths(seed: int) -> None:
    """The adjusted estimate, error and t are those of the regression with the confounder, to the last digits."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    x, u = rng.normal(size=(2, 300))
    m = 0.4 * x + 0.6 * u + rng.normal(size=300)
    y = 0.2 * m + 0.1 * x + 0.5 * u + rng.normal(size=300)
    frame = pd.DataFrame({"x": x, "u": u, "m": m, "y": y})
    without, whole = smf.ols("y ~ m + x", frame).fit(), smf.ols("y ~ m + x + u", frame).fit()
    cause = smf.ols("m ~ x + u", frame).fit()
    adjusted = adjust(
        without.params["m"], without.bse["m"], without.df_resid,
        r2_cause=partial_r2(cause.params["u"], cause.bse["u"], cause.df_resid),
        r2_outcome=partial_r2(whole.params["u"], whole.bse["u"], whole.df_resid),
    )  # fmt: skip
    assert adjusted.b == pytest.approx(whole.params["m"], abs=SOLVER)
    assert adjusted.se == pytest.approx(whole.bse["m"], abs=SOLVER)
    assert (adjusted.lower, adjusted.upper) == pytest.approx(tuple(whole.conf_int().loc["m"]), abs=SOLVER)
    # Four standard errors: what was simulated, .2, is what including the confounder gives back.
    assert adjusted.b == pytest.approx(0.2, abs=4 * float(adjusted.se))
    assert without.params["m"] > 0.2 + 2 * without.bse["m"]


def test_strengths_may_be_a_grid() -> None:
    grid = np.array([0.0, 0.1, 0.2])
    adjusted = adjust(*DARFUR, r2_cause=grid[:, None], r2_outcome=grid)
    assert adjusted.b.shape == (3, 3)
    assert adjusted.b[0] == pytest.approx(DARFUR[0], abs=SOLVER)


def test_a_confounder_that_explains_the_whole_outcome_leaves_no_error() -> None:
    adjusted = adjust(*DARFUR, r2_cause=partial_r2(*DARFUR), r2_outcome=1)
    assert adjusted.b == pytest.approx(0, abs=SOLVER)
    assert adjusted.se == 0
    assert np.isnan(adjusted.t)


def test_no_confounder_can_be_much_stronger_than_a_strong_variable() -> None:
    """3 x .3 / .7 = 1.29 of the cause is more than there is; .9 of the outcome is all of it."""
    cause, outcome = bound_strength(0.3, 0.2, times=3)
    assert cause == pytest.approx(9 / 7, abs=SOLVER)
    assert math.isnan(outcome)
    assert bound_strength(0.1, 0.6, times=3)[1] == 1


def test_strengths_that_are_no_shares_are_refused_together() -> None:
    with pytest.raises(UseError) as caught:
        adjust(*DARFUR, r2_cause=[0.5, 1.0], r2_outcome=-0.1)
    assert str(caught.value).splitlines() == [
        "the strength r2_cause of a confounder is 1.0, allowed: from 0 up to, but without, 1",
        "the strength r2_outcome of a confounder is -0.1, allowed: from 0 to 1",
    ]


def test_shares_and_levels_out_of_range_are_refused() -> None:
    with pytest.raises(UseError) as caught:
        robustness_value(*DARFUR, q=0, alpha=1)
    assert str(caught.value).splitlines() == [
        "alpha is 1, allowed: above 0 and below 1",
        "the share of an effect to be explained away, q, is 0, allowed: above 0",
    ]
    with pytest.raises(UseError, match="alpha is 0, allowed: above 0 and below 1"):
        adjust(*DARFUR, r2_cause=0.1, r2_outcome=0.1, alpha=0)
    with pytest.raises(
        UseError, match="a confounder 0 times as strong as a variable cannot be weighed, allowed: above 0"
    ):
        bound_strength(0.1, 0.1, times=0)
