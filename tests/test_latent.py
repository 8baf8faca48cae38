"""Models without a closed form, held to lavaan, to their own simulation, and to the ways in which they have no solution."""

from __future__ import annotations

import importlib.util
import json
import logging
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import ModelError
from bsc_analysis.paths import latent
from bsc_analysis.paths.definitions import evaluate_all
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.latent import solve_structure
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments, moments_of
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.rows import read_rows
from bsc_analysis.paths.semopyfit import SemopyFit, fit_by_semopy, semopy_text
from bsc_analysis.paths.structure import Parameter, implied, structure
from tests.oracle import EXPECTED_SE, FIT, FOLDER, STANDARDISED_SE, Result

LATENT = FOLDER / "latent"
MODELS = ["factors", "mixed", "second", "residual", "equal", "fixed", "oddunits", "oddequal"]
# Both programs end with Newton's steps, whose last one squares an error of 1e-8: what remains is rounding.
SOLVED = 1e-11
# The same for numbers that pass through units that differ by factors of a hundred.
RESCALED = 1e-9
FACTORS = "LF =~ l1 + l2 + l3; PF =~ p1 + p2 + p3; SF =~ s1 + s2 + s3; PF ~ LF; SF ~ LF + PF"
PATHS = "IP ~ LG + X; CP ~ LG; SH ~ IP + CP; IP ~~ CP"


@cache
def oracle(name: str) -> Result:
    return Result(name, json.loads((LATENT / f"{name}.json").read_text(encoding="utf-8")))


@cache
def fitted(name: str) -> PathFit:
    content = oracle(name).content
    model = path_model(content["model"])
    table = pd.read_csv(LATENT / f"{content['data']}.csv")
    return fit_path(model, moments_of(read_rows(table, model.observed), by="pool"))


@cache
def simulation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("simulate_latent", LATENT / "simulate_latent.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def key(parameter: Parameter) -> tuple[str, str, str]:
    """Return lavaan's lhs, op and rhs of a parameter."""
    if parameter.kind == "coefficient":
        return parameter.b, "~", parameter.a
    return parameter.a, "=~" if parameter.kind == "loading" else "~~", parameter.b


def theirs(name: str) -> pd.DataFrame:
    """Return lavaan's estimates and standard errors, (p, 2), in the order of our parameters."""
    rows = {(each["lhs"], each["op"], each["rhs"]): each for each in oracle(name).content["pe"]}
    found = []
    for parameter in fitted(name).of.parameters:
        lhs, op, rhs = key(parameter)
        row = rows[(lhs, op, rhs) if (lhs, op, rhs) in rows else (rhs, op, lhs)]
        found.append((row["est"], row["se"]))
    return pd.DataFrame(found, columns=["est", "se"])


def correlated(text: str, names: str, rows: list[list[float]], n: int = 100) -> PathFit:
    return fit_path(path_model(text), Moments.from_correlations(names.split(), rows, n))


@pytest.mark.parametrize("name", MODELS)
def test_every_estimate_is_lavaans(name: str) -> None:
    np.testing.assert_allclose(fitted(name).theta, theirs(name)["est"], rtol=SOLVED)


@pytest.mark.parametrize("name", MODELS)
def test_every_standard_error_is_lavaans(name: str) -> None:
    np.testing.assert_allclose(np.sqrt(np.diag(fitted(name).vcov)), theirs(name)["se"], rtol=EXPECTED_SE)


@pytest.mark.parametrize("name", MODELS)
def test_standardised_coefficients_and_their_errors_are_lavaans(name: str) -> None:
    fit, result = fitted(name), oracle(name)
    rows = [result.row(end, "~", start) for start, end in fit.model.edges]
    np.testing.assert_allclose(fit.beta, [row.std for row in rows], rtol=SOLVED)
    np.testing.assert_allclose(fit.beta_se, [row.std_se for row in rows], rtol=STANDARDISED_SE)


@pytest.mark.parametrize("name", MODELS)
def test_degrees_of_freedom_and_the_likelihood_ratio_are_lavaans(name: str) -> None:
    fit, measures = fitted(name), oracle(name).fit
    assert fit.df == measures["df"]
    # A chi-square is a difference of likelihoods of about -2,000: its last digits are theirs.
    assert 2 * (fit.logl_saturated - fit.logl) == pytest.approx(measures["chisq"], rel=FIT, abs=FIT)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "mixed"])
def test_the_likelihood_given_exogenous_variables_is_lavaans(name: str) -> None:
    # lavaan takes the budget of "mixed" as random, since it covaries with a factor.
    assert fitted(name).logl == pytest.approx(oracle(name).content["fit_fixed_x"]["logl"], rel=FIT)


def test_the_likelihood_of_a_random_exogenous_variable_adds_its_own() -> None:
    fit = fitted("mixed")
    at = fit.of.observed.index("budget")
    own = -fit.n_obs / 2 * (np.log(2 * np.pi * fit.covariance[at, at]) + 1)
    assert fit.logl + own == pytest.approx(oracle("mixed").fit["logl"], rel=FIT)


@pytest.mark.parametrize("name", MODELS)
def test_explained_variance_is_lavaans(name: str) -> None:
    fit, r2 = fitted(name), oracle(name).r2
    np.testing.assert_allclose(fit.r2, [r2[outcome] for outcome in fit.model.endogenous], rtol=SOLVED)


@pytest.mark.parametrize("name", ["factors", "mixed", "residual", "equal"])
def test_defined_quantities_and_their_errors_are_lavaans(name: str) -> None:
    fit, result = fitted(name), oracle(name)
    places = {each.label: at for at, each in enumerate(fit.of.parameters) if each.label}

    def defined(theta: np.ndarray) -> np.ndarray:
        values = {label: theta[at] for label, at in places.items()}
        return np.array(evaluate_all(fit.model.definitions, values))

    assert [each.name for each in fit.model.definitions] == result.labels
    rows = [result.label(each.name) for each in fit.model.definitions]
    np.testing.assert_allclose(defined(fit.theta), [row.est for row in rows], rtol=SOLVED)
    np.testing.assert_allclose(fit.se_of(defined), [row.se for row in rows], rtol=EXPECTED_SE)


@pytest.mark.parametrize(
    ("simulate", "text", "truth"),
    [("factors", FACTORS, "TRUE_FACTORS"), ("paths", PATHS, "TRUE_PATHS")],
    ids=["factors", "paths"],
)
def test_what_was_simulated_is_found_again(simulate: str, text: str, truth: str) -> None:
    """Over five seeds no estimate is four standard errors off, and their mean is within four of its own."""
    draw: Callable[[int], pd.DataFrame] = getattr(simulation(), simulate)
    true: dict[str, float] = getattr(simulation(), truth)
    model = path_model(text)
    away = []
    for seed in range(1, 6):
        fit = fit_path(model, read_rows(draw(seed), model.observed))
        at = {str(each): place for place, each in enumerate(fit.of.parameters)}
        se = np.sqrt(np.diag(fit.vcov))
        away.append([(fit.theta[at[name]] - value) / se[at[name]] for name, value in true.items()])
    z = np.array(away)
    assert np.abs(z).max() < 4
    assert np.abs(z.mean(axis=0)).max() < 4 / np.sqrt(5)


def test_one_factor_of_three_indicators_has_its_hand_solution() -> None:
    """Loadings are sqrt(r12 r13 / r23) and so on: sqrt(.42 x .48 / .56) = .6, .7 and .8.

    With the first loading set to 1 the others are .7/.6 and .8/.6, the factor's variance is .36, and those of the residuals
    are 1 - .36, 1 - .49 and 1 - .64.
    """
    r = [[1, 0.42, 0.48], [0.42, 1, 0.56], [0.48, 0.56, 1]]
    model = path_model("F =~ x1 + x2 + x3")
    of = structure(model)
    theta = dict(zip(map(str, of.parameters), solve_structure(model, of, np.array(r), 100), strict=True))
    expected = {
        "F =~ x2": 7 / 6, "F =~ x3": 8 / 6, "x1 ~~ x1": 0.64, "x2 ~~ x2": 0.51, "x3 ~~ x3": 0.36, "F ~~ F": 0.36,
    }  # fmt: skip
    assert theta == pytest.approx(expected, rel=SOLVED)


@pytest.mark.parametrize("name", ["mixed", "fixed", "oddequal"])
def test_units_of_measurement_do_not_matter(name: str) -> None:
    """The same data in other units imply the same covariances in those units."""
    fit = fitted(name)
    if name == "oddequal":  # equal coefficients bind the units of IP and CP to each other
        factor = {"X": 1e-2, "LG": 50.0, "IP": 3.0, "CP": 3.0, "SH": 50.0}
    else:  # fixed coefficients bind those of the two variables between which they stand
        factor = dict.fromkeys(fit.of.observed, 1e3)
    sizes = np.array([factor[variable] for variable in fit.of.observed])
    theta = solve_structure(fit.model, fit.of, fit.covariance * np.outer(sizes, sizes), fit.n_obs)
    back = implied(fit.of, theta) / np.outer(sizes, sizes)
    np.testing.assert_allclose(back, fit.implied_covariance, rtol=RESCALED)


def test_names_that_semopy_cannot_read_are_no_obstacle() -> None:
    table = pd.read_csv(LATENT / "paths500.csv")
    odd = {"IP": "Internal - process", "CP": "p1", "LG": "x2", "SH": "f1", "X": "1 ~ if"}
    model = path_model(
        '"Internal - process" ~ x2 + "1 ~ if"; p1 ~ x2; f1 ~ "Internal - process" + p1; "Internal - process" ~~ p1'
    )
    fit = fit_path(model, read_rows(table.rename(columns=odd), model.observed))
    np.testing.assert_allclose(np.sort(fit.b), np.sort(fitted("residual").b), rtol=SOLVED)


def test_the_solution_does_not_depend_on_semopy(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = fitted("mixed")
    for reply in (None, SemopyFit(fit.theta * 0 - 1, fit.theta * np.nan)):
        monkeypatch.setattr(latent, "fit_by_semopy", lambda *_, found=reply: found)
        theta = solve_structure(fit.model, fit.of, fit.covariance, fit.n_obs)
        np.testing.assert_allclose(theta, fit.theta, rtol=SOLVED)


def test_semopy_is_loaded_only_by_models_that_need_it() -> None:
    code = (
        "import sys; from bsc_analysis.paths.estimation import fit_path; from bsc_analysis.paths.model import path_model;"
        "from bsc_analysis.paths.moments import Moments;"
        "fit_path(path_model('IP ~ LG'), Moments.from_correlations(['LG', 'IP'], [[1, 0.3], [0.3, 1]], 50));"
        "assert 'semopy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_semopy_leaves_logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself it would install a handler on a root logger that has none, as outside of tests."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert fit_by_semopy(structure(path_model("F =~ x1 + x2 + x3")), np.eye(3) / 2 + 0.5, 50) is not None
    assert logging.getLogger().handlers == []


def test_what_semopy_cannot_estimate_is_none() -> None:
    of = structure(path_model("IP ~ LG"))
    assert fit_by_semopy(of, np.array([[1.0, np.nan], [np.nan, 1.0]]), 50) is None


def test_everything_is_stated_to_semopy() -> None:
    of = structure(path_model("F =~ a + m*b + c; G =~ d + m*e; y ~ -0.25*F + G; b ~~ e"))
    assert semopy_text(of).splitlines() == [
        "f1 =~ -0.25*x1", "f2 =~ p0*x1",
        "f1 =~ 1.*x2", "f1 =~ p1*x3", "f1 =~ p2*x4", "f2 =~ 1.*x5", "f2 =~ p1*x6",
        "f1 ~~ p10*f1", "f1 ~~ p11*f2", "f2 ~~ p12*f2",
        "x1 ~~ p3*x1", "x2 ~~ p4*x2", "x3 ~~ p5*x3", "x3 ~~ p9*x6", "x4 ~~ p6*x4", "x5 ~~ p7*x5", "x6 ~~ p8*x6",
    ]  # fmt: skip


def test_a_negative_variance_is_named() -> None:
    """With r12 = .9, r13 = .8, r23 = .5 a loading is sqrt(.9 x .8 / .5) = 1.2, which leaves 1 - 1.44 = -.44."""
    with pytest.raises(ModelError, match=r"the estimate of x1 ~~ x1 is -0\.44, expected a variance above 0"):
        correlated("F =~ x1 + x2 + x3", "x1 x2 x3", [[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])


def test_a_negative_variance_is_told_in_the_units_of_the_data() -> None:
    """With a standard deviation of 10 it is a hundred times as large, times 99 / 100 for the divisor n."""
    r = [[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]]
    moments = Moments.from_correlations(["x1", "x2", "x3"], r, 100, sd=[10, 1, 1])
    with pytest.raises(ModelError, match=r"the estimate of x1 ~~ x1 is -43\.56"):
        fit_path(path_model("F =~ x1 + x2 + x3"), moments)


def test_factors_that_correlate_beyond_one_are_named() -> None:
    """Indicators correlate .3 within and .45 between factors: .45 / .3 = 1.5."""
    r = [[1, 0.3, 0.45, 0.45], [0.3, 1, 0.45, 0.45], [0.45, 0.45, 1, 0.3], [0.45, 0.45, 0.3, 1]]
    with pytest.raises(
        ModelError, match=r"the estimated correlation of F and G is 1\.500, expected one between -1"
    ):
        correlated("F =~ x1 + x2; G =~ y1 + y2", "x1 x2 y1 y2", r)


def test_factors_whose_correlations_contradict_each_other_are_named() -> None:
    """Factors with correlations .9, .9 and .2: F is nearly both G and H, which are nearly unrelated."""
    between = np.array([[1, 0.9, 0.9], [0.9, 1, 0.2], [0.9, 0.2, 1]])
    r = np.kron(between, np.full((2, 2), 0.5))
    np.fill_diagonal(r, 1.0)
    with pytest.raises(ModelError, match="covariance matrix of F, G, H is not positive definite"):
        correlated("F =~ x1 + x2; G =~ y1 + y2; H =~ z1 + z2", "x1 x2 y1 y2 z1 z2", r.tolist())


def test_what_the_data_leave_open_is_named() -> None:
    """Two indicators determine a factor only through what it is related to, and here that is nothing."""
    r = [[1, 0.5, 0, 0], [0.5, 1, 0, 0], [0, 0, 1, 0.4], [0, 0, 0.4, 1]]
    with pytest.raises(ModelError, match=r"the data leave F =~ x2, .*undetermined"):
        correlated("F =~ x1 + x2; y ~ F + z", "x1 x2 y z", r)


def test_a_search_without_end_says_what_is_least_determined() -> None:
    """CP ~ IP has only the instruments LG and X to go by, which are unrelated to IP: it runs off to infinity."""
    r = [[1, 0, 0, 0.2], [0, 1, 0, 0.2], [0, 0, 1, 0.5], [0.2, 0.2, 0.5, 1]]
    sentence = r"no maximum of the likelihood was found from \d starts; least determined is IP ~~ CP"
    with pytest.raises(ModelError, match=sentence):
        correlated("IP ~ LG + X; CP ~ IP; IP ~~ CP", "LG X IP CP", r)


def test_the_stored_data_are_what_the_script_makes(tmp_path: Path) -> None:
    simulation().main(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (LATENT / path.name).read_bytes(), path.name
