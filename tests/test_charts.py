"""The figures of scores and of the reproduction: what they show, in which words, and that nothing covers anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from inspect import unwrap
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from bsc_analysis.evidence.audit import audit
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.exhibits.cards import MOST_YEARS
from bsc_analysis.exhibits.charts import achievement_figure, scorecard_figure
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, provenance
from bsc_analysis.exhibits.export import export
from bsc_analysis.exhibits.reproduction import MOST_ROWS, reproduction_figure
from bsc_analysis.exhibits.style import (
    BAND_MARKS,
    DOUBLE,
    IMPLIED,
    MARKER,
    NO_DATA,
    PRINTED,
    RECOMPUTED,
    SINGLE,
    UNBANDED,
    VERDICT_MARKS,
    Mark,
    mark_band,
    new_figure,
    tint,
)
from bsc_analysis.exhibits.yearly import yearly_figure
from bsc_analysis.files import read_rules
from bsc_analysis.language import words
from bsc_analysis.language.words import LANGUAGES, Label, Language
from bsc_analysis.scorecards.bands import Bands
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.scorecards.scoring import Scores, score
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import Study, read_study

MM = 25.4
Drawn = Callable[[], Exhibit]  # remembers what it drew; unwrapped, it draws anew


# ---- what is drawn ---------------------------------------------------------------------------------------------------


def bantaeng(**choices: Any) -> tuple[Scores, Study]:
    study = read_study("bantaeng")
    study = replace(study, rules=vary(study.rules, **choices))
    return score(study.observations, study.rules), study


def ministry() -> tuple[Scores, Study]:
    """Three years under the KKP rules, with a year without customer data and an achievement far above the cap."""
    study = read_study("kkp")
    actuals = {
        "learning_growth": (88.0, 101.0, 101.0),
        "internal_process": (71.0, 94.3, 117.0),
        "customer": (71.0, None, 250.0),
        "stakeholder": (101.0, 86.0, 97.65),
    }
    rows = [
        {"unit": "KKP", "year": year, "perspective": name, "indicator": name[:3], "weight": 1.0, "target": 100.0, "actual": got}
        for name, values in actuals.items()
        for year, got in zip((2015, 2016, 2017), values, strict=True)
    ]  # fmt: skip
    return score(pd.DataFrame(rows), study.rules), study


@cache
def scorecard() -> Exhibit:
    scores, study = bantaeng()
    return scorecard_figure(scores, study, provenance(study), language="en")


@cache
def ministry_scorecard() -> Exhibit:
    scores, study = ministry()
    return scorecard_figure(scores, study, provenance(study), language="en")


@cache
def achievements() -> Exhibit:
    scores, study = bantaeng()
    return achievement_figure(scores, study, provenance(study), language="en")


@cache
def ministry_achievements() -> Exhibit:
    scores, study = ministry()
    return achievement_figure(scores, study, provenance(study), language="en")


@cache
def attainment_scorecard() -> Exhibit:
    scores, study = bantaeng(missing="renormalise", scale="percent")
    return scorecard_figure(scores, study, provenance(study), language="en")


def reproduction(name: str) -> Exhibit:
    study = read_study(name)
    findings = audit(study.printed, study.rules, study.model)
    return reproduction_figure(findings, study, provenance(study), language="en")


@cache
def bantaeng_reproduction() -> Exhibit:
    return reproduction("bantaeng")


@cache
def kkp_reproduction() -> Exhibit:
    return reproduction("kkp")


@cache
def yearly() -> Exhibit:
    study = read_study("kkp")
    exhibit = yearly_figure(study, provenance(study), language="en")
    assert isinstance(exhibit, Exhibit)
    return exhibit


EVERY = [
    scorecard,
    ministry_scorecard,
    attainment_scorecard,
    achievements,
    ministry_achievements,
    bantaeng_reproduction,
    kkp_reproduction,
    yearly,
]


@cache
def figure_of(exhibit: Exhibit, language: Language = "en") -> Figure:
    figure = exhibit.make(language)
    assert isinstance(figure, Figure)
    return figure


def texts(figure: Figure) -> list[str]:
    """Return every text that is shown, line breaks and padding taken out."""
    shown = [artist for artist in figure.findobj(Text) if isinstance(artist, Text) and artist.get_visible()]
    return [flat for artist in shown if (flat := " ".join(artist.get_text().split()))]


def whole_text(figure: Figure) -> str:
    return " | ".join(texts(figure))


def marks(figure: Figure) -> list[Line2D]:
    """Return the marks on the scale, without those that explain words."""
    plot = figure.axes[1]
    return [
        line
        for line in plot.lines
        if line.get_marker() not in ("None", None) and line.get_markersize() >= MARKER
    ]


def measured(scores: Scores) -> list[float]:
    frames = (scores.perspectives, scores.organisations)
    return sorted(float(value) for frame in frames for value in frame[frame["n_present"] > 0]["score"])


# ---- scorecard -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "said", "policy"),
    [
        ("zero", "no data, counted as 0", "What is missing counts as 0."),
        (
            "renormalise",
            "no data, left out",
            "What is missing is left out, and its weight is shared among the rest.",
        ),
    ],
)
def test_a_perspective_without_data_is_never_a_nought(missing: str, said: str, policy: str) -> None:
    scores, study = bantaeng(missing=missing)
    figure = figure_of(scorecard_figure(scores, study, provenance(study), language="en"))
    shown = texts(figure)
    assert shown.count(said) == 1
    assert shown.count("no data") == 1
    assert any(policy in text and "2016 75 %, 2017 100 %" in text for text in shown)
    assert not {"0", "0.00", "0.0"} & set(shown)
    assert sorted(float(mark.get_xdata()[0]) for mark in marks(figure)) == pytest.approx(measured(scores))


def test_the_scorecard_shows_every_score_change_and_weight() -> None:
    shown = texts(figure_of(scorecard()))
    assert {"2.1625", "2.775", "3.35", "2.65", "1.95"} <= set(shown)
    assert {"−0.7", "+0.5", "−0.35", "+0.6125"} <= set(shown)
    assert {"75 %", "0 %", "Financial (25 %)", "Organisation (NKO)", "BPBD Bantaeng"} <= set(shown)


def test_indonesian_figures_have_decimal_commas() -> None:
    shown = texts(figure_of(scorecard(), "id"))
    assert {"2,1625", "2,775", "−0,35"} <= set(shown)
    assert not [text for text in shown if re.search(r"\d\.\d", text)]


def test_thin_lines_join_consecutive_years_and_break_where_one_is_missing() -> None:
    figure = figure_of(ministry_scorecard())
    drawn = [
        line for line in figure.axes[1].lines if line.get_marker() == "None" and len(line.get_xdata()) == 2
    ]
    data = figure.axes[1].transData
    joints = [line.get_xydata() for line in drawn if line.get_transform() == data and not vertical_lead(line)]
    places = sorted((float(mark.get_ydata()[0]), float(mark.get_xdata()[0])) for mark in marks(figure))
    pairs = {((a[1], a[0]), (b[1], b[0])) for a, b in pairwise(places)}
    assert len(joints) == 2 + 2 + 0 + 2 + 2
    assert all((tuple(joint[0]), tuple(joint[1])) in pairs for joint in joints)


def vertical_lead(line: Line2D) -> bool:
    """Whether a line leads from a word down to its zone: it is drawn beyond the axes, too."""
    return not line.get_clip_on()


def test_perspectives_stand_in_the_rule_sets_order_and_the_organisation_last() -> None:
    _, study = bantaeng()
    figure = figure_of(scorecard())
    names = [
        text.get_text() for text in sorted(figure.axes[0].texts, key=lambda text: text.get_position()[1])
    ]
    named = [name for name in names if "(" in name]
    assert named == [*(f"{each.label.en} (25 %)" for each in study.rules.perspectives), "Organisation (NKO)"]


def words_of(bands: Bands | None, language: Language) -> set[str]:
    return set() if bands is None else {band.label.say(language) for band in bands.bands}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [scorecard, achievements, ministry_scorecard])
def test_bands_are_called_what_the_rule_set_calls_them(draw: Drawn, language: Language) -> None:
    exhibit = draw()
    rules = read_study(exhibit.provenance.study).rules
    known = words_of(rules.achievement_bands, language) | words_of(rules.perspective_bands, language)
    figure = figure_of(exhibit, language)
    zones = {text.get_text() for text in figure.axes[1].texts if text.get_style() == "normal"}
    cells = {text.get_text() for text in figure.axes[2].texts} & known
    assert zones == known
    assert cells


def test_each_score_carries_the_mark_of_its_band() -> None:
    scores, study = bantaeng()
    ranks = [band.id for band in study.rules.perspective_bands.bands] if study.rules.perspective_bands else []
    expected = sorted(
        (float(row.score), BAND_MARKS[ranks.index(row.band)].marker)
        for frame in (scores.perspectives, scores.organisations)
        for row in frame.itertuples()
        if row.n_present > 0
    )
    drawn = sorted(
        (float(mark.get_xdata()[0]), str(mark.get_marker())) for mark in marks(figure_of(scorecard()))
    )
    assert drawn == expected


def test_each_zone_carries_the_mark_and_the_tint_of_its_band() -> None:
    figure = figure_of(ministry_scorecard())
    shown = [line for line in figure.axes[1].lines if line.get_marker() not in ("None", None)]
    legends = [str(line.get_marker()) for line in shown if line.get_markersize() < MARKER]
    assert legends == [mark.marker for mark in BAND_MARKS[:3]] * 2
    tints = [to_hex(patch.get_facecolor()) for patch in figure.axes[1].patches]
    assert tints == [tint(mark.colour) for mark in BAND_MARKS[:3]] * 2
    edges = [round(patch.get_x()) for patch in figure.axes[1].patches]
    assert [edges[1:3], edges[4:6]] == [[75, 90], [80, 100]]


def units_of(study: Study, *others: str, **columns: Any) -> Scores:
    """Score the study's unit and copies of it under other names."""
    assert study.observations is not None
    copies = [study.observations, *(study.observations.assign(unit=name) for name in others)]
    return score(pd.concat(copies, ignore_index=True).assign(**columns), study.rules)


def test_of_several_units_the_first_is_drawn_and_the_figure_says_so() -> None:
    _, study = bantaeng()
    several = units_of(study, "Another agency")
    record = provenance(study)
    assert "Another agency is one of 2 units." in whole_text(
        figure_of(scorecard_figure(several, study, record, language="en"))
    )
    named = scorecard_figure(several, study, record, language="en", unit="BPBD Bantaeng")
    assert "BPBD Bantaeng is one of 2 units." in whole_text(figure_of(named))


def test_of_a_tree_of_units_the_top_is_drawn() -> None:
    _, study = bantaeng()
    several = units_of(study, "Another agency", parent=["BPBD Bantaeng"] * 36)
    several.indicators.loc[several.indicators["unit"] == "BPBD Bantaeng", "parent"] = ""
    for make in (scorecard_figure, achievement_figure):
        assert "BPBD Bantaeng is one of 2 units." in whole_text(
            figure_of(make(several, study, provenance(study), language="en"))
        )


def kept_for(years: int) -> tuple[Scores, Study]:
    study = read_study("kkp")
    rows = [
        {"unit": "KKP", "year": 2000 + year, "perspective": each.id, "indicator": each.short, "target": 100.0, "actual": 90.0 + year}
        for year in range(years) for each in study.rules.perspectives
    ]  # fmt: skip
    return score(pd.DataFrame(rows), study.rules), study


@pytest.mark.parametrize("make", [scorecard_figure, achievement_figure])
def test_of_many_years_the_last_are_drawn_and_the_figure_says_how_many_are_not(make: Any) -> None:
    scores, study = kept_for(MOST_YEARS + 5)
    figure = figure_of(make(scores, study, provenance(study), language="en"))
    shown = texts(figure)
    assert "5 earlier years are in the table." in whole_text(figure)
    assert "2004" not in shown
    assert {"2005", "2012"} <= set(shown)
    assert figure.get_size_inches()[1] * MM < 235


def test_a_score_that_is_withheld_is_not_called_missing() -> None:
    """Under a least share of .8, the customer perspective with half of its weight on data gets no score."""
    study = read_study("kkp")
    rules = replace(study.rules, least_weight=(Fraction(4, 5), Fraction(0)))
    rows = [
        {"unit": "KKP", "year": 2017, "perspective": "customer", "indicator": name, "weight": 0.5, "target": 100.0, "actual": actual}
        for name, actual in (("a", 90.0), ("b", None))
    ]  # fmt: skip
    rows.append(rows[0] | {"perspective": "stakeholder", "weight": 1.0})
    scores = score(pd.DataFrame(rows), rules)
    exhibit = scorecard_figure(scores, replace(study, rules=rules), provenance(study), language="en")
    assert texts(figure_of(exhibit)).count("too little data") == 2, "on the scale and beside it"
    assert "Customer: 2017 too little data." in exhibit.alt.en


def test_a_score_that_was_carried_over_is_drawn() -> None:
    study = read_study("kkp")
    rules = vary(study.rules, missing="carry_last")
    rows = [
        {"unit": "KKP", "year": year, "perspective": "customer", "indicator": "a", "target": 100.0, "actual": actual}
        for year, actual in ((2016, 91.0), (2017, None))
    ]  # fmt: skip
    exhibit = scorecard_figure(
        score(pd.DataFrame(rows), rules), replace(study, rules=rules), provenance(study), language="en"
    )
    assert "Customer: 2016 91 (Green), 2017 91 (Green)." in exhibit.alt.en
    assert "What is missing stands at what was last measured" in whole_text(figure_of(exhibit))


# ---- achievements ----------------------------------------------------------------------------------------------------


def test_achievements_show_every_indicator_and_say_what_is_missing() -> None:
    shown = texts(figure_of(achievements()))
    assert {
        "96.08",
        "115.12",
        "51.5",
        "117.1",
        "Economy ratio",
        "Public satisfaction",
        "Learning and growth",
    } <= set(shown)
    assert shown.count("no data") == 2
    assert "Tangibles" not in shown


def test_a_percent_scale_draws_the_cap_and_the_target() -> None:
    figure = figure_of(ministry_achievements())
    at = [segment[0][0] for lines in figure.axes[1].collections for segment in lines.get_segments()]
    assert 120.0 in at
    assert 100.0 in at
    assert "dashed line: cap at 120 %" in figure.axes[1].get_xlabel()
    assert {"250", "120"} <= set(texts(figure))


def test_marks_beyond_the_scale_stand_at_its_edge() -> None:
    _, study = bantaeng()
    assert study.observations is not None
    observed = study.observations.copy()
    observed.loc[0, "actual"] = 20 * observed.loc[0, "target"]
    far = score(observed, study.rules)
    figure = figure_of(achievement_figure(far, study, provenance(study), language="en"))
    assert ">" in {mark.get_marker() for mark in marks(figure)}
    assert max(mark.get_xdata()[0] for mark in marks(figure)) <= 260
    assert "A mark beyond the scale stands at its edge and points onwards." in whole_text(figure)


def test_only_the_lowest_indicators_are_drawn_when_there_are_too_many() -> None:
    study = read_study("kkp")
    rows = [
        {"unit": "U", "year": 2017, "perspective": "stakeholder", "indicator": f"K{n:02}", "weight": 1 / 40,
         "target": 100.0, "actual": 60.0 + n}
        for n in range(40)
    ]  # fmt: skip
    scores = score(pd.DataFrame(rows), study.rules)
    shown = texts(figure_of(achievement_figure(scores, study, provenance(study), language="en")))
    assert "K00" in shown
    assert "K39" not in shown
    assert any("10 more are in the table" in text for text in shown)


def test_long_names_take_room_and_are_cut() -> None:
    study = read_study("kkp")
    name = "Persentase layanan yang diselesaikan tepat waktu sesuai dengan standar pelayanan minimal bidang "
    rows = [
        {"unit": "U", "year": 2017, "perspective": "stakeholder", "indicator": f"{name}{n:02}", "weight": 1 / 40,
         "target": 100.0, "actual": 60.0 + n}
        for n in range(40)
    ]  # fmt: skip
    scores = score(pd.DataFrame(rows), study.rules)
    figure = figure_of(achievement_figure(scores, study, provenance(study), language="en"))
    shown = [text for text in texts(figure) if text.startswith("Persentase")]
    assert all(text.endswith("…") for text in shown)
    assert f"{40 - len(shown)} more are in the table" in whole_text(figure)
    assert figure.get_size_inches()[1] * MM < 235


def test_bands_of_one_indicator_are_told_in_words_and_marked_by_their_value() -> None:
    """Spending 111 % of the budget is the lowest band of economy, though no achievement lies beyond it."""
    rules = read_rules("value-for-money")
    study = replace(read_study("bantaeng"), rules=rules)
    rows = [
        {"unit": "U", "year": 2017, "perspective": each.perspective, "indicator": each.id, "target": 100.0, "actual": 111.0}
        for each in rules.indicators
    ]  # fmt: skip
    exhibit = achievement_figure(score(pd.DataFrame(rows), rules), study, provenance(study), language="en")
    figure = figure_of(exhibit)
    assert len(figure.axes[1].patches) == 0, "no zone holds for all indicators"
    assert "some indicators have bands of their own" in exhibit.caption.en
    economy = dict(rules.indicator_bands)["economy"]
    assert mark_band(economy, economy.bands[-1].id) == BAND_MARKS[0]
    assert economy.bands[-1].label.en in texts(figure)


def test_a_rule_set_that_converts_says_so() -> None:
    rules = read_rules("panrb-skp")
    study = replace(read_study("kkp"), rules=rules)
    rows = [
        {
            "unit": "U",
            "year": 2017,
            "perspective": "performance",
            "indicator": "a",
            "target": 100.0,
            "actual": 111.0,
        }
    ]
    scores = score(pd.DataFrame(rows), rules)
    made = [
        make(scores, study, provenance(study), language="en")
        for make in (scorecard_figure, achievement_figure)
    ]
    assert "Scores are converted from achievements in percent of the target." in made[0].caption.en
    assert "The rule set converts achievements into scores." in made[1].caption.en
    assert figure_of(made[0]).axes[1].get_xlabel() == "score (converted from the achievement)"


# ---- reproduction ----------------------------------------------------------------------------------------------------


def drawn_rows(figure: Figure) -> list[str]:
    """Return the names of the rows, from top to bottom."""
    names = [text for text in figure.axes[0].texts if text.get_position()[0] == 0]
    return [
        " ".join(text.get_text().split()) for text in sorted(names, key=lambda text: text.get_position()[1])
    ]


def test_the_reproduction_of_bantaeng_shows_the_worst_and_counts_the_rest() -> None:
    study = read_study("bantaeng")
    findings = audit(study.printed, study.rules, study.model)
    figure = figure_of(bantaeng_reproduction())
    rows = drawn_rows(figure)
    assert len(rows) == MOST_ROWS
    wanted = {
        "contribution",
        "perspective_contribution",
        "organisation_score",
        "value",
        "achievement",
        "target",
    }
    wrong = {
        (finding.printed.key, finding.printed.value)
        for finding in findings
        if finding.repeats is None
        and finding.printed.key.quantity in wanted
        and finding.verdict in (Verdict.CONTRADICTS, Verdict.TRUNCATED)
    }
    assert f"{len(wrong) + 1 - MOST_ROWS} more figures are in the table of findings." in whole_text(figure)
    assert [row for row in rows if row == "Organisation total"] == ["Organisation total"] * 2
    assert rows[0].startswith("Economy ratio")


def test_the_reproduction_prints_both_numbers_and_the_verdict() -> None:
    shown = texts(figure_of(bantaeng_reproduction()))
    assert {"3,12", "2.775", "0,175", "0.0875", "2.163", "70.58", "70.5882"} <= set(shown)
    assert {"contradicts", "follows only if truncated", "follows (under missing = zero)", "no data"} <= set(
        shown
    )


def test_figures_are_ordered_by_their_relative_difference_and_those_without_data_come_last() -> None:
    figure = figure_of(bantaeng_reproduction())
    plot = figure.axes[1]
    diamonds = [line for line in plot.lines if line.get_marker() == RECOMPUTED.marker]
    off = [
        abs(float(line.get_xdata()[0]) - 100)
        for line in sorted(diamonds, key=lambda line: line.get_ydata()[0])
    ]
    assert off == sorted(off, reverse=True)
    lowest = max(line.get_ydata()[0] for line in diamonds)
    instead = [text for text in plot.texts if text.get_text() == "no data"]
    assert instead
    assert all(text.get_position()[1] > lowest for text in instead)


def test_printed_figures_share_one_scale_at_100_percent() -> None:
    figure = figure_of(bantaeng_reproduction())
    printed = [line for line in figure.axes[1].lines if line.get_marker() == PRINTED.marker]
    assert len(printed) == MOST_ROWS
    assert {float(line.get_xdata()[0]) for line in printed} == {100.0}


def test_a_path_study_shows_all_its_indirect_effects() -> None:
    figure = figure_of(kkp_reproduction())
    assert drawn_rows(figure) == [f"{path}, indirect effect" for path in ("LG → CP", "LG → SH", "IP → SH")]
    shown = texts(figure)
    assert {"0.038", "[0.04024; 0.04069]", "contradicts", "follows"} <= set(shown)
    assert any("SH: Stakeholder" in text for text in shown)


# ---- yearly ----------------------------------------------------------------------------------------------------------


def test_the_yearly_figure_marks_what_is_implied() -> None:
    figure = figure_of(yearly())
    shown = texts(figure)
    assert {"112%", "104%", "98%", "96%", "90%", "95%", "117.3", "[116.5; 118.2]"} <= set(shown)
    assert shown.count("implied") == 3
    assert "Green, or Yellow by rounding" in shown
    assert "Weighted mean of LG, IP, CP" in shown
    assert {"75", "80", "90", "100", "120"} <= set(shown)
    hollow = [mark for mark in marks(figure) if mark.get_marker() == IMPLIED.marker]
    assert [round(float(mark.get_xdata()[0]), 1) for mark in hollow] == [117.3, 108.7, 99.0]


def test_bantaeng_has_no_yearly_figure() -> None:
    study = read_study("bantaeng")
    absent = yearly_figure(study, provenance(study), language="en")
    assert isinstance(absent, Absent)
    assert "does not print" in absent.reason.en


# ---- what holds for every figure -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", EVERY)
def test_the_data_statement_stands_on_every_figure(draw: Drawn, language: Language) -> None:
    exhibit = draw()
    assert exhibit.provenance.statement.say(language) in whole_text(figure_of(exhibit, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", EVERY)
def test_nothing_covers_anything_and_nothing_is_cut_off(draw: Drawn, language: Language) -> None:
    figure = figure_of(draw(), language)
    boxes = text_boxes(figure)
    clashes = [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)]
    assert clashes == []
    width, height = figure.get_size_inches() * figure.dpi
    outside = [text for text, box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    assert outside == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", EVERY)
def test_words_beside_the_plot_keep_out_of_it(draw: Drawn, language: Language) -> None:
    figure = figure_of(draw(), language)
    text_boxes(figure)
    left, plot, right = figure.axes
    assert max(text.get_window_extent().x1 for text in left.texts) < plot.get_window_extent().x0
    assert min(text.get_window_extent().x0 for text in right.texts) > plot.get_window_extent().x1


def text_boxes(figure: Figure) -> list[tuple[str, Any]]:
    figure.set_dpi(200)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shown = [artist for artist in figure.findobj(Text) if isinstance(artist, Text) and artist.get_visible()]
    return [
        (text.get_text(), text.get_window_extent(canvas.get_renderer()))
        for text in shown
        if text.get_text().strip()
    ]


def overlap(one: Any, other: Any, slack: float = 1.0) -> bool:
    """Whether two boxes share more than a pixel each way."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    return across > slack and min(one.y1, other.y1) - max(one.y0, other.y0) > slack


@pytest.mark.parametrize("draw", EVERY)
def test_figures_are_as_wide_as_a_double_column(draw: Drawn) -> None:
    width, height = figure_of(draw()).get_size_inches() * MM
    assert width == pytest.approx(DOUBLE)
    assert 40 < height < 235


def test_column_widths_are_those_of_journals() -> None:
    assert (SINGLE, DOUBLE) == (88.0, 183.0)
    assert new_figure(SINGLE, 50).get_size_inches()[0] * MM == pytest.approx(88)


class Disguised:
    """A catalogue in which every sentence is translated: its Latin letters become Cyrillic ones, its blanks stay."""

    def get(self, sentence: str, _fallback: str) -> str:
        parts = re.split(r"(\{\w+\})", sentence)
        return "".join(
            part if part.startswith("{") else re.sub("[a-zA-Z]", self.disguise, part) for part in parts
        )

    @staticmethod
    def disguise(letter: re.Match[str]) -> str:
        return chr(0x430 + ord(letter[0].lower()) - ord("a"))


@pytest.fixture
def disguised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)


def data_words(study: Study) -> set[str]:
    """Return the words that come from data in Indonesian: names of the study, its perspectives, bands and places."""
    rules = study.rules
    labels: list[Label] = [
        study.label,
        *study.printed.places.values(),
        *(each.label for each in rules.indicators),
    ]
    labels += [each.label for each in rules.perspectives]
    labels += [band.label for bands in all_bands(rules) for band in bands.bands]
    spoken = [label.id for label in labels] + [each.short for each in rules.perspectives]
    spoken += ["BPBD Bantaeng", *(each.id[:3] for each in rules.perspectives)]
    return {word for text in spoken for word in re.findall("[A-Za-z]+", text)}


def all_bands(rules: RuleSet) -> list[Bands]:
    levels = (rules.achievement_bands, rules.perspective_bands, rules.organisation_bands)
    return [bands for bands in levels if bands is not None]


@pytest.mark.usefixtures("disguised")
@pytest.mark.parametrize("draw", EVERY)
def test_no_word_is_left_untranslated(draw: Drawn) -> None:
    exhibit = unwrap(draw)()
    study = read_study(exhibit.provenance.study)
    said = " ".join((whole_text(figure_of(exhibit, "id")), exhibit.caption.id, exhibit.alt.id))
    assert set(re.findall("[A-Za-z]+", said)) - data_words(study) == set()


@pytest.mark.parametrize("draw", EVERY)
def test_caption_and_alt_text_are_built_from_the_data(draw: Drawn) -> None:
    exhibit = draw()
    assert len(re.findall(r"\d", exhibit.alt.en)) >= 20
    assert exhibit.alt.en != exhibit.alt.id
    assert exhibit.caption.en != exhibit.caption.id
    assert "{" not in exhibit.caption.en + exhibit.alt.en + exhibit.caption.id + exhibit.alt.id


def test_alt_text_follows_the_numbers() -> None:
    assert "Customer: 2016 no data, 2017 3 (Nearly on target)." in scorecard().alt.en
    assert "2016 115.12 % (Slightly above)" in achievements().alt.en
    assert (
        "LG → CP, indirect effect: printed 0.038, recomputed [0.04024; 0.04069], contradicts."
        in kkp_reproduction().alt.en
    )
    assert "2016 108.7 [107.8; 109.5] (implied)" in yearly().alt.en


def luminance(mark: Mark) -> float:
    red, green, blue = to_rgb(mark.colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "group",
    [
        (*BAND_MARKS, NO_DATA),
        tuple(VERDICT_MARKS.values()),
        (PRINTED, RECOMPUTED),
        (*BAND_MARKS[:3], UNBANDED, IMPLIED),
    ],
)
def test_marks_differ_in_shape_or_fill_or_grey(group: tuple[Mark, ...]) -> None:
    for one, other in combinations(group, 2):
        shape = (one.marker, one.filled) != (other.marker, other.filled)
        assert one.colour != other.colour
        assert shape or abs(luminance(one) - luminance(other)) > 0.15
    banded = [mark.marker for mark in BAND_MARKS]
    assert len(set(banded)) == len(banded)


@pytest.mark.parametrize("draw", [scorecard, achievements, bantaeng_reproduction, yearly])
def test_a_rerun_gives_the_same_files(draw: Drawn, tmp_path: Path) -> None:
    runs = []
    for run in ("first", "second"):
        export(unwrap(draw)(), "figure", to=tmp_path / run, language="id")
        runs.append({path.name: path.read_bytes() for path in (tmp_path / run).iterdir()})
    assert set(runs[0]) == {"figure.pdf", "figure.svg", "figure.png", "figure.json"}
    assert runs[0] == runs[1]
