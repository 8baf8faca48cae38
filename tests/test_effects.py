"""Effects with intervals: lavaan's, by the delta method and by simulation, and shares that are mediated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bsc_analysis.errors import UseError
from bsc_analysis.paths.effects import decompose, share_mediated
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from bsc_analysis.paths.rows import read_rows
from tests.oracle import ESTIMATES, EXPECTED_SE, ROBUST_SE, STANDARDISED_SE, read_data, read_result

MODELS = {
    "full": path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"),
    "over": path_model("IP ~ LG; CP ~ IP; SH ~ IP + CP"),
    "chain": path_model("IP ~ LG; CP ~ IP; SH ~ CP"),
}
NAMED = {
    "ind_LG_IP_CP": "LG -> IP -> CP",
    "tot_LG_CP": "total LG -> CP",
    "ind_LG_IP_SH": "LG -> IP -> SH",
    "ind_LG_CP_SH": "LG -> CP -> SH",
    "ind_LG_IP_CP_SH": "LG -> IP -> CP -> SH",
    "totind_LG_SH": "indirect LG -> SH",
    "tot_LG_SH": "total LG -> SH",
    "ind_IP_CP_SH": "IP -> CP -> SH",
    "tot_IP_SH": "total IP -> SH",
}
# A quantile of 200,000 draws at the ends of a 95 % interval has a standard error of about .006 standard errors of the effect.
QUANTILE = 0.02


@pytest.mark.parametrize("data", ["a", "e", "abad"])
@pytest.mark.parametrize(
    ("kind", "se", "tolerance"), [("ml", "ml", EXPECTED_SE), ("mlr", "robust", ROBUST_SE)]
)
def test_defined_effects_of_the_full_model_are_lavaans(data: str, kind, se, tolerance: float) -> None:
    if data == "abad" and kind == "mlr":
        data = "a"
    result = read_result(f"{data}_full_{kind}")
    effects = decompose(
        fit_path(MODELS["full"], read_rows(read_data(data), MODELS["full"].observed), se=se), interval="delta"
    )
    spoken = [str(name) for name in effects.names]
    compared = [label for label in result.labels if label in NAMED]
    assert len(compared) == len(NAMED)
    for label in compared:
        row, at = result.label(label), spoken.index(NAMED[label])
        assert effects.b[at] == pytest.approx(row.est, rel=ESTIMATES)
        assert effects.se[at] == pytest.approx(row.se, rel=tolerance)
        assert effects.lower[at] == pytest.approx(row.lower, rel=tolerance * 100)
        assert effects.upper[at] == pytest.approx(row.upper, rel=tolerance * 100)
        assert effects.beta[at] == pytest.approx(row.std, rel=ESTIMATES)


def test_standardised_effects_have_the_errors_of_random_predictors() -> None:
    result = read_result("a_full_ml_randx")
    effects = decompose(fit_path(MODELS["full"], read_rows(read_data("a"), MODELS["full"].observed)))
    spoken = [str(name) for name in effects.names]
    for label in (label for label in result.labels if label in NAMED):
        row = result.label(label)
        assert effects.beta_se[spoken.index(NAMED[label])] == pytest.approx(row.std_se, rel=STANDARDISED_SE)


def test_the_delta_method_by_hand() -> None:
    """Sobel: the variance of a b is a^2 var(b) + b^2 var(a), since the two estimates are uncorrelated."""
    moments = Moments.from_correlations(["X", "M", "Y"], [[1, 0.5, 0.2], [0.5, 1, 0.4], [0.2, 0.4, 1]], 100)
    fit = fit_path(path_model("M ~ X; Y ~ M"), moments)
    effects = decompose(fit)
    at = [str(name) for name in effects.names].index("X -> M -> Y")
    a, b = fit.b
    assert effects.se[at] == pytest.approx(
        np.sqrt(a**2 * fit.se[1] ** 2 + b**2 * fit.se[0] ** 2), rel=EXPECTED_SE
    )


def test_monte_carlo_ends_are_quantiles_of_the_product_of_normals() -> None:
    """Against the same quantiles from a million draws of our own."""
    moments = Moments.from_correlations(["X", "M", "Y"], [[1, 0.3, 0.1], [0.3, 1, 0.3], [0.1, 0.3, 1]], 100)
    fit = fit_path(path_model("M ~ X; Y ~ M"), moments)
    effects = decompose(fit, interval="monte_carlo", n_draws=200_000)
    at = [str(name) for name in effects.names].index("X -> M -> Y")
    a, b = (stats.norm(fit.b[i], fit.se[i]).rvs(1_000_000, random_state=i) for i in range(2))
    expected = np.quantile(a * b, [0.025, 0.975])
    assert effects.lower[at] == pytest.approx(expected[0], abs=QUANTILE * effects.se[at])
    assert effects.upper[at] == pytest.approx(expected[1], abs=QUANTILE * effects.se[at])
    # A product of two positive coefficients is skewed to the right: the interval reaches further there.
    assert effects.upper[at] - effects.b[at] > effects.b[at] - effects.lower[at]
    again = decompose(fit, interval="monte_carlo", n_draws=200_000)
    assert again.lower.tolist() == effects.lower.tolist()


def test_contrasts_and_definitions_have_intervals_too() -> None:
    model = path_model("IP ~ a*LG; CP ~ b2*IP + LG; ind := a*b2")
    fit = fit_path(model, read_rows(read_data("a"), model.observed))
    effects = decompose(fit, contrasts=[("LG -> CP", "LG -> IP -> CP")])
    spoken = [str(name) for name in effects.names]
    assert effects.se[spoken.index("ind")] == pytest.approx(
        effects.se[spoken.index("LG -> IP -> CP")], rel=EXPECTED_SE
    )
    contrast = spoken.index("(LG -> CP) - (LG -> IP -> CP)")
    assert effects.b[contrast] == pytest.approx(
        effects.b[spoken.index("LG -> CP")] - effects.b[spoken.index("ind")]
    )
    assert effects.differs[contrast] == (effects.upper[contrast] < 0 or effects.lower[contrast] > 0)


def test_a_share_of_opposite_signs_comes_with_its_warning() -> None:
    r = [[1, 0.5, -0.1], [0.5, 1, 0.4], [-0.1, 0.4, 1]]
    fit = fit_path(path_model("M ~ X; Y ~ X + M"), Moments.from_correlations(["X", "M", "Y"], r, 100))
    assert "opposite signs" in str(share_mediated(fit, "X", "Y").warning)
    r = [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]
    fit = fit_path(path_model("M ~ X; Y ~ X + M"), Moments.from_correlations(["X", "M", "Y"], r, 100))
    share = share_mediated(fit, "X", "Y")
    assert share.warning is None
    assert share.lower < share.value < share.upper
    with pytest.raises(UseError, match="no path leads from M to Y through"):
        share_mediated(fit, "M", "Y")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"interval": "bca"}, "interval 'bca' is unknown, allowed: delta, monte_carlo"),
        ({"level": 95}, "the level 95"),
    ],
)
def test_what_is_not_allowed_is_refused(options: dict[str, object], sentence: str) -> None:
    moments = Moments.from_correlations(["X", "M"], [[1, 0.5], [0.5, 1]], 100)
    with pytest.raises(UseError, match=sentence):
        decompose(fit_path(path_model("M ~ X"), moments), **options)
