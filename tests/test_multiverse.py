"""Multiverses: tasks shared by cells, answers and their shares, curves, and the readings of the Bantaeng study as cells."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from bsc_analysis.errors import StudyError, fault
from bsc_analysis.evidence.conclusions import (
    EffectConclusion,
    Refusal,
    ScoreConclusion,
    YearScore,
    conclude_effects,
    conclude_scores,
)
from bsc_analysis.evidence.griddocument import read_grid
from bsc_analysis.evidence.multiverse import (
    Cell,
    Multiverse,
    Question,
    answer_question,
    list_questions,
    specification_curve,
    survey,
)
from bsc_analysis.evidence.multiversegrid import Choice, Grid, Option, list_cells
from bsc_analysis.evidence.multiversetasks import Material, Task, run_task
from bsc_analysis.evidence.readings import Negligible
from bsc_analysis.evidence.settings import Route, Setting, apply_setting, reweigh
from bsc_analysis.files import data_folder, read_rules, read_text
from bsc_analysis.language.words import Label
from bsc_analysis.multiversedata import assemble, plan_multiverse, top_unit
from bsc_analysis.paths.analysis import analyse_paths
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.rows import read_rows
from bsc_analysis.scorecards.rules import Changes
from bsc_analysis.studies import read_study

KKP = read_rules("kkp")
NEGLIGIBLE = Negligible(bands=0.005, percent=0.5, reason="printed digits")
LABEL = Label("nama", "name")
# Printed with four decimals, attainments with two.
FOUR_DECIMALS, TWO_DECIMALS = 5e-5, 5e-3


# ---- conclusions -----------------------------------------------------------------------------------------------------


def organisations(*rows: tuple[str, int, float | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit", "year", "score", "band"])
    return frame.assign(score=frame["score"].astype("Float64"))


def test_a_unit_is_followed_from_its_first_score_to_its_last() -> None:
    rows = organisations(
        ("A", 2015, None, None),
        ("A", 2016, 104.0, "green"),
        ("A", 2017, 98.0, "yellow"),
        ("B", 2017, 1.0, "red"),
    )
    found = conclude_scores(rows, KKP, NEGLIGIBLE, unit="A")
    assert found.years == (
        YearScore(2015, None, None),
        YearScore(2016, 104.0, "green"),
        YearScore(2017, 98.0, "yellow"),
    )
    assert (found.direction, found.change) == ("fall", -6.0)
    assert found.relative_change == pytest.approx(-100 * 6 / 104)
    assert found.of_year(2014) is None


def test_without_a_unit_the_mean_of_those_with_a_score_is_followed() -> None:
    rows = organisations(
        ("A", 2016, 90.0, "red"), ("B", 2016, 100.0, "red"), ("A", 2017, 95.2, "red"), ("B", 2017, None, None)
    )
    found = conclude_scores(rows, KKP, NEGLIGIBLE)
    assert [(each.score, each.band) for each in found.years] == [(95.0, None), (95.2, None)]
    assert found.direction == "no change"


@pytest.mark.parametrize("scores", [[None, None], [None, 98.0]])
def test_without_two_scores_there_is_no_direction(scores: list[float | None]) -> None:
    found = conclude_scores(
        organisations(("A", 2016, scores[0], None), ("A", 2017, scores[1], "red")), KKP, NEGLIGIBLE, unit="A"
    )
    assert (found.direction, found.change, found.relative_change) == (None, None, None)


@pytest.mark.parametrize("interval", ["delta", "monte_carlo"])
def test_effects_are_those_of_the_whole_analysis(interval: str) -> None:
    """Estimates, and with the delta method everything, as the analysis of the same rows says; clusters widen intervals."""
    study = read_study("simulated")
    assert study.model is not None
    rows = read_rows(study.scores, study.model.observed, cluster="directorate")
    route = Route(interval=interval, cluster="directorate")  # type: ignore[arg-type]
    found = {each.name: each for each in conclude_effects(study.model, rows, route, sesoi=0.1)}
    whole = analyse_paths(study.model, rows, se="cluster")
    for each in whole.judgements:
        own = found[str(each.name)]
        assert own.estimate == pytest.approx(each.estimate, abs=1e-9)
        near = 1e-9 if interval == "delta" else 0.3 * (each.upper - each.lower)
        assert (own.lower, own.upper) == pytest.approx((each.lower, each.upper), abs=near)
        if interval == "delta":
            assert own.verdict == each.verdict
    plain = {each.name: each for each in conclude_effects(study.model, rows, Route(), sesoi=0.1)}
    assert plain["LG -> IP"].estimate == found["LG -> IP"].estimate
    assert plain["LG -> IP"].lower != found["LG -> IP"].lower


@pytest.mark.parametrize(("estimate", "sign"), [(0.1, "positive"), (-0.1, "negative"), (0.0, "zero")])
def test_an_effect_has_the_sign_of_its_estimate(estimate: float, sign: str) -> None:
    effect = EffectConclusion("a", estimate, estimate - 0.05, estimate + 0.05, "inconclusive")
    assert (effect.sign, effect.differs_from_zero) == (sign, estimate != 0)


# ---- tasks -----------------------------------------------------------------------------------------------------------


def rows() -> pd.DataFrame:
    """Return two perspectives over two years; the customer's indicator is measured in the second only."""
    cells = [
        (2016, "stakeholder", "i", 90.0),
        (2017, "stakeholder", "i", 80.0),
        (2017, "customer", "j", 120.0),
    ]
    frame = pd.DataFrame(cells, columns=["year", "perspective", "indicator", "actual"])
    return frame.assign(unit="A", target=100.0)


def conclude(task: Task) -> tuple[ScoreConclusion | Refusal, ...]:
    return run_task(task, Material(rows(), None, None, "A", NEGLIGIBLE, 0.1)).scores


def test_weightings_of_one_task_are_what_scoring_each_would_give() -> None:
    """(.25 x 80 + .15 x 120) / .4 = 95; with equal weights (80 + 120) / 2 = 100."""
    equal = reweigh(KKP, {each.id: Fraction(1, 4) for each in KKP.perspectives})
    printed, even = conclude(Task((KKP, equal), "all", (), ()))
    assert isinstance(printed, ScoreConclusion)
    assert isinstance(even, ScoreConclusion)
    assert [each.score for each in printed.years] == [90.0, 95.0]
    assert [each.score for each in even.years] == [90.0, 100.0]
    assert even == conclude(Task((equal,), "all", (), ()))[0]


def test_the_constant_panel_keeps_what_is_measured_in_all_years() -> None:
    (found,) = conclude(Task((KKP,), "constant", (), ()))
    assert isinstance(found, ScoreConclusion)
    assert [each.score for each in found.years] == [90.0, 80.0]
    assert found.direction == "fall"


def test_years_are_kept_before_the_constant_panel_is_chosen() -> None:
    (found,) = conclude(Task((KKP,), "all", (2017,), ()))
    assert isinstance(found, ScoreConclusion)
    assert [each.year for each in found.years] == [2017]
    (refused,) = conclude(Task((KKP,), "constant", (2017,), ()))
    assert isinstance(refused, Refusal)  # of one year nothing is constant


def test_a_rule_set_that_refuses_the_data_is_a_result() -> None:
    (refused,) = conclude(Task((replace(KKP, missing="refuse"),), "all", (), ()))
    assert isinstance(refused, Refusal)
    assert "only 25 % of the weight rests on data" in str(refused.faults[0])


def test_paths_are_estimated_once_for_each_route_on_the_rows_it_keeps() -> None:
    study = read_study("simulated")
    assert study.scores is not None
    table = study.scores.assign(level=["upper" if n % 3 else "lower" for n in range(len(study.scores))])
    material = Material(None, table, study.model, "", NEGLIGIBLE, 0.1)
    routes = (Route(), Route(levels=("upper",)), Route(cluster="directorate"), Route(levels=("none",)))
    found = run_task(Task((KKP,), "all", (2015, 2016), routes), material)
    assert found.scores == ()
    every, upper, clustered, nothing = found.effects
    assert not isinstance(every, Refusal)
    assert not isinstance(upper, Refusal)
    assert not isinstance(clustered, Refusal)
    assert isinstance(nothing, Refusal)
    kept = table[table["year"].isin([2015, 2016])]
    model = path_model("IP ~ LG\nCP ~ LG + IP\nSH ~ LG + IP + CP")
    assert every == conclude_effects(model, read_rows(kept, model.observed), Route(), sesoi=0.1)
    assert upper[0].estimate != every[0].estimate == clustered[0].estimate


# ---- questions and answers -------------------------------------------------------------------------------------------


def options(*names: str) -> tuple[Option, ...]:
    return tuple(Option(name, LABEL, LABEL, "ours", Setting()) for name in names)


def moved(change: float, band: str | None, scale: str = "percent") -> ScoreConclusion:
    years = (YearScore(2016, 100.0, "green"), YearScore(2017, 100.0 + change, band))
    return ScoreConclusion("A", scale, years, NEGLIGIBLE.direction(change, "percent"))  # type: ignore[arg-type]


def effect(estimate: float, verdict: str = "inconclusive", name: str = "LG -> IP") -> EffectConclusion:
    return EffectConclusion(name, estimate, estimate - 0.1, estimate + 0.1, verdict)  # type: ignore[arg-type]


GRID = Grid((Choice("one", LABEL, options("a", "b")), Choice("two", LABEL, options("x", "y"))))
CELLS = (
    Cell(("a", "x"), moved(6, "green"), (effect(0.3, "relevant"),)),
    Cell(("a", "y"), moved(2, "green"), (effect(0.1),)),
    Cell(("b", "x"), moved(-4, None), (effect(-0.02),)),
    Cell(("b", "y"), Refusal((fault("nothing to score"),)), Refusal((fault("too few rows"),))),
)
MULTIVERSE = Multiverse("case", "A", GRID, CELLS)
DIRECTION, BAND = Question("direction"), Question("band", year=2017)
SIGN, VERDICT = Question("sign", effect="LG -> IP"), Question("verdict", effect="LG -> IP")


def test_every_question_that_some_cell_answers_is_asked() -> None:
    assert list_questions(MULTIVERSE) == (DIRECTION, Question("band", year=2016), BAND, SIGN, VERDICT)


def test_effects_that_always_say_the_same_are_asked_about_once() -> None:
    twice = tuple(
        replace(each, effects=(*each.effects, replace(each.effects[0], name="total LG -> IP")))
        for each in CELLS[:3]
        if not isinstance(each.effects, Refusal)
    )
    assert list_questions(replace(MULTIVERSE, cells=twice))[-1] == VERDICT


def test_shares_are_of_the_cells_that_answer() -> None:
    """Rise twice and fall once among three; of the bands two are known, both green."""
    found = {each.question: each for each in survey(MULTIVERSE)}
    direction = found[DIRECTION]
    assert [(each.answer, each.cells) for each in direction.answers] == [("rise", 2), ("fall", 1)]
    assert (direction.silent, direction.reference, direction.held) == (1, "rise", pytest.approx(2 / 3))
    assert direction.drivers is not None
    assert direction.drivers.strongest.choice == "one"
    band = found[BAND]
    assert (band.silent, band.drivers, band.held) == (2, None, 1.0)
    assert found[VERDICT].answers[0].answer == "inconclusive"
    assert found[VERDICT].held == pytest.approx(1 / 3)


def test_a_study_whose_own_reading_is_left_out_has_no_reference() -> None:
    found = survey(replace(MULTIVERSE, cells=CELLS[1:]))[0]
    assert (found.reference, found.held) == (None, None)


def test_a_curve_ascends_and_keeps_the_place_of_each_cell() -> None:
    changes = specification_curve(MULTIVERSE, DIRECTION)
    assert [(each.place, each.value, each.answer) for each in changes] == [
        (2, -4.0, "fall"),
        (1, 2.0, "rise"),
        (0, 6.0, "rise"),
    ]
    assert [each.value for each in specification_curve(MULTIVERSE, BAND)] == [102.0, 106.0]
    points = specification_curve(MULTIVERSE, VERDICT)
    assert [(each.value, each.answer) for each in points] == [
        (-0.02, "inconclusive"),
        (0.1, "inconclusive"),
        (0.3, "relevant"),
    ]
    assert (points[0].lower, points[0].upper) == pytest.approx((-0.12, 0.08))


def test_a_refused_cell_gives_its_reasons_and_no_answers() -> None:
    refused = CELLS[3]
    assert [str(each) for each in refused.faults] == ["nothing to score", "too few rows"]
    assert [answer_question(refused, each) for each in (DIRECTION, BAND, SIGN, VERDICT)] == [None] * 4
    assert MULTIVERSE.find(("b", "z")) is None


# ---- from a study to its cells ---------------------------------------------------------------------------------------


def grid_of(study: str) -> Grid:
    return read_grid(*read_text(data_folder() / "studies" / study / "multiverse.toml"))


@pytest.fixture(scope="module")
def bantaeng() -> Multiverse:
    plan = plan_multiverse(read_study("bantaeng"), grid_of("bantaeng"))
    return assemble(plan, [run_task(each, plan.material) for each in plan.tasks])


@pytest.mark.parametrize(
    ("cell", "scores", "direction"),
    [
        (("bands", "zero", "all", "higher", "printed"), (2.1625, 2.775), "rise"),
        (("bands", "renormalise", "all", "higher", "printed"), (2.8833, 2.775), "fall"),
        (("bands", "renormalise", "common", "higher", "printed"), (2.8833, 2.700), "fall"),
        (("bands", "renormalise", "all", "lower_ratio", "printed"), (2.65, 2.95), "rise"),
        (("bands", "renormalise", "all", "lower_difference", "printed"), (2.65, 2.775), "rise"),
        (("attainment", "renormalise", "all", "higher", "printed"), (97.55, 97.62), "no change"),
        (("attainment_capped", "renormalise", "all", "higher", "printed"), (97.55, 97.18), "no change"),
        (("attainment", "renormalise", "common", "higher", "printed"), (97.55, 96.83), "fall"),
        (("attainment_capped", "renormalise", "common", "higher", "printed"), (97.55, 96.25), "fall"),
    ],
)
def test_the_readings_on_which_the_verdict_hangs_are_cells(
    bantaeng: Multiverse, cell: tuple[str, ...], scores: tuple[float, float], direction: str
) -> None:
    """Each row of the table of readings, by hand from the printed targets and actuals."""
    found = bantaeng.find(cell)
    assert found is not None
    assert isinstance(found.score, ScoreConclusion)
    near = FOUR_DECIMALS if cell[0] == "bands" else TWO_DECIMALS
    assert [each.score for each in found.score.years] == pytest.approx(scores, abs=near)
    assert found.score.direction == direction


def test_the_printed_scores_stand_beside_the_cells(bantaeng: Multiverse) -> None:
    assert bantaeng.printed is not None
    assert [each.score for each in bantaeng.printed.years] == [2.163, 3.12]
    assert (bantaeng.printed.direction, bantaeng.unit) == ("rise", "BPBD Bantaeng")


def test_the_direction_of_bantaeng_hangs_on_the_rule(bantaeng: Multiverse) -> None:
    direction = survey(bantaeng)[0]
    assert {each.answer for each in direction.answers} == {"rise", "fall", "no change"}
    assert sum(each.cells for each in direction.answers) == len(bantaeng.cells) == 54
    assert direction.drivers is not None
    assert direction.drivers.strongest.choice == "polarity"


def test_the_weights_at_which_bantaeng_stops_rising_are_known(bantaeng: Multiverse) -> None:
    """Missing = 0: financial 3.35 to 2.65, customer 0 to 3, internal process 3 to 3.5, learning 2.3 to 1.95."""
    regions = bantaeng.regions
    assert regions is not None
    assert regions.first == pytest.approx((3.35, 0, 3.0, 2.3))
    assert regions.last == pytest.approx((2.65, 3.0, 3.5, 1.95))
    assert (regions.direction, regions.change) == ("rise", pytest.approx(0.6125))
    assert [each.year for each in bantaeng.firmness] == [2016, 2017]
    assert dict(bantaeng.bands)["nearly"].en == "Nearly on target"


def test_cells_that_differ_in_weights_only_share_a_task() -> None:
    plan = plan_multiverse(read_study("bantaeng"), grid_of("bantaeng"))
    assert len(plan.tasks) == 27
    assert {len(each.weightings) for each in plan.tasks} == {2}
    by_options = {cell.options: place for cell, place in zip(plan.cells, plan.places, strict=True)}
    one, other = (by_options["bands", "zero", "all", "higher", name] for name in ("printed", "by_indicators"))
    assert one.task == other.task
    assert one.weighting != other.weighting


def test_a_study_that_brings_scores_is_asked_about_paths_only() -> None:
    study = read_study("simulated")
    routes = (
        Option("rows", LABEL, LABEL, "ours", Setting(route=Route(cluster="none"))),
        Option("directorates", LABEL, LABEL, "ours", Setting(route=Route(cluster="directorate"))),
    )
    plan = plan_multiverse(study, Grid((Choice("clusters", LABEL, routes),)))
    made = assemble(plan, [run_task(each, plan.material) for each in plan.tasks])
    assert (len(plan.tasks), top_unit(study), made.regions, made.firmness) == (1, "", None, ())
    assert [each.score for each in made.cells] == [None, None]
    assert {each.kind for each in list_questions(made)} == {"sign", "verdict"}


def one_choice(*settings: Setting) -> Grid:
    return Grid(
        (
            Choice(
                "c",
                LABEL,
                tuple(Option(f"o{n}", LABEL, LABEL, "ours", each) for n, each in enumerate(settings)),
            ),
        )
    )


NO_VARIANT = (
    "rule set bantaeng has no variant 'nil', allowed: bands_zero, bands_renormalised, bands_common, lower_better_ratio, "
    "lower_better_difference, attainment, attainment_capped, attainment_common"
)


@pytest.mark.parametrize(
    ("study", "setting", "sentence"),
    [
        ("simulated", Setting(coverage="constant"), "choice 'c': it decides coverage, and study simulated has no indicators to score"),
        ("bantaeng", Setting(route=Route(estimator="fiml")), "choice 'c': it decides estimator, and study bantaeng has no path model"),
        ("simulated", Setting(route=Route(cluster="unitt")),
         "choice 'c': the units of study simulated have no column 'unitt', allowed: none, CP, IP, LG, SH, directorate, unit"),
        ("simulated", Setting(route=Route(levels=("top",))), "choice 'c': study simulated has no level 'top', allowed: -"),
        ("bantaeng", Setting(years=(2014,)), "choice 'c': study bantaeng has no year 2014, allowed: 2016, 2017"),
        ("bantaeng", Setting(changes=Changes(leave_out=("clients",))), "bantaeng: there is no perspective 'clients'"),
        ("bantaeng", Setting(rules="bantaeng:nil"),
         NO_VARIANT),
    ],
)  # fmt: skip
def test_what_a_study_does_not_have_cannot_be_chosen(study: str, setting: Setting, sentence: str) -> None:
    with pytest.raises(StudyError) as refused:
        plan_multiverse(read_study(study), one_choice(Setting(), setting))
    assert [str(each) for each in refused.value.faults] == [sentence]


def test_every_cell_of_a_grid_has_a_rule_set_that_holds() -> None:
    study = read_study("bantaeng")
    for cell in list_cells(grid_of("bantaeng")):
        rules = apply_setting(study.rules, cell.setting)
        assert sum(each.weight for each in rules.perspectives) == 1


def test_the_own_reading_of_kkp_gives_what_is_printed_and_all_cells_share_few_tasks() -> None:
    """2 formulas x 3 caps x 2 policies x 2 coverages x 2 spans = 48 ways to score.

    Under each, 2 weightings; routes are 2 levels x 3 clusters x 2 intervals, with 2 estimators where missing is not 0. So
    24 x 2 x 24 + 24 x 2 x 12 = 1,728 cells. The twin is calibrated to NKO 112, 104, 98 and a path of .329.
    """
    plan = plan_multiverse(read_study("kkp"), grid_of("kkp"))
    assert (len(plan.tasks), len(plan.cells)) == (48, 1728)
    found = run_task(plan.tasks[0], plan.material)
    assert plan.cells[0].options == plan.grid.reference
    own = found.scores[plan.places[0].weighting]
    assert isinstance(own, ScoreConclusion)
    assert [each.score for each in own.years] == pytest.approx([112, 104, 98], abs=0.005)
    assert (own.direction, [each.band for each in own.years]) == ("fall", ["green", "green", "yellow"])
    effects = found.effects[plan.places[0].route]
    assert not isinstance(effects, Refusal)
    assert effects[0].name == "LG -> IP"
    assert effects[0].estimate == pytest.approx(0.329, abs=5e-4)


def test_under_zero_a_perspective_without_any_row_counts_as_0_in_the_simplex_too(
    bantaeng: Multiverse,
) -> None:
    study = read_study("bantaeng")
    assert study.observations is not None
    rowless = study.observations.dropna(subset=["actual"]).reset_index(drop=True)
    plan = plan_multiverse(replace(study, observations=rowless), grid_of("bantaeng"))
    made = assemble(plan, [run_task(each, plan.material) for each in plan.tasks])
    assert made.regions is not None
    assert bantaeng.regions is not None
    assert made.regions.first == pytest.approx(bantaeng.regions.first)
    assert made.regions.names == bantaeng.regions.names
    assert made.regions.left_out == ()
