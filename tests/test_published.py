"""What the two studies print and what follows: every recomputed number comes out of the program, to the digits given.

Sources: the abstract of the KKP study (Universitas Indonesia, lib.ui.ac.id 20524741) and the Bantaeng paper. The numbers
here are arithmetic anyone can redo; a number given with k digits is met within half a unit of its last digit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest

from bsc_analysis.evidence.audit import Finding, audit
from bsc_analysis.evidence.implied import (
    ImpliedPath,
    ImpliedScores,
    band_readings,
    coefficients,
    implied_paths,
    implied_scores,
)
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.mending import mend
from bsc_analysis.evidence.printed import Key, Printed
from bsc_analysis.evidence.readings import Outcome, printed_outcome, score_readings
from bsc_analysis.paths.smalleffects import n_for_power
from bsc_analysis.paths.tracing import Effect, explained_variance, trace_effects
from bsc_analysis.scorecards.bands import Interval
from bsc_analysis.scorecards.rules import MissingPolicy
from bsc_analysis.scorecards.scoring import score
from bsc_analysis.scorecards.variants import vary
from bsc_analysis.studies import Study, read_study


def half_a_unit(given: str) -> Fraction:
    """Return half a unit of the last digit of a number as given; a hair is added for sums of doubles."""
    exponent = Decimal(given).as_tuple().exponent
    assert isinstance(exponent, int)
    return Fraction(10) ** exponent / 2 + Fraction(1, 10**12)


def agrees(value: Fraction | float, given: str) -> bool:
    """Say whether a number is the one given, to the digits given."""
    return abs(Fraction(value) - Fraction(given)) <= half_a_unit(given)


# ---- the Bantaeng study ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bantaeng() -> Study:
    return read_study("bantaeng")


@pytest.fixture(scope="module")
def findings(bantaeng: Study) -> tuple[Finding, ...]:
    return audit(bantaeng.printed, bantaeng.rules)


@pytest.fixture(scope="module")
def outcomes(bantaeng: Study) -> tuple[Outcome, ...]:
    assert bantaeng.observations is not None
    return score_readings(bantaeng.observations, bantaeng.readings, bantaeng.negligible)


@dataclass(frozen=True)
class Figure:
    """A printed figure by place, quantity, indicator or perspective, year and text."""

    place: str
    quantity: str
    what: str
    year: int | None
    text: str


def as_figure(printed: Printed) -> Figure:
    key = printed.key
    return Figure(printed.place, key.quantity, key.indicator or key.perspective, key.year, printed.text)


def the_finding(findings: tuple[Finding, ...], figure: Figure) -> Finding:
    (finding,) = (each for each in findings if as_figure(each.printed) == figure)
    return finding


@pytest.mark.parametrize(
    ("year", "policy", "given"),
    [
        (2016, "zero", "2.1625"),
        (2016, "renormalise", "2.8833"),
        (2017, "zero", "2.775"),
        (2017, "renormalise", "2.775"),
    ],
)
def test_the_bantaeng_totals_under_each_policy(
    year: int, policy: MissingPolicy, given: str, bantaeng: Study
) -> None:
    organisations = score(bantaeng.observations, vary(bantaeng.rules, missing=policy)).organisations
    (value,) = organisations.loc[organisations["year"] == year, "score"]
    assert agrees(value, given)


DIMENSIONS = ("satisfaction", "tangibles", "reliability", "responsiveness", "assurance", "empathy")

WITHOUT_DATA = [
    Figure("table6", quantity, name, 2016, text)
    for name in DIMENSIONS
    for quantity, text in (
        ("value", "4"),
        ("product", "4" if name == "satisfaction" else "0.8"),
        ("contribution", "1" if name == "satisfaction" else "0.2"),
    )
]

# Every figure that cannot follow, with what it comes to instead.
RECOMPUTED = [
    (Figure("table3", "target", "satisfaction", 2017, "4"), "3.2"),
    (Figure("table7", "value", "economy", 2017, "2"), "1"),
    (Figure("table7", "product", "economy", 2017, "0,7"), "0.35"),
    (Figure("table7", "contribution", "economy", 2017, "0,175"), "0.0875"),
    (Figure("table7", "contribution", "effectiveness", 2017, "0,27"), "0.225"),
    (Figure("table7", "perspective_contribution", "financial", 2017, "0.795"), "0.6625"),
    (Figure("table7", "value", "satisfaction", 2017, "4"), "3"),
    (Figure("table7", "product", "satisfaction", 2017, "4"), "3"),
    (Figure("table7", "contribution", "satisfaction", 2017, "1"), "0.75"),
    (Figure("table7", "perspective_contribution", "customer", 2017, "1"), "0.75"),
    (Figure("table7", "value", "innovation", 2017, "3"), "4"),
    (Figure("table7", "product", "innovation", 2017, "1,5"), "2"),
    (Figure("table7", "contribution", "innovation", 2017, "0,375"), "0.5"),
    (Figure("table7", "perspective_contribution", "internal_process", 2017, "0,75"), "0.875"),
    (Figure("table7", "value", "facilities", 2017, "2"), "1"),
    (Figure("table7", "product", "facilities", 2017, "0.7"), "0.35"),
    (Figure("table7", "contribution", "facilities", 2017, "0,175"), "0.0875"),
    (Figure("table7", "perspective_contribution", "learning_growth", 2017, "0,575"), "0.4875"),
    (Figure("table7", "organisation_score", "", 2017, "3,12"), "2.775"),
    (Figure("last_table", "contribution", "economy", 2017, "0,175"), "0.0875"),
    (Figure("last_table", "contribution", "effectiveness", 2017, "0,27"), "0.225"),
    (Figure("last_table", "contribution", "satisfaction", 2017, "1"), "0.75"),
    (Figure("last_table", "contribution", "innovation", 2017, "0,375"), "0.5"),
    (Figure("last_table", "contribution", "facilities", 2017, "0,175"), "0.0875"),
    (Figure("last_table", "organisation_score", "", 2017, "3,12"), "2.775"),
    (Figure("abstract", "organisation_score", "", 2017, "3,12"), "2.775"),
    (Figure("abstract", "perspective_contribution", "financial", 2017, "0,795"), "0.6625"),
    (Figure("abstract", "perspective_contribution", "customer", 2017, "1"), "0.75"),
    (Figure("abstract", "perspective_contribution", "internal_process", 2017, "0,75"), "0.875"),
    (Figure("abstract", "perspective_contribution", "learning_growth", 2017, "0,575"), "0.4875"),
    (Figure("results", "organisation_score", "", 2017, "3.12"), "2.775"),
    (Figure("discussion", "perspective_contribution", "learning_growth", 2017, "0,575"), "0.4875"),
    (Figure("discussion", "organisation_score", "", 2017, "3,12"), "2.775"),
    (Figure("conclusion", "organisation_score", "", 2017, "3.12"), "2.775"),
]


def name_of(value: object) -> str | None:
    return f"{value.place} {value.quantity} {value.what} {value.text}" if isinstance(value, Figure) else None


def test_the_contradicted_figures_are_exactly_these_no_more_and_no_less(
    findings: tuple[Finding, ...],
) -> None:
    contradicted = [as_figure(each.printed) for each in findings if each.verdict is Verdict.CONTRADICTS]
    expected = [*WITHOUT_DATA, *(figure for figure, _ in RECOMPUTED)]
    assert [figure for figure in contradicted if figure not in expected] == []
    assert [figure for figure in expected if figure not in contradicted] == []
    assert len(contradicted) == len(expected) == 52


@pytest.mark.parametrize(("figure", "given"), RECOMPUTED, ids=name_of)
def test_a_contradicted_figure_comes_to_what_its_own_data_give(
    figure: Figure, given: str, findings: tuple[Finding, ...]
) -> None:
    recomputed = the_finding(findings, figure).recomputed
    assert recomputed == Interval(Fraction(given), Fraction(given))


@pytest.mark.parametrize("figure", WITHOUT_DATA, ids=name_of)
def test_the_customer_rows_of_2016_rest_on_no_data(figure: Figure, findings: tuple[Finding, ...]) -> None:
    finding = the_finding(findings, figure)
    assert finding.verdict is Verdict.CONTRADICTS
    assert finding.recomputed is None
    assert "no data" in finding.sum.en


SUMS = [
    (Figure("table7", "contribution", "effectiveness", 2017, "0,27"), "0.25 × 0.9 = 0.225"),
    (Figure("table7", "value", "economy", 2017, "2"), "N(70.5882) = 1"),
    (Figure("table7", "value", "facilities", 2017, "2"), "N(51.4970) = 1"),
    (Figure("table7", "value", "innovation", 2017, "3"), "N(117.1010) = 4"),
    (Figure("table7", "value", "satisfaction", 2017, "4"), "N(100) = 3"),
    (
        Figure("table7", "perspective_contribution", "financial", 2017, "0.795"),
        "0.0875 + 0.35 + 0.225 = 0.6625",
    ),
    (Figure("table7", "organisation_score", "", 2017, "3,12"), "0.6625 + 0.75 + 0.875 + 0.4875 = 2.775"),
    (Figure("last_table", "contribution", "economy", 2017, "0,175"), "0.25 × 0.35 × 1 = 0.0875"),
    (Figure("table3", "target", "satisfaction", 2017, "4"), "0.8 + 0.8 + 0.8 + 0.8 = 3.2"),
]


@pytest.mark.parametrize(("figure", "text"), SUMS, ids=name_of)
def test_a_contradiction_shows_its_sum(figure: Figure, text: str, findings: tuple[Finding, ...]) -> None:
    assert the_finding(findings, figure).sum.en == text


def test_the_contradictions_of_table_7_start_at_five_figures(findings: tuple[Finding, ...]) -> None:
    own = [as_figure(each.printed) for each in findings if each.own and each.printed.place == "table7"]
    assert [(each.quantity, each.what, each.text) for each in own] == [
        ("value", "economy", "2"),
        ("contribution", "effectiveness", "0,27"),
        ("value", "satisfaction", "4"),
        ("value", "innovation", "3"),
        ("value", "facilities", "2"),
    ]


def test_the_total_of_table_7_inherits_its_contradiction_from_those_five(
    findings: tuple[Finding, ...],
) -> None:
    total = the_finding(findings, Figure("table7", "organisation_score", "", 2017, "3,12"))
    assert [cause.key.indicator for cause in total.causes] == [
        "economy",
        "effectiveness",
        "satisfaction",
        "innovation",
        "facilities",
    ]


def test_the_customer_target_lacks_empathy(findings: tuple[Finding, ...]) -> None:
    finding = the_finding(findings, Figure("table3", "target", "satisfaction", 2017, "4"))
    assert finding.missing == (Key("target", "customer", "empathy", 2017),)


@pytest.mark.parametrize(
    ("figure", "rounded"),
    [
        (Figure("last_table", "achievement", "economy", 2017, "70.58"), "70.59"),
        (Figure("last_table", "achievement", "facilities", 2017, "51.49"), "51.50"),
        (Figure("discussion", "achievement", "facilities", 2017, "51,49"), "51.50"),
    ],
    ids=name_of,
)
def test_the_gradations_that_follow_only_if_truncated(
    figure: Figure, rounded: str, findings: tuple[Finding, ...]
) -> None:
    finding = the_finding(findings, figure)
    assert finding.verdict is Verdict.TRUNCATED
    assert finding.recomputed is not None
    assert agrees(finding.recomputed.lower, rounded)
    assert agrees(finding.recomputed.upper, rounded)


def test_no_other_figure_follows_only_if_truncated(findings: tuple[Finding, ...]) -> None:
    assert sum(each.verdict is Verdict.TRUNCATED for each in findings) == 3


@pytest.mark.parametrize("place", ["table6", "last_table", "abstract", "results", "discussion"])
def test_the_total_of_2016_follows_under_missing_as_zero_only(
    place: str, findings: tuple[Finding, ...]
) -> None:
    (finding,) = (
        each
        for each in findings
        if (each.printed.place, each.printed.key) == (place, Key("organisation_score", year=2016))
    )
    assert (finding.verdict, finding.under) == (Verdict.FOLLOWS, ("zero",))
    assert finding.from_data == Interval(Fraction("2.1625"), Fraction("2.1625"))


def test_the_customer_total_of_0_follows_under_missing_as_zero_only(findings: tuple[Finding, ...]) -> None:
    finding = the_finding(findings, Figure("table6", "perspective_contribution", "customer", 2016, "0"))
    assert (finding.verdict, finding.under) == (Verdict.FOLLOWS, ("zero",))


def test_the_number_of_findings_per_verdict(findings: tuple[Finding, ...]) -> None:
    assert Counter(each.verdict for each in findings) == {
        Verdict.FOLLOWS: 160,
        Verdict.TRUNCATED: 3,
        Verdict.CONTRADICTS: 52,
        Verdict.UNCHECKABLE: 80,
    }


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("table3", (0, 0, 1, 20)),
        ("table4", (16, 0, 0, 16)),
        ("table6", (37, 0, 18, 5)),
        ("table7", (42, 0, 18, 5)),
        ("last_table", (54, 2, 6, 34)),
        ("abstract", (1, 0, 5, 0)),
        ("results", (1, 0, 1, 0)),
        ("discussion", (9, 1, 2, 0)),
        ("conclusion", (0, 0, 1, 0)),
    ],
)
def test_the_number_of_findings_per_place(
    place: str, counts: tuple[int, int, int, int], findings: tuple[Finding, ...]
) -> None:
    """Follows, follows only if truncated, contradicts, cannot be checked."""
    counted = Counter(each.verdict for each in findings if each.printed.place == place)
    order = (Verdict.FOLLOWS, Verdict.TRUNCATED, Verdict.CONTRADICTS, Verdict.UNCHECKABLE)
    assert tuple(counted[verdict] for verdict in order) == counts


@pytest.mark.parametrize("place", ["table7", "last_table"])
@pytest.mark.parametrize(("mended", "given"), [(["0,27"], "3.075"), (None, "2.775")], ids=["only .27", "all"])
def test_the_total_of_2017_mended(
    place: str, mended: list[str] | None, given: str, bantaeng: Study, findings: tuple[Finding, ...]
) -> None:
    mends = [each for each in mend(findings, bantaeng.printed, bantaeng.rules) if each.total.place == place]
    values = [
        each.value
        for each in mends
        if (len(each.mended) > 1 if mended is None else [cause.text for cause in each.mended] == mended)
    ]
    assert values == [Fraction(given)]


@pytest.mark.parametrize(
    ("reading", "first", "last", "direction"),
    [
        ("bands_zero", "2.1625", "2.775", "rise"),
        ("bands_renormalised", "2.8833", "2.775", "fall"),
        ("bands_common", "2.8833", "2.700", "fall"),
        ("lower_better_ratio", "2.65", "2.95", "rise"),
        ("lower_better_difference", "2.65", "2.775", "rise"),
        ("attainment", "97.55", "97.62", "no change"),
        ("attainment_capped", "97.55", "97.18", "no change"),
        ("attainment_common", "97.55", "96.83", "fall"),
    ],
)
def test_the_verdict_hangs_on_the_rule(
    reading: str, first: str, last: str, direction: str, outcomes: tuple[Outcome, ...]
) -> None:
    (outcome,) = (each for each in outcomes if each.reading is not None and each.reading.id == reading)
    assert [year for year, _ in outcome.scores] == [2016, 2017]
    assert [
        agrees(value, given) for (_, value), given in zip(outcome.scores, (first, last), strict=True)
    ] == [True, True]
    assert outcome.direction == direction


def test_as_printed_the_organisation_rises(bantaeng: Study) -> None:
    outcome = printed_outcome(bantaeng.printed, bantaeng.rules, bantaeng.negligible)
    assert outcome is not None
    assert outcome.scores == ((2016, 2.163), (2017, 3.12))
    assert outcome.direction == "rise"


def test_no_reading_is_left_out(bantaeng: Study) -> None:
    assert len(bantaeng.readings) == 8


def test_the_text_places_both_totals_in_the_bands_that_follow(bantaeng: Study) -> None:
    """The paper reads 2.163 as the band 80-90 % (value 2) and 3.12 as 91-110 % (value 3)."""
    assert [
        (each.printed.key.year, int(each.band.value), each.certain)
        for each in band_readings(bantaeng.printed, bantaeng.rules)
    ] == [
        (2016, 2, True),
        (2017, 3, True),
    ]


# ---- the KKP study ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kkp() -> Study:
    return read_study("kkp")


@pytest.fixture(scope="module")
def kkp_findings(kkp: Study) -> tuple[Finding, ...]:
    return audit(kkp.printed, kkp.rules, kkp.model)


@pytest.fixture(scope="module")
def path(kkp: Study) -> ImpliedPath:
    assert kkp.model is not None
    (found,) = implied_paths(kkp.printed, kkp.rules, kkp.model)
    return found


def ends_agree(interval: Interval | None, lower: str, upper: str) -> bool:
    return interval is not None and agrees(interval.lower, lower) and agrees(interval.upper, upper)


def test_the_path_that_is_not_printed_is_customer_to_stakeholder(path: ImpliedPath) -> None:
    assert (path.start, path.end) == ("CP", "SH")
    assert agrees(path.point, ".634")
    assert ends_agree(path.joint, ".630", ".641")


@pytest.mark.parametrize(
    ("start", "lower", "upper"),
    [("IP", ".6275", ".6408"), ("LG", ".630", ".682")],
    ids=["from .078", "from .066"],
)
def test_each_indirect_effect_alone_leaves_a_range_for_it(
    start: str, lower: str, upper: str, path: ImpliedPath
) -> None:
    (interval,) = (interval for figure, interval in path.by if figure.key.start == start)
    assert ends_agree(interval, lower, upper)


def test_the_implied_path_is_the_largest_of_the_model(kkp: Study, path: ImpliedPath) -> None:
    known = coefficients(kkp.printed, (path,))
    assert max(known, key=lambda edge: abs(known[edge])) == ("CP", "SH")


def contradictory_effect(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = (each for each in findings if each.verdict is Verdict.CONTRADICTS)
    return finding


def test_the_one_contradiction_is_the_indirect_effect_of_learning_on_customers(
    kkp_findings: tuple[Finding, ...],
) -> None:
    finding = contradictory_effect(kkp_findings)
    assert (finding.printed.key, finding.printed.text) == (
        Key("indirect_effect", start="LG", end="CP"),
        "0.038",
    )
    assert ends_agree(finding.recomputed, ".0402", ".0407")
    assert finding.own
    assert finding.sum.en == "[0.3285; 0.3295] × [0.1225; 0.1235] = [0.0402; 0.0407]"


@pytest.mark.parametrize(
    ("quantity", "end", "lower", "upper"),
    [("indirect_effect", "CP", ".040", ".041"), ("direct_effect", "CP", ".114", ".117")],
    ids=["the indirect effect itself", "IP to CP"],
)
def test_a_single_repair_would_mend_it(
    quantity: str, end: str, lower: str, upper: str, kkp_findings: tuple[Finding, ...]
) -> None:
    ranges = [
        each.range
        for each in contradictory_effect(kkp_findings).repairs
        if (each.figure.key.quantity, each.figure.key.end) == (quantity, end)
    ]
    assert [ends_agree(each, lower, upper) for each in ranges] == [True]


@pytest.mark.parametrize(
    ("start", "end", "direct", "indirect", "total", "inconsistent"),
    [
        ("LG", "CP", ".006", ".040", ".046", False),
        ("IP", "SH", ".108", ".078", ".186", False),
        ("LG", "SH", "-.047", ".065", ".018", True),
    ],
)
def test_total_effects_with_the_implied_path(
    start: str,
    end: str,
    direct: str,
    indirect: str,
    total: str,
    inconsistent: bool,
    kkp: Study,
    path: ImpliedPath,
) -> None:
    assert kkp.model is not None
    effects = trace_effects(kkp.model, coefficients(kkp.printed, (path,)))
    effect: Effect
    (effect,) = (each for each in effects if (each.start, each.end) == (start, end))
    assert agrees(effect.direct, direct)
    assert agrees(effect.indirect, indirect)
    assert agrees(effect.total, total)
    assert effect.inconsistent is inconsistent


@pytest.mark.parametrize(("outcome", "given"), [("IP", ".108"), ("CP", ".016"), ("SH", ".427")])
def test_explained_variance_if_the_effects_are_standardised(
    outcome: str, given: str, kkp: Study, path: ImpliedPath
) -> None:
    assert kkp.model is not None
    explained = explained_variance(kkp.model, coefficients(kkp.printed, (path,)))
    assert agrees(explained[outcome], given)


@pytest.mark.parametrize(
    ("effect", "n"),
    [
        (0.329, 71), (0.123, 517), (0.108, 671), (0.078, 1_288), (0.066, 1_800), (-0.047, 3_551), (0.038, 5_434),
        (0.006, 218_023),
    ],
)  # fmt: skip
def test_the_units_it_takes_to_see_each_printed_effect(effect: float, n: int, kkp: Study) -> None:
    printed = {
        float(figure.value) for figure in kkp.printed.figures if figure.key.start and figure.value is not None
    }
    assert effect in printed
    assert n_for_power(effect) == n


def year_of(kkp: Study, year: int) -> ImpliedScores:
    (found,) = (each for each in implied_scores(kkp.printed, kkp.rules) if each.year == year)
    return found


@pytest.mark.parametrize(
    ("year", "mean", "lower", "upper"),
    [(2015, "117.3", "116.5", "118.2"), (2016, "108.7", "107.8", "109.5"), (2017, "99.0", "98.2", "99.8")],
)
def test_the_mean_of_the_perspectives_that_are_not_printed(
    year: int, mean: str, lower: str, upper: str, kkp: Study
) -> None:
    found = year_of(kkp, year)
    assert [each.short for each in found.unprinted] == ["LG", "IP", "CP"]
    assert agrees(found.mean, mean)
    assert ends_agree(found.mean_range, lower, upper)


def test_the_ceiling_of_2015_and_the_floors_it_leaves(kkp: Study) -> None:
    found = year_of(kkp, 2015)
    assert found.ceiling == 114
    floors = {each.short: floor for each, floor in found.floors}
    assert agrees(floors["LG"], "113.3")
    assert agrees(floors["IP"], "113.3")


def test_the_organisation_falls_from_green_to_yellow(kkp: Study) -> None:
    readings = [
        each
        for each in band_readings(kkp.printed, kkp.rules)
        if each.printed.key.quantity == "organisation_score"
    ]
    assert [(each.printed.key.year, each.printed.value, each.band.id, each.certain) for each in readings] == [
        (2015, 112, "green", True),
        (2016, 104, "green", True),
        (2017, 98, "yellow", True),
    ]


def test_the_stakeholder_perspective_stays_green_though_90_may_be_rounded_up(kkp: Study) -> None:
    readings = [
        each
        for each in band_readings(kkp.printed, kkp.rules)
        if each.printed.key.quantity == "perspective_score"
    ]
    assert [(each.printed.key.year, each.band.id, each.certain) for each in readings] == [
        (2015, "green", True),
        (2016, "green", False),
        (2017, "green", True),
    ]


def test_the_number_of_indicators_grows_more_than_tenfold_in_2016(kkp: Study) -> None:
    counts = {f.key.year: f.value for f in kkp.printed.figures if f.key.quantity == "indicator_count"}
    assert counts == {2015: 1122, 2016: 11653, 2017: 13050}
    assert agrees(Fraction(counts[2016] or 0) / Fraction(counts[2015] or 1), "10.4")


def test_the_number_of_kkp_findings_per_verdict(kkp_findings: tuple[Finding, ...]) -> None:
    assert Counter(each.verdict for each in kkp_findings) == {
        Verdict.FOLLOWS: 6,
        Verdict.CONTRADICTS: 1,
        Verdict.UNCHECKABLE: 17,
    }
