"""The panel: pairs of consecutive years, the model across them, statsmodels' numbers for it, and truth recovered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import DataError, ModelError, UseError
from bsc_analysis.paths.effects import decompose
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.panel import read_panel
from bsc_analysis.paths.panelmodel import fit_panel, panel_model
from tests.oracle import read_data

EXACT = 1e-10
FULL = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
CHAIN = path_model("IP ~ LG; CP ~ IP")


def table(*rows: tuple[object, object, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "year", "LG"])


def test_pairs_by_hand() -> None:
    """a has three years, and thus two pairs; b skips 2016; c has one year; d two, given later year first."""
    frame = table(
        ("a", 2016, 2), ("b", 2015, 9), ("a", 2015, 1), ("c", 2016, 8), ("a", 2017, 3), ("b", 2017, 7), ("d", 2017, 6),
        ("d", 2016, 5),
    )  # fmt: skip
    panel = read_panel(frame, ["LG"], unit="unit", year="year")
    assert panel.rows.names == ("LG", "LG_lag")
    assert panel.rows.values.tolist() == [[2, 1], [3, 2], [6, 5]]
    assert [panel.rows.cluster.labels[code] for code in panel.rows.cluster.code] == ["a", "a", "d"]
    assert [panel.rows.group.labels[code] for code in panel.rows.group.code] == ["2016", "2017", "2017"]
    assert (panel.n_pairs, panel.n_units, panel.n_single, panel.rows.dropped) == (3, 2, 2, 0)
    counted = [(each.before, each.after, each.n_pairs) for each in panel.transitions]
    assert counted == [(2015, 2016, 1), (2016, 2017, 2)]


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(2010, 2016)), min_size=1), st.randoms())
def test_pairs_are_those_of_a_join_on_the_year_after(keys: set[tuple[int, int]], random) -> None:
    shuffled = sorted(keys)
    random.shuffle(shuffled)
    frame = pd.DataFrame(shuffled, columns=["unit", "year"])
    frame["LG"] = frame["unit"] * 10_000.0 + frame["year"]
    frame = pd.concat([frame, table((98, 1990, 1.0), (98, 1991, 2.0))])
    before = frame.assign(year=frame["year"] + 1)
    joined = frame.merge(before, on=["unit", "year"], suffixes=("", "_lag"))
    panel = read_panel(frame, ["LG"], unit="unit", year="year")
    expected = sorted(joined[["LG", "LG_lag"]].to_numpy().tolist())
    assert sorted(panel.rows.values.tolist()) == expected
    assert panel.n_units == joined["unit"].nunique()
    assert panel.n_units + panel.n_single == frame["unit"].nunique()
    assert sum(each.n_pairs for each in panel.transitions) == panel.n_pairs == len(joined)


@pytest.mark.parametrize("years", [(2015, 2016), (2015.0, 2016.0), ("2015", "2016"), ("2015", "2016.0")])
def test_years_are_numbers_however_a_file_holds_them(years: tuple) -> None:
    panel = read_panel(table(("a", years[0], 1), ("a", years[1], 2)), ["LG"], unit="unit", year="year")
    assert (panel.transitions[0].before, panel.transitions[0].after) == (2015, 2016)


def test_frames_of_other_engines_are_read() -> None:
    frame = pl.DataFrame({"unit": ["a", "a"], "year": [2015, 2016], "LG": [1.0, None], "IP": [3.0, 4.0]})
    frame = pl.concat([frame, frame.with_columns(unit=pl.lit("b"), LG=pl.lit(2.0), IP=pl.lit(7.0))])
    panel = read_panel(frame, ["LG", "IP"], unit="unit", year="year")
    np.testing.assert_array_equal(panel.rows.values, [[np.nan, 4, 1, 3], [2, 7, 2, 7]])


def test_a_row_without_any_value_is_a_gap() -> None:
    frame = table(
        ("a", 2015, 1), ("a", 2016, np.nan), ("a", 2017, 3), ("b", 2015, 2), ("b", 2016, 4)
    )  # fmt: skip
    panel = read_panel(frame, ["LG"], unit="unit", year="year")
    assert panel.rows.values.tolist() == [[4, 2]]
    assert (panel.n_units, panel.n_single, panel.rows.dropped) == (1, 1, 1)


def test_units_with_a_year_twice_are_each_named() -> None:
    frame = table(
        ("a", 2015, 1), ("a", 2015, 2), ("a", 2016, 3), ("b", 2016, 4), ("b", 2016, 5), ("b", 2016, 6), ("c", 2015, 7)
    )  # fmt: skip
    with pytest.raises(DataError) as refused:
        read_panel(frame, ["LG"], unit="unit", year="year")
    assert [str(each) for each in refused.value.faults] == [
        "unit a has 2 rows in year 2015: one row for each unit and year is expected",
        "unit b has 3 rows in year 2016: one row for each unit and year is expected",
    ]
    with pytest.raises(DataError, match="unit a has 2 rows in year 2015"):
        read_panel(table(("a", "2015", 1), ("a", "2015.0", 2)), ["LG"], unit="unit", year="year")


def test_years_that_are_none_are_each_named() -> None:
    frame = table(("a", "2015", 1), ("a", "FY16", 2), ("a", "2017.5", 3), ("a", "inf", 4), ("a", "nan", 5))
    with pytest.raises(DataError) as refused:
        read_panel(frame, ["LG"], unit="unit", year="year")
    assert [str(each) for each in refused.value.faults] == [
        f"'year' '{got}' is no year: expected a whole number" for got in ("FY16", "2017.5", "inf", "nan")
    ]


def test_data_without_consecutive_years_are_refused() -> None:
    frame = table(("a", 2015, 1), ("a", 2017, 2), ("b", 2016, 3))
    with pytest.raises(
        DataError, match="no unit has two consecutive years; the values of year are 2015, 2016, 2017"
    ):
        read_panel(frame, ["LG"], unit="unit", year="year")


def test_names_that_are_taken_are_refused() -> None:
    frame = table(("a", 2015, 1), ("a", 2016, 2)).assign(LG_lag=[3.0, 4.0], IP_lag=[1.0, 2.0])
    with pytest.raises(UseError) as refused:
        read_panel(frame, ["LG", "LG_lag", "IP_lag"], unit="unit", year="year")
    assert [str(each)[:22] for each in refused.value.faults] == [
        "'LG_lag' ends in _lag,",
        "'IP_lag' ends in _lag,",
    ]
    with pytest.raises(
        ModelError, match="'LG_lag' is a variable of the model and what the year before of 'LG'"
    ):
        panel_model(path_model("IP ~ LG + LG_lag"))


def test_the_model_across_years_has_each_path_twice_and_each_outcomes_past() -> None:
    model = panel_model(FULL)
    assert set(model.edges) == {
        *FULL.edges,
        *((start + "_lag", end) for start, end in FULL.edges),
        *((outcome + "_lag", outcome) for outcome in FULL.endogenous),
    }
    assert set(model.exogenous) == {"LG", "LG_lag", "IP_lag", "CP_lag", "SH_lag"}


def test_fixed_and_named_coefficients_and_definitions_are_those_of_the_same_year() -> None:
    model = panel_model(path_model('IP ~ a*"Laba Bersih"; CP ~ 0.25*IP; double := 2*a'))
    assert model.fixed_value(("IP", "CP")) == 0.25
    assert model.fixed_value(("IP_lag", "CP")) is None
    assert model.label_of(("Laba Bersih", "IP")) == "a"
    assert model.label_of(("Laba Bersih_lag", "IP")) is None
    assert [each.name for each in model.definitions] == ["double"]


def test_other_models_are_refused() -> None:
    with pytest.raises(ModelError, match="made from a model without latent variables, residual covariances"):
        panel_model(path_model("IP ~ LG; CP ~ LG; IP ~~ CP"))


def test_coefficients_and_errors_are_those_of_regressions_by_unit() -> None:
    """Equation by equation as statsmodels has it, whose covariance summed within units is ours but for C / (C - 1)."""
    panel = read_panel(read_data("b"), FULL.observed, unit="unit", year="year")
    assert (panel.n_pairs, panel.n_units, panel.n_single) == (1800, 900, 0)
    fit = fit_panel(FULL, panel)
    pairs = pd.DataFrame(panel.rows.values, columns=panel.rows.names)
    clusters = {"groups": panel.rows.cluster.code, "use_correction": False}
    factor = np.sqrt(900 / 899)
    for at, outcome in enumerate(FULL.endogenous):
        terms = [outcome + "_lag", *(name + lag for name in FULL.predictors(outcome) for lag in ("", "_lag"))]
        regression = smf.ols(f"{outcome} ~ {' + '.join(terms)}", pairs).fit(
            cov_type="cluster", cov_kwds=clusters
        )
        assert fit.persistence[at] == pytest.approx(
            [regression.params[outcome + "_lag"], regression.bse[outcome + "_lag"] * factor], rel=EXACT
        )
        for path in (each for each in fit.paths if each.end == outcome):
            for name, b, se in (
                (path.start, path.b, path.se),
                (path.start + "_lag", path.lag_b, path.lag_se),
            ):
                assert b == pytest.approx(regression.params[name], rel=EXACT)
                assert se == pytest.approx(regression.bse[name] * factor, rel=EXACT)
    assert [(each.start, each.end) for each in fit.paths] == list(FULL.edges)
    assert "LG_lag -> IP -> CP -> SH" in [str(name) for name in decompose(fit.fit).names]


def simulated(seed: int, lagged: float, *, gap: bool = False) -> pd.DataFrame:
    """Return four years of 300 units: within a year LG -> IP .3 and IP -> CP .4; a year later ``lagged`` for each path; what
    was persists by half. With a gap, one year in five of a unit is not there."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    LG, IP, CP = rng.normal(size=(3, 300))
    parts = []
    for year in range(2014, 2020):
        new = 0.5 * LG + rng.normal(size=300)
        process = 0.5 * IP + 0.3 * new + lagged * LG + rng.normal(size=300)
        CP = 0.5 * CP + 0.4 * process + lagged * IP + rng.normal(size=300)
        LG, IP = new, process
        parts.append(pd.DataFrame({"unit": range(300), "year": year, "LG": LG, "IP": IP, "CP": CP}))
    frame = pd.concat(parts[2:])
    return frame[rng.random(len(frame)) > 0.2] if gap else frame


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("lagged", [0.0, 0.25])
@pytest.mark.parametrize("gap", [False, True])
def test_effects_within_and_across_years_are_recovered(seed: int, lagged: float, gap: bool) -> None:
    panel = read_panel(simulated(seed, lagged, gap=gap), CHAIN.observed, unit="unit", year="year")
    assert (panel.n_pairs == 900) is not gap
    fit = fit_panel(CHAIN, panel)
    for path, b in zip(fit.paths, (0.3, 0.4), strict=True):
        assert abs(path.b - b) < 4 * path.se
        assert abs(path.lag_b - lagged) < 4 * path.lag_se
        assert path.p < 1e-4
        assert (path.lag_p < 1e-3) is (lagged > 0)
        assert path.lag_se < 0.08
    assert (np.abs(fit.persistence[:, 0] - 0.5) < 4 * fit.persistence[:, 1]).all()


def test_incomplete_pairs_are_left_out_or_used_as_asked() -> None:
    frame = simulated(1, 0.25)
    frame.loc[np.random.default_rng(2).random(len(frame)) < 0.1, "CP"] = np.nan
    panel = read_panel(frame, CHAIN.observed, unit="unit", year="year")
    assert (panel.n_pairs, panel.rows.dropped) == (900, 0)
    listwise = fit_panel(CHAIN, panel)
    assert listwise.fit.n_obs == int((~np.isnan(panel.rows.values).any(axis=1)).sum()) < 900
    fiml = fit_panel(CHAIN, panel, se="ml", missing="fiml")
    assert fiml.fit.n_obs == 900
    assert abs(fiml.paths[1].lag_b - 0.25) < 4 * fiml.paths[1].lag_se
