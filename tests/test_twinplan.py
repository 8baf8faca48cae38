"""Plans of twins: what they say when read, how they are varied, and what is refused with which reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bsc_analysis.errors import BscError, StudyError, UseError
from bsc_analysis.files import read_rules
from bsc_analysis.twins.document import read_plan
from bsc_analysis.twins.plan import vary_twin
from tests.twincases import HEAD, KKP, KKP_TEXT, catalogue, kkp_plan, plan_with, small_plan

# Figures that are written with three decimals, or sums of products of such.
LAST_BITS = 1e-9


def refusals(*changes: tuple[str, str]) -> list[str]:
    """Return every reason why the small plan, changed, is refused."""
    with pytest.raises(StudyError) as refused:
        plan_with(*changes)
    return [str(each) for each in refused.value.faults]


# ---- what a plan says ------------------------------------------------------------------------------------------------


def test_the_printed_figures_are_in_the_plan_of_the_study() -> None:
    plan = kkp_plan()
    assert [(each.year, each.indicators, each.nko) for each in plan.years] == [
        (2015, 1122, 112.0),
        (2016, 11653, 104.0),
        (2017, 13050, 98.0),
    ]
    assert [each.ministry[plan.shorts.index("SH")] for each in plan.years] == [96.0, 90.0, 95.0]
    assert (plan.n_indicators, plan.n_unit_years) == (25_825, 62 + 947 + 1064)
    assert plan.weights == (0.3, 0.3, 0.15, 0.25)
    assert plan.cap == 120


def test_the_paths_of_a_plan_are_those_written() -> None:
    written = {
        ("LG", "IP"): 0.329,
        ("LG", "CP"): 0.006,
        ("IP", "CP"): 0.123,
        ("LG", "SH"): -0.047,
        ("IP", "SH"): 0.108,
        ("CP", "SH"): 0.634,
    }
    assert dict(kkp_plan().paths) == pytest.approx(written, abs=LAST_BITS)


def test_paths_that_are_not_written_are_zero() -> None:
    paths = dict(small_plan().paths)
    assert paths["LG", "SH"] == pytest.approx(0, abs=LAST_BITS)
    assert paths["CP", "SH"] == pytest.approx(0.5, abs=LAST_BITS)


def test_the_ministry_of_2015_by_hand() -> None:
    """(112 - .25 x 96) / .75 = 117.3333; with the offsets .6, .1, -1.4 the three are 117.9333, 117.4333, 115.9333."""
    ministry = kkp_plan().years[0].ministry
    assert ministry == pytest.approx((117 + 14 / 15, 117 + 13 / 30, 115 + 14 / 15, 96.0), abs=LAST_BITS)
    assert sum(w * x for w, x in zip(kkp_plan().weights, ministry, strict=True)) == pytest.approx(112)


def test_correlations_may_stand_in_the_place_of_paths() -> None:
    """With r(LG, IP) = .5 alone the path is .5; SH on CP alone has .4."""
    matrix = "correlations = [[1, 0.5, 0, 0], [0.5, 1, 0, 0], [0, 0, 1, 0.4], [0, 0, 0.4, 1]]\n[truth.sd]"
    start = HEAD.index("[truth.paths]")
    text = HEAD[:start] + HEAD[HEAD.index("[records]") :]
    plan = read_plan(text.replace("[truth.sd]", "[truth]\n" + matrix) + catalogue(), "twin.toml", KKP)
    paths = dict(plan.paths)
    assert (paths["LG", "IP"], paths["IP", "CP"], paths["CP", "SH"]) == pytest.approx(
        (0.5, 0, 0.4), abs=LAST_BITS
    )


# ---- variations ------------------------------------------------------------------------------------------------------


def test_what_is_not_named_stays() -> None:
    plan = vary_twin(small_plan(), missing=0.1)
    assert plan == replace(small_plan(), options=replace(small_plan().options, missing=0.1))


def test_every_option_can_be_varied() -> None:
    plan = vary_twin(
        small_plan(), seed=3, calibration="population", missing=0.1, noise=2, tails=6, icc=0.2, persistence=0.1,
        lag={"CP -> SH": 0.2, "LG->IP": 0.1},
    )  # fmt: skip
    assert (plan.seed, plan.calibration) == (3, "population")
    options = plan.options
    assert (options.missing, options.noise, options.tails, options.icc) == (0.1, 2.0, 6.0, 0.2)
    assert options.persistence == 0.1
    assert options.lag == ((("LG", "IP"), 0.1), (("CP", "SH"), 0.2))


def test_an_empty_lag_takes_all_lags_away() -> None:
    assert vary_twin(vary_twin(small_plan(), lag={"CP -> SH": 0.2}), lag={}) == small_plan()


def test_impossible_options_are_refused_all_at_once() -> None:
    with pytest.raises(UseError) as refused:
        vary_twin(small_plan(), missing=1.0, noise=-1, tails=2, icc=1.5, persistence=1, seed=-3,
                  lag={"SH -> CP": 0.1, "LG -> IP": 1.0})  # fmt: skip
    said = "\n".join(str(each) for each in refused.value.faults)
    for path in ("missing", "noise", "tails", "icc", "persistence"):
        assert f"options.{path}: got" in said
    assert "seed: got -3" in said
    assert "options.lag: got 'SH -> CP', expected two different perspectives of LG, IP, CP, SH" in said
    assert "options.lag.LG -> IP: got 1, allowed: above -1 and below 1" in said
    assert len(refused.value.faults) == 8


@pytest.mark.parametrize("option", ["missing", "noise", "tails", "icc", "persistence"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(option: str, value: float) -> None:
    with pytest.raises(UseError, match=f"options.{option}"):
        vary_twin(small_plan(), **{option: value})  # type: ignore[arg-type]


def test_lag_and_persistence_that_leave_no_variance_are_refused() -> None:
    with pytest.raises(UseError, match="leave SH no variance of its own"):
        vary_twin(kkp_plan(), persistence=0.9, lag={"CP -> SH": 0.9})


# ---- targets that cannot be met --------------------------------------------------------------------------------------


def test_an_nko_above_what_cap_and_weights_allow_is_refused() -> None:
    """Given SH = 94 the ceiling is .75 x 120 + .25 x 94 = 113.5."""
    (only,) = refusals(("nko = 100,", "nko = 113.6,"))
    assert only == (
        "twin.toml: year.0.ministry.nko: an NKO of 113.6 cannot be met: with SH = 94, the weights and the cap of 120 allow "
        "at most 113.5"
    )


def test_the_ceiling_itself_can_be_met() -> None:
    assert plan_with(("nko = 100,", "nko = 113.5,")).years[0].ministry == pytest.approx((120, 120, 120, 94))


def test_an_nko_below_what_is_given_is_refused() -> None:
    """.25 x 94 = 23.5 is there already."""
    (only,) = refusals(("nko = 100,", "nko = 23,"))
    assert "an NKO of 23 cannot be met: with SH = 94, the weights allow no less than 23.5" in only


def test_an_nko_beside_wholly_given_scores_is_refused() -> None:
    (only,) = refusals(("given = { SH = 94 }", "given = { LG = 100, IP = 100, CP = 100, SH = 94 }"))
    assert "an NKO of 100 cannot be met: the perspectives' scores are all given, and come to 98.5" in only


def test_an_offset_that_lifts_a_score_above_the_cap_is_refused() -> None:
    """Others at (101 - .25 x 95) / .75 = 103; with an offset of 18 LG would be at 121."""
    (only,) = refusals(("LG = 1, IP = -1", "LG = 18, IP = -18"))
    assert "year.1.ministry: the ministry's LG would be 121, allowed: 0 to 120" in only


def test_offsets_must_cancel_and_belong_to_what_is_free() -> None:
    said = refusals(("LG = 1, IP = -1", "LG = 1, SH = 2"))
    assert "twin.toml: year.1.ministry.offsets.SH: its score is given, an offset has no meaning" in said
    assert (
        "twin.toml: year.1.ministry.offsets: weighted they sum to 0.8, expected 0 so that the NKO is met"
        in said
    )


def test_paths_that_explain_more_than_there_is_are_refused() -> None:
    """IP = LG + ..., CP -> SH of 1.2: SH would be explained by 1.44."""
    (only,) = refusals(('"CP -> SH" = 0.5', '"CP -> SH" = 1.2'))
    assert only == "twin.toml: truth: the coefficients explain 1.44 of the variance of SH, allowed: below 1"


def test_correlations_that_are_not_positive_definite_are_refused_with_their_least_eigenvalue() -> None:
    """Three variables that all correlate -.9 have the eigenvalue 1 - 2 x .9 = -.8."""
    rows = "[[1, -0.9, -0.9, 0], [-0.9, 1, -0.9, 0], [-0.9, -0.9, 1, 0], [0, 0, 0, 1]]"
    start, end = HEAD.index("[truth.paths]"), HEAD.index("[records]")
    text = (HEAD[:start] + HEAD[end:]).replace("[truth.sd]", f"[truth]\ncorrelations = {rows}\n[truth.sd]")
    with pytest.raises(StudyError) as refused:
        read_plan(text + catalogue(), "twin.toml", KKP)
    assert "truth: the matrix cannot come from data" in str(refused.value)
    assert "the least eigenvalue is -0.8" in str(refused.value)


def test_year_means_that_differ_more_than_the_standard_deviations_allow_are_refused() -> None:
    (only,) = refusals(("means = { LG = 101,", "means = { LG = 118,"))
    assert "truth.sd: without the means of the years" in only
    assert "least eigenvalue -" in only


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("indicators = 400", "indicators = 163", "year.0.indicators: 163 are too few for 41 units, at least 164 are needed"),
        ("echelon_2 = 38 }", "echelon_2 = 35 }", "year.1.units.echelon_2: 35 units are fewer than the 36 of the year before"),
        ("minister = 1, echelon_1 = 4, echelon_2 = 36", "minister = 2, echelon_1 = 4, echelon_2 = 36",
         "year.0.units.minister: got 2, expected 1"),
        ("units = { minister = 1, echelon_1 = 4, echelon_2 = 36 }", "units = { minister = 1, echelon_2 = 40 }",
         "year.0.units.echelon_2: 40 units have no unit of the level above, echelon_1"),
        ("units = { minister = 1, echelon_1 = 4, echelon_2 = 36 }", "units = { minister = 1, echelon_1 = 4 }",
         "year.0.units: 5 units are too few to have the covariances of the truth, at least 6 are needed"),
        ("year = 2016", "year = 2018", "year: got 2015, 2018, expected years that follow each other"),
        ("means = { LG = 101,", "means = { LG = 120,", "year.0.means.LG: got 120, allowed: above 0 and below the cap of 120"),
        ("shares = { LG = 0.25,", "shares = { LG = 0.3,", "records.shares: they sum to 1.05, expected 1"),
        ("shares = { LG = 0.25, IP = 0.25,", "shares = { LG = 0.5, IP = 0.0,", "records.shares.IP: got 0, allowed: above 0"),
        ("spread = 15", "spread = 0", "records.spread: got 0, allowed: above 0"),
        ("held = 0.1", "held = 1", "records.held: got 1, allowed: 0 up to, but without, 1"),
        ("growth = 0.02", "growth = -1", "records.growth: got -1"),
        ("indicators = 12", "indicators = 4", "level.0.indicators: got 4, allowed: above 4"),
        ("persistence = 0.4", "persistence = 1.0", "options.persistence: got 1, allowed: 0 up to, but without, 1"),
        ("[truth.sd]\nLG = 5", "[truth.sd]\nLG = 0", "truth.sd.LG: got 0, allowed: above 0"),
        ('"LG -> IP" = 0.3', '"IP -> LG" = 0.3', "truth.paths: got 'IP -> LG', expected two different perspectives"),
        ('cluster = "echelon_1"', 'cluster = "echelon_9"', "cluster: got 'echelon_9', did you mean 'echelon_2'?"),
        ('id = "minister"', 'id = "board"', "level: got 'board', allowed: minister, echelon_1"),
        ("means = { LG = 101,", "means = { XX = 101,", "year.0.means: nothing is said of LG"),
        ("given = { SH = 94 }", "given = { KK = 94 }", "year.0.ministry.given: got 'KK', allowed: LG, IP, CP, SH"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_place(before: str, after: str, reason: str) -> None:
    said = refusals((before, after))
    assert any(each.startswith(f"twin.toml: {reason}") for each in said), said


def test_levels_out_of_order_are_refused() -> None:
    said = refusals(('id = "echelon_1"', 'id = "echelon_3"'))
    assert any(
        "level: got minister, echelon_3, echelon_2, expected the order minister, echelon_1" in each
        for each in said
    )


def test_all_faults_come_at_once() -> None:
    said = refusals(("nko = 100,", "nko = 119,"), ("means = { LG = 100,", "means = { LG = 130,"))
    assert [each.split(":")[1].strip() for each in said] == ["year.0.ministry.nko", "year.1.means.LG"]


# ---- the catalogue ---------------------------------------------------------------------------------------------------


def test_a_catalogue_that_is_too_small_is_refused() -> None:
    with pytest.raises(
        StudyError, match=r"indicator: a unit has \d indicators of LG, and the catalogue has 2"
    ):
        read_plan(HEAD + catalogue(2), "twin.toml", KKP)


def test_a_ministry_is_not_given_what_is_kept_in_a_range() -> None:
    """Each of its scores would be bounded by it; so it needs enough others."""
    few = catalogue(5).replace("[50, 80]\n\n", '[50, 80]\npolarity = "stabilize"\nwidth = 0.1\n\n')
    with pytest.raises(
        StudyError, match=r"the ministry has \d indicators of LG, and the catalogue has 1 that are not kept"
    ):
        read_plan(HEAD + few, "twin.toml", KKP)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("target = [0.62, 0.8]", "target = [0.8, 0.62]", "indicator.0.target: got 0.8 to 0.62, expected the lower one first"),
        ("decimals = 3", "decimals = 1", "indicator.0.decimals: one step of 'Uji' is 16.1 % of its least target, at most 0.5 %"),
        ("decimals = 3", "decimals = 3\nwidth = 0.1", "indicator.0.width: what is kept in a range needs one, and nothing else"),
        ("decimals = 3", 'decimals = 3\npolarity = "stabilize"', "indicator.0.width: what is kept in a range needs one"),
        ('perspective = "SH"\nobjective = "Uji"', 'perspective = "sh"\nobjective = "Uji"', "indicator.0.perspective: got 'sh'"),
        ('name = "Uji"', 'name = "IKU 0"', "indicator.28.name: 'IKU 0' stands twice in SH"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_made_is_refused(before: str, after: str, reason: str) -> None:
    own = (
        '[[indicator]]\nperspective = "SH"\nobjective = "Uji"\nname = "Uji"\nunit_of_measure = "rasio"\n'
        "target = [0.62, 0.8]\ndecimals = 3\n"
    )
    assert read_plan(HEAD + own + catalogue(), "twin.toml", KKP).catalogue[0].name == "Uji"
    assert own.count(before) == 1
    with pytest.raises(StudyError) as refused:
        read_plan(HEAD + own.replace(before, after) + catalogue(), "twin.toml", KKP)
    assert [str(each)[: len(reason) + 11] for each in refused.value.faults] == [f"twin.toml: {reason}"]


def test_rules_without_cap_or_with_other_formulas_are_refused() -> None:
    """A twin's actuals are the inverse of the rule set's formulas."""
    with pytest.raises(StudyError, match="the rule set kkp has no cap"):
        plan_with(rules=replace(KKP, cap=None))
    with pytest.raises(
        StudyError,
        match=r"indicator.8.polarity: stabilize needs the formula 'both sides', and .* nearest edge",
    ):
        plan_with(rules=replace(KKP, stabilize="nearest edge"))
    with pytest.raises(StudyError, match="scores by bands, objectives or conversions"):
        plan_with(rules=replace(KKP, perspective_from="objectives"))


def test_the_plan_of_the_study_needs_perspectives_by_its_names() -> None:
    with pytest.raises(BscError, match="allowed"):
        read_plan(KKP_TEXT, "twin.toml", read_rules("bantaeng"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("seed = 1 2", "not valid TOML"),
        (HEAD + "sead = 1\n" + catalogue(), "unknown key 'year.1.sead'"),
        (HEAD.replace("spread = 15", 'spread = "wide"') + catalogue(), "records.spread: got 'wide'"),
        (HEAD.replace("held = 0.1\n", "") + catalogue(), "records.held: this key is required and missing"),
        (HEAD.replace("[truth.paths]", "[truth.ways]") + catalogue(), "unknown key 'truth.ways'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, reason: str) -> None:
    with pytest.raises(StudyError) as refused:
        read_plan(text, "twin.toml", KKP)
    assert reason in str(refused.value)


def test_a_truth_is_given_once() -> None:
    start, end = HEAD.index("[truth.paths]"), HEAD.index("[records]")
    with pytest.raises(StudyError, match="truth: got neither, expected paths or correlations"):
        read_plan(HEAD[:start] + HEAD[end:] + catalogue(), "twin.toml", KKP)
