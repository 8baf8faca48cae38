"""Tables of a path model: the numbers of a model worked by hand, what is left out, and what the caption must say."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from bsc_analysis.errors import fault
from bsc_analysis.exhibits.exhibit import Exhibit
from bsc_analysis.exhibits.pathtables import effects_table, equations_table, fit_table
from bsc_analysis.paths.analysis import analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.moments import Moments
from tests.pathcases import CHAIN, FULL, R, by_year, origin, printed, resampled, study, table_of

SIX = 1e-6  # numbers worked by hand are written with six decimals


def effects_of(analysis: object, **more: object) -> Exhibit:
    return effects_table(analysis, study(), origin(), language="en", **more)  # type: ignore[arg-type]


# ---- equations -------------------------------------------------------------------------------------------------------


def test_equations_are_those_worked_by_hand() -> None:
    """Correlations LG-IP .5, LG-CP .3, IP-CP .4, n = 100.

    IP: b = .5, se = sqrt(.75 / 100) = .086603, z = 5.773503, R2 = .25.
    CP: LG (.3 - .5 x .4) / .75 = .133333, IP (.4 - .5 x .3) / .75 = .333333, R2 = .133333 x .3 + .333333 x .4 = .173333,
    se = sqrt(.826667 / (100 x .75)) = .104987 for both.
    """
    frame = table_of(equations_table(printed(), study(), origin(), language="en")).frame
    assert frame["outcome"].tolist() == ["IP", "CP", "CP"]
    assert frame["predictor"].tolist() == ["LG", "LG", "IP"]
    assert frame["b"].tolist() == pytest.approx([0.5, 0.133333, 0.333333], abs=SIX)
    assert frame["beta"].tolist() == pytest.approx(frame["b"].tolist(), abs=SIX)
    assert frame["standard error of b"].tolist() == pytest.approx([0.086603, 0.104987, 0.104987], abs=SIX)
    assert frame["z"].iloc[0] == pytest.approx(5.773503, abs=SIX)
    assert frame["R² of the outcome"].tolist() == pytest.approx([0.25, 0.173333, 0.173333], abs=SIX)


def test_the_alt_text_names_the_largest_coefficient_even_if_it_is_negative() -> None:
    r = [[1, 0.2, -0.6], [0.2, 1, 0.1], [-0.6, 0.1, 1]]
    moments = Moments.from_correlations(["LG", "IP", "CP"], r, 80)
    analysis = analyse_paths(path_model("IP ~ LG; CP ~ LG"), moments)
    alt = equations_table(analysis, study(), origin(), language="en").alt
    assert alt.en == "Table of 2 coefficients in 2 equations; the largest beta is -0.600, of LG on CP"


def test_a_small_p_is_shown_as_a_bound_by_locale_and_kept_in_full_in_the_frame() -> None:
    exhibit = equations_table(printed(), study(), origin(), language="en")
    assert 0 < table_of(exhibit).frame["p"].iloc[0] < 1e-8
    assert "&lt;0.001</td>" in exhibit._repr_html_()
    assert "&lt;0,001</td>" in replace(exhibit, language="id")._repr_html_()


def test_a_fixed_coefficient_has_neither_error_nor_test() -> None:
    moments = Moments.from_correlations(["LG", "IP", "CP"], R, 100)
    analysis = analyse_paths(path_model("IP ~ 0.5*LG; CP ~ LG + IP"), moments)
    exhibit = equations_table(analysis, study(), origin(), language="en")
    row = table_of(exhibit).frame.iloc[0]
    assert row["b"] == 0.5
    assert all(math.isnan(row[name]) for name in ("standard error of b", "z", "p"))
    assert "–</td>" in exhibit._repr_html_()


# ---- effects ---------------------------------------------------------------------------------------------------------


def test_effects_stand_with_their_ends_and_without_repeats() -> None:
    """LG on CP: direct .133333, through IP .5 x .333333 = .166667, in total .3; the sums of one path are left out."""
    frame = table_of(effects_of(printed())).frame
    rows = list(zip(frame["from"], frame["to"], frame["kind"], frame["via"], strict=True))
    assert rows == [
        ("LG", "IP", "direct", ""),
        ("LG", "CP", "direct", ""),
        ("LG", "CP", "specific indirect", "IP"),
        ("LG", "CP", "total effect", ""),
        ("IP", "CP", "direct", ""),
    ]
    assert frame["b"].tolist() == pytest.approx([0.5, 0.133333, 0.166667, 0.3, 0.333333], abs=SIX)
    assert (frame["lower b"] < frame["b"]).all()
    assert (frame["b"] < frame["upper b"]).all()
    assert (frame["upper beta"] > frame["lower beta"]).all()


def test_verdicts_belong_to_their_effects() -> None:
    analysis = printed()
    frame = table_of(effects_of(analysis)).frame
    told = dict(
        zip(map(str, analysis.effects.names), (each.verdict for each in analysis.judgements), strict=True)
    )
    assert frame["verdict"].tolist() == [
        told[name] for name in ("LG -> IP", "LG -> CP", "LG -> IP -> CP", "total LG -> CP", "IP -> CP")
    ]
    assert set(frame["verdict"]) == {"relevant", "inconclusive"}


def test_a_contrast_brings_a_column_of_names() -> None:
    analysis = printed(contrasts=(("LG -> CP", "LG -> IP -> CP"),))
    frame = table_of(effects_of(analysis)).frame
    last = frame.iloc[-1]
    assert (last["effect"], last["from"], last["kind"]) == ("(LG → CP) − (LG → IP → CP)", "", "contrast")
    assert last["b"] == pytest.approx(0.133333 - 0.166667, abs=SIX)
    assert "effect" not in table_of(effects_of(printed())).frame


def test_the_caption_says_how_every_number_was_made() -> None:
    caption = effects_of(by_year()).caption.en
    for part in (
        "n = 2,700 rows in 60 clusters.",
        "Standard errors: robust to clusters (sandwich, G / (G − 1)).",
        "Intervals: 95 %, delta method.",
        "beta is standardised by the standard deviations that the model implies",
        "a smallest effect of interest of 0.10 (SESOI), which the author states and the data do not give",
    ):
        assert part in caption


def test_the_caption_of_a_bootstrap_says_replicates_and_seed_and_where_errors_come_from() -> None:
    caption = effects_of(resampled()).caption.en
    assert "Intervals: 95 %, percentile bootstrap, 1,000 replicates, seed 7." in caption
    assert "Standard errors of effects: standard deviations of the replicates." in caption
    assert "expected information" not in caption


def test_notes_of_the_effects_stand_in_the_caption() -> None:
    analysis = printed()
    noted = replace(analysis, effects=replace(analysis.effects, notes=(fault("follows"),)))
    assert effects_of(noted).caption.en.endswith(" Follows.")


def test_the_alt_text_counts_the_verdicts_of_the_rows_shown() -> None:
    exhibit = effects_of(by_year())
    verdicts = table_of(exhibit).frame["verdict"].tolist()
    counts = {word: verdicts.count(word) for word in ("relevant", "negligible", "inconclusive")}
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    assert exhibit.alt.en == f"Table of {len(verdicts)} effects: {told}"


def test_what_the_data_are_stands_on_the_face_of_a_table() -> None:
    assert "Synthetic twin: made data" in effects_of(by_year())._repr_html_()


# ---- fit -------------------------------------------------------------------------------------------------------------


def test_a_saturated_model_says_that_measures_do_not_apply() -> None:
    exhibit = fit_table(printed(), study(), origin(), language="en")
    frame = table_of(exhibit).frame
    assert frame["measures of fit"].tolist() == ["saturated: not applicable"]
    assert not {"CFI", "RMSEA", "chi-square", "p"} & set(frame)
    assert frame["df"].tolist() == [0]
    assert "fits any data perfectly" in exhibit.caption.en
    assert "saturated" in exhibit.alt.en


def test_a_restricted_model_has_the_measures_worked_by_hand() -> None:
    """Without LG -> CP: partial correlation (.3 - .5 x .4) / sqrt(.75 x .84) = .125988, T = -100 log(1 - .015873) = 1.6000.

    RMSEA = sqrt(.6000 / 100) = .0775.
    """
    exhibit = fit_table(printed(CHAIN), study(), origin(), language="en")
    row = table_of(exhibit).frame.iloc[0]
    assert (row["measures of fit"], row["df"], row["rows"]) == ("over-identified", 1, 100)
    assert row["chi-square"] == pytest.approx(1.6000, abs=1e-4)
    assert row["RMSEA"] == pytest.approx(0.0775, abs=1e-4)
    assert row["lower RMSEA"] <= row["RMSEA"] <= row["upper RMSEA"]
    assert "RMSEA with its 90 % interval" in exhibit.caption.en
    assert exhibit.alt.en.startswith("Table of fit: chi-square 1.600 with 1 degrees of freedom")


def test_rows_left_out_are_counted_in_the_caption() -> None:
    analysis = printed()
    fewer = replace(analysis, fit=replace(analysis.fit, dropped=12))
    assert (
        "12 incomplete rows left out (listwise)."
        in fit_table(fewer, study(), origin(), language="en").caption.en
    )
    every = replace(analysis, fit=replace(analysis.fit, missing="fiml"))
    assert "every known value of incomplete rows used (fiml)" in effects_of(every).caption.en


def test_both_languages_have_the_same_numbers() -> None:
    exhibit = effects_of(printed(FULL))
    english, indonesian = table_of(exhibit, "en").frame, table_of(exhibit, "id").frame
    assert (
        english.select_dtypes("number").to_numpy().tolist()
        == indonesian.select_dtypes("number").to_numpy().tolist()
    )
    assert len(set(indonesian.columns)) == len(english.columns)
    assert "0,10 (SESOI)" in exhibit.caption.id
