"""The cross-check: semopy agrees with every fit, and whoever tampers with a fit is told which number is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bsc_analysis.errors import ModelError, UseError
from bsc_analysis.paths import crosscheck
from bsc_analysis.paths.crosscheck import AGREEMENT, cross_check
from bsc_analysis.paths.estimation import fit_path
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.pathfit import PathFit
from bsc_analysis.paths.reduction import read_moments
from bsc_analysis.paths.scaling import scale
from bsc_analysis.paths.semopyfit import SemopyFit, fit_by_semopy
from bsc_analysis.paths.structure import Structure
from tests.oracle import FOLDER, read_data

TEXTS = {
    "full": "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP",
    "over": "IP ~ LG; CP ~ IP; SH ~ IP + CP",
    "chain": "IP ~ LG; CP ~ IP; SH ~ CP",
}
LATENT = sorted((FOLDER / "latent").glob("*.json"))
# What semopy's optimiser was seen to leave, with room: a tenth of what the cross-check allows.
SEEN = AGREEMENT / 10


@cache
def fitted(data: str, text: str) -> PathFit:
    model = path_model(TEXTS[text])
    return fit_path(model, read_moments(read_data(data), model.observed))


def place(fit: PathFit, name: str) -> int:
    return [str(each) for each in fit.of.parameters].index(name)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("data", ["a", "abad", "b", "c", "e"])
def test_semopy_agrees_with_the_closed_form(data: str, text: str) -> None:
    check = cross_check(fitted(data, text))
    assert check.largest_estimate < SEEN
    assert check.largest_se < SEEN


@pytest.mark.parametrize("path", LATENT, ids=[path.stem for path in LATENT])
def test_semopy_agrees_with_what_has_no_closed_form(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    model = path_model(content["model"])
    table = pd.read_csv(path.with_name(f"{content['data']}.csv"))
    check = cross_check(fit_path(model, read_moments(table, model.observed)))
    assert check.largest_estimate < SEEN
    assert check.largest_se < SEEN


def test_the_result_names_and_holds_both_programs_numbers() -> None:
    fit = fitted("a", "chain")
    check = cross_check(fit)
    assert check.parameters == tuple(map(str, fit.of.parameters))
    np.testing.assert_array_equal(check.estimates, fit.theta)
    np.testing.assert_allclose(check.semopy_estimates, fit.theta, rtol=AGREEMENT)
    assert not np.array_equal(
        check.semopy_estimates, fit.theta
    )  # they agree, but not by being the same numbers
    np.testing.assert_allclose(check.semopy_se, np.sqrt(np.diag(fit.vcov)), rtol=AGREEMENT)


def test_errors_of_other_kinds_are_checked_by_the_ml_errors_of_the_same_fit() -> None:
    model = path_model(TEXTS["over"])
    fit = fit_path(model, read_moments(read_data("b"), model.observed, cluster="cluster"), se="cluster")
    check = cross_check(fit)
    np.testing.assert_allclose(check.se, np.sqrt(np.diag(fitted("b", "over").vcov)), rtol=1e-12)


def test_a_wrong_estimate_is_an_error_that_names_it_alone() -> None:
    fit = fitted("a", "full")
    wrong = fit.theta.copy()
    wrong[place(fit, "CP ~ IP")] *= 1 + 1e-3
    sentence = r"the cross-check failed: CP ~ IP is estimated at ([\d.]+), by semopy at (?!\1)"
    with pytest.raises(ModelError, match=sentence) as caught:
        cross_check(replace(fit, theta=wrong))
    assert sum("is estimated at" in str(each) for each in caught.value.faults) == 1


@pytest.mark.parametrize(("shift", "passes"), [(0.5, True), (2.0, False)])
def test_a_small_estimate_is_held_to_a_tenth_of_a_standardised_unit(shift: float, passes: bool) -> None:
    """SH ~ LG is about -.05 standardised, and counts as .1: it may differ by 1e-5 of .1 sd(SH) / sd(LG)."""
    fit = fitted("a", "full")
    at = place(fit, "SH ~ LG")
    assert abs(fit.beta[at]) < 0.1
    spread = dict(zip(fit.of.observed, np.sqrt(np.diag(fit.covariance)), strict=True))
    shifted = fit.theta.copy()
    shifted[at] += shift * AGREEMENT * 0.1 * spread["SH"] / spread["LG"]
    tampered = replace(fit, theta=shifted)
    if passes:
        assert cross_check(tampered).largest_estimate == pytest.approx(shift * AGREEMENT, rel=0.1)
    else:
        with pytest.raises(ModelError, match="SH ~ LG is estimated at"):
            cross_check(tampered)


def test_counting_a_row_less_is_noticed_in_every_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With n - 1 for n, 899 for 900, standard errors differ by 1 / 1800: fifty times what is allowed."""

    def with_one_row_less(of: Structure, covariance: np.ndarray, n_obs: int) -> SemopyFit | None:
        return fit_by_semopy(of, covariance, n_obs - 1)

    fit = fitted("a", "chain")
    monkeypatch.setattr(crosscheck, "fit_by_semopy", with_one_row_less)
    with pytest.raises(ModelError) as caught:
        cross_check(fit)
    assert len(caught.value.faults) == len(fit.theta)
    assert all("the ml standard error of" in str(each) for each in caught.value.faults)


def test_a_standard_error_that_semopy_cannot_give_is_no_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = fitted("a", "chain")
    unit = scale(fit.model, fit.of, fit.covariance).unit
    reply = SemopyFit(fit.theta / unit, np.full(len(unit), np.nan))
    monkeypatch.setattr(crosscheck, "fit_by_semopy", lambda *_: reply)
    with pytest.raises(ModelError, match="by semopy nan"):
        cross_check(fit)


def test_a_failure_of_semopy_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck, "fit_by_semopy", lambda *_: None)
    with pytest.raises(ModelError, match="semopy finds no solution"):
        cross_check(fitted("a", "chain"))


def test_incomplete_rows_cannot_be_compared() -> None:
    with pytest.raises(UseError, match="needs complete rows"):
        cross_check(replace(fitted("a", "chain"), missing="fiml"))
