"""Any printed path model: documented verdicts, published ones, no false alarm on consistent ones."""

from __future__ import annotations

import csv
import tomllib
from fractions import Fraction
from itertools import combinations, pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bsc_analysis.auditfiles import case_of
from bsc_analysis.evidence.audit import Finding
from bsc_analysis.evidence.auditcase import AuditCase, audit_case, recover
from bsc_analysis.evidence.ledger import Verdict
from bsc_analysis.evidence.printed import Key
from bsc_analysis.scorecards.bands import Interval
from tests.printers import ROUNDINGS, print_number

EXAMPLES = 150  # in every profile: that nothing consistent is accused is the promise the program is built on
CLASSICS = Path(__file__).parent / "oracles" / "classics"
FULL = "IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP"


def case(**content: Any) -> AuditCase:
    return case_of({"kind": "paths", "title": "t", "decimal": "."} | content, Path(), "t.toml")


def findings(**content: Any) -> tuple[Finding, ...]:
    return audit_case(case(**content))


def path(start: str, end: str, **printed: str) -> dict[str, Any]:
    return {"from": start, "to": end, **printed}


def effect(kind: str, start: str, end: str, printed: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "from": start, "to": end, "printed": printed, **more}


def contradicted(found: tuple[Finding, ...]) -> list[str]:
    return [each.printed.text for each in found if each.verdict is Verdict.CONTRADICTS]


def finding(found: tuple[Finding, ...], quantity: str, start: str = "", end: str = "") -> Finding:
    (one,) = (
        each
        for each in found
        if (each.printed.key.quantity, each.printed.key.start, each.printed.key.end) == (quantity, start, end)
    )
    return one


def rounded(interval: Interval | None, decimals: int) -> tuple[float, float]:
    assert interval is not None
    return round(float(interval.lower), decimals), round(float(interval.upper), decimals)


# ---- the effects of a ministry's abstract ----------------------------------------------------------------------------------

KKP: dict[str, Any] = {
    "model": FULL,
    "path": [
        path("LG", "IP", beta=".329"), path("LG", "CP", beta=".006"), path("LG", "SH", beta="-.047"),
        path("IP", "CP", beta=".123"), path("IP", "SH", beta=".108"),
    ],
    "effect": [
        effect("indirect", "LG", "CP", ".038"), effect("indirect", "IP", "SH", ".078"), effect("indirect", "LG", "SH", ".066"),
    ],
}  # fmt: skip


def test_the_effects_of_the_kkp_abstract_get_their_documented_verdicts() -> None:
    """.329 x .123 is .0402 to .0407 within rounding, so .038 does not follow; a path IP -> CP of .114 to .117 would mend it."""
    found = findings(**KKP)
    assert contradicted(found) == [".038"]
    wrong = finding(found, "indirect_effect", "LG", "CP")
    assert rounded(wrong.recomputed, 4) == (0.0402, 0.0407)
    repairs = {each.figure.key: rounded(each.range, 3) for each in wrong.repairs}
    assert repairs[Key("direct_effect", start="IP", end="CP")] == (0.114, 0.117)
    assert repairs[Key("direct_effect", start="LG", end="IP")] == (0.304, 0.314)


def test_the_path_that_the_kkp_abstract_does_not_print_is_recovered() -> None:
    """.078 / .123 gives [.6275, .6408], the indirect .066 gives [.630, .682]; both together [.630, .641]."""
    (recovered,) = recover(case(**KKP))
    assert recovered.key == Key("direct_effect", start="CP", end="SH")
    assert rounded(recovered.range, 3) == (0.630, 0.641)
    assert len(recovered.by) == 2


# ---- published analyses ----------------------------------------------------------------------------------------------------


def classic(name: str) -> dict[str, Any]:
    """Return a published path analysis as a document: its correlations, coefficients and explained shares."""
    published = tomllib.loads((CLASSICS / f"{name}.toml").read_text("utf-8"))
    header, *rows = csv.reader((CLASSICS / f"{name}.csv").read_text("utf-8").splitlines())
    correlations = {
        row[0]: {
            column: text
            for column, text in zip(header[1:], row[1:], strict=True)
            if text and column != row[0]
        }
        for row in rows
    }
    return {
        "model": published["model"],
        "n": str(published["n"]),
        "correlations": {name: row for name, row in correlations.items() if row},
        "path": [
            path(*edge.split(" -> "), beta=text)
            for edge, text in published["effects"].items()
            if not edge.startswith(("indirect", "total"))
        ],
        "effect": [
            effect(kind, *edge.split(" -> "), text)
            for name, text in published["effects"].items()
            for kind, _, edge in [name.partition(" ")]
            if kind in ("indirect", "total")
        ],
        "r2": published.get("r2", {}),
    }  # fmt: skip


def test_blau_and_duncans_coefficients_follow_from_their_correlations_and_one_explained_share_does_not() -> (
    None
):
    """R2 of Y is .434 from the printed figures, and .42 is printed; all seven coefficients follow within rounding."""
    found = findings(**classic("blau_duncan"))
    assert [each.printed.key for each in found if each.verdict is Verdict.CONTRADICTS] == [Key("r2", end="Y")]
    coefficients = [each for each in found if each.printed.key.quantity == "direct_effect"]
    assert {each.verdict for each in coefficients} == {Verdict.FOLLOWS}
    assert len(coefficients) == 7
    share = finding(found, "r2", end="Y").recomputed
    assert share is not None
    assert Fraction("0.425") < share.lower < Fraction("0.4336") < share.upper


def test_keiths_coefficients_follow_from_his_correlations() -> None:
    found = findings(**classic("keith"))
    coefficients = [each for each in found if each.printed.key.quantity == "direct_effect"]
    assert coefficients
    assert {each.verdict for each in coefficients} == {Verdict.FOLLOWS}


# ---- by hand ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ({"b": "0.50", "se": "0.20", "t": "2.50", "p": "0.013"}, []),
        ({"b": "0.50", "se": "0.20", "t": "2.50", "p": "0.041"}, ["0.041"]),
        ({"b": "0.500", "se": "0.200", "t": "2.10"}, ["2.10"]),
        ({"b": "-0.50", "se": "0.20", "t": "2.50", "p": "<.05"}, []),
        ({"b": "-0.50", "se": "0.20", "t": "-2.50", "p": "0.013"}, []),
        ({"t": "2.50", "p": "<0.001"}, ["<0.001"]),
        ({"t": "3.50", "p": "0.000"}, []),
    ],
)
def test_a_p_comes_from_its_t_and_a_t_from_its_coefficient(row: dict[str, str], wrong: list[str]) -> None:
    """.50 / .20 = 2.5, whose two normal tails are .0124 and whose tails of t with 198 degrees of freedom .0132."""
    assert contradicted(findings(path=[path("A", "B", **row)], n="200")) == wrong


@pytest.mark.parametrize(
    ("p", "wrong"), [("0.050", []), ("0.021", []), ("0.060", ["0.060"]), ("0.010", ["0.010"])]
)
def test_a_p_may_be_that_of_t_or_of_the_normal_distribution(p: str, wrong: list[str]) -> None:
    """With n 10 and one predictor, 2.306 is the two-sided .05 point of t with 8 degrees of freedom; normal tails are .0211."""
    assert contradicted(findings(path=[path("A", "B", t="2.306", p=p)], n="10")) == wrong


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(".0405", Verdict.FOLLOWS), (".0409", Verdict.TRUNCATED), (".0410", Verdict.CONTRADICTS)],
)
def test_a_figure_that_needs_cut_off_inputs_follows_only_if_truncated(text: str, verdict: Verdict) -> None:
    """.329 and .123 rounded give at most .3295 x .1235 = .04069; cut off they may be just under .330 x .124 = .04092."""
    paths = [path("A", "B", beta=".329"), path("B", "C", beta=".123")]
    found = findings(path=paths, effect=[effect("indirect", "A", "C", text)])
    assert finding(found, "indirect_effect", "A", "C").verdict is verdict


def test_without_a_standard_error_a_p_waits_for_it_by_name() -> None:
    found = finding(findings(path=[path("A", "B", beta=".3", p=".04")]), "p", "A", "B")
    assert found.verdict is Verdict.UNCHECKABLE
    assert found.missing == (Key("raw_direct_effect", start="A", end="B"), Key("se", start="A", end="B"))


def test_standard_errors_belong_to_unstandardised_coefficients_unless_the_document_says_otherwise() -> None:
    """.50 / .20 = 2.5 has p = .012, if .20 is the error of the standardised .50; of an unprinted b nothing is known."""
    row = path("A", "B", beta="0.500", se="0.200", p="0.90")
    assert contradicted(findings(path=[row])) == []
    assert contradicted(findings(path=[row], se_of="beta")) == ["0.90"]


def test_totals_are_direct_and_indirect_effects_together() -> None:
    """.17 + .40 x .37 = .318; the path along IP and CP is .4 x .37 x .44 = .0651."""
    paths = [path("LG", "IP", beta=".40"), path("LG", "CP", beta=".17"), path("IP", "CP", beta=".37"), path("CP", "SH", beta=".44")]  # fmt: skip
    right = [effect("total", "LG", "CP", ".318"), effect("indirect", "LG", "SH", ".065", via=["IP", "CP"])]
    assert contradicted(findings(path=paths, effect=right)) == []
    wrong = [effect("total", "LG", "CP", ".338"), effect("indirect", "LG", "SH", ".085", via=["IP", "CP"])]
    assert contradicted(findings(path=paths, effect=wrong)) == [".338", ".085"]
    again = [effect("direct", "LG", "CP", ".19")]
    assert contradicted(findings(path=paths, effect=again)) == [".17", ".19"]


def test_coefficients_and_correlations_must_give_each_other() -> None:
    """With r(LG, IP) = .40, betas .17 and .37 give r(LG, CP) = .17 + .37 x .40 = .318 and r(IP, CP) = .37 + .17 x .40 = .438."""
    paths = [path("LG", "IP", beta=".40"), path("LG", "CP", beta=".17"), path("IP", "CP", beta=".37")]
    good = {"IP": {"LG": ".40"}, "CP": {"LG": ".32", "IP": ".44"}}
    assert contradicted(findings(path=paths, correlations=good)) == []
    bad = {"IP": {"LG": ".40"}, "CP": {"LG": ".32", "IP": ".54"}}
    assert ".37" in contradicted(findings(path=paths, correlations=bad))
    left_out = {"CP": {"LG": ".32"}}
    assert contradicted(findings(path=paths, correlations=left_out, r2={"CP": ".22"})) == []
    assert contradicted(findings(path=paths, correlations=left_out, r2={"CP": ".28"})) == [".28"]


def test_implied_correlations_come_from_the_paths() -> None:
    """Along IP ~ LG and CP ~ IP the model implies r(LG, CP) = .40 x .37 = .148, which data need not have."""
    paths = [path("LG", "IP", beta=".40"), path("IP", "CP", beta=".37")]
    table = {"CP": {"LG": ".25"}}
    assert contradicted(findings(path=paths, correlations=table)) == []
    assert contradicted(findings(path=paths, correlations=table, correlations_are="implied")) == [".25"]


def test_correlations_that_no_data_can_have_contradict_and_others_beside_them_do_not() -> None:
    """With r(A, B) = r(A, C) = .9, r(B, C) is at least .9 squared less .19, about .62; D goes with everything."""
    table = {"B": {"A": ".90"}, "C": {"A": ".90", "B": ".30"}, "D": {"A": ".10", "B": ".10", "C": ".10"}}
    found = findings(model="D ~ A + B + C", correlations=table)
    assert sorted(contradicted(found)) == [".30", ".90", ".90"]
    assert rounded(finding(found, "correlation", "B", "C").recomputed, 2) == (0.60, 1.00)
    table["C"]["B"] = ".62"
    assert contradicted(findings(model="D ~ A + B + C", correlations=table)) == []


@pytest.mark.parametrize(
    ("fit", "wrong"),
    [
        ({"chi2": "2.41", "df": "1", "p": ".12", "rmsea": ".084", "chi2_df": "2.41"}, []),
        ({"chi2": "2.41", "df": "2"}, ["2"]),
        ({"chi2": "2.41", "df": "1", "p": ".30"}, [".30"]),
        ({"chi2": "2.41", "df": "1", "rmsea": ".050"}, [".050"]),
        ({"chi2": "0.50", "df": "1", "rmsea": ".000", "p": ".480"}, []),
        ({"chi2": "2.41", "df": "1", "cfi": ".99"}, []),
        ({"chi2": "2.41", "df": "1", "cfi": ".95", "baseline_chi2": "100.0", "baseline_df": "6"}, [".95"]),
        ({"chi2": "2.41", "df": "1", "cfi": ".985", "baseline_chi2": "100.0", "baseline_df": "6"}, []),
    ],
)
def test_fit_measures_come_from_chi_square(fit: dict[str, str], wrong: list[str]) -> None:
    """Five of six pairs are joined: df 1. P(chi2 > 2.41) = .1206; RMSEA = sqrt(1.41 / 199) = .0842; CFI = 1 - 1.41/94 = .985."""
    model = "IP ~ LG; CP ~ LG + IP; SH ~ IP + CP"
    assert contradicted(findings(model=model, n="200", fit=fit)) == wrong


# ---- no false alarm --------------------------------------------------------------------------------------------------------

NAMES = ("A", "B", "C", "D")
MODELS = (
    "B ~ A; C ~ A + B; D ~ A + B + C",
    "B ~ A; C ~ B; D ~ A + C",
    "C ~ A + B; D ~ C",
    "C ~ A + B; D ~ A + B + C",
)
SOLVED = 10**9  # least squares is solved in floating point, and printed with far fewer digits


@st.composite
def path_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw data, estimate each equation by least squares, and print everything rounded or cut off."""
    seed, n = draw(st.integers(0, 10**6)), draw(st.integers(8, 400))
    model = draw(st.sampled_from(MODELS))
    random = np.random.default_rng(seed)
    data = random.normal(size=(n, 4)) @ random.normal(size=(4, 4))
    r = np.corrcoef(data, rowvar=False)
    way = draw(st.sampled_from([*((each,) for each in ROUNDINGS), ROUNDINGS]))
    decimals = draw(st.integers(2, 4))

    def put(value: float, digits: int = decimals) -> str:
        exact = Fraction(round(value * SOLVED), SOLVED)
        return print_number(exact, digits, draw(st.sampled_from(way)))

    betas: dict[tuple[str, str], float] = {}
    r2, paths = {}, []
    for equation in model.split("; "):
        outcome, right = equation.split(" ~ ")
        predictors = right.split(" + ")
        at = [NAMES.index(each) for each in predictors]
        own = np.linalg.solve(r[np.ix_(at, at)], r[at, NAMES.index(outcome)])
        r2[outcome] = put(float(own @ r[at, NAMES.index(outcome)]))
        for each, beta in zip(predictors, own.tolist(), strict=True):
            betas[each, outcome] = beta
            b, se = beta * 3.7, abs(random.normal()) + 0.05
            row = {"beta": put(beta), "b": put(b, 3), "se": put(se, 3), "t": put(b / se, 2)}
            kept = {name: text for name, text in row.items() if draw(st.integers(0, 4))}
            paths.append(path(each, outcome, **kept))
    correlations: dict[str, dict[str, str]] = {}
    for first, second in combinations(NAMES, 2):
        if draw(st.integers(0, 5)):
            entry = put(float(r[NAMES.index(first), NAMES.index(second)]))
            correlations.setdefault(second, {})[first] = entry
    return {
        "model": model, "n": str(n), "path": paths, "correlations": correlations, "r2": r2,
        "effect": printed_effects(model, betas, put),
    }  # fmt: skip


def printed_effects(model: str, betas: dict[tuple[str, str], float], put: Any) -> list[dict[str, Any]]:
    """Print every indirect, specific and total effect, worked out apart from the code under test."""
    effects = []
    for start, end in combinations(NAMES, 2):
        ways = [
            (start, *middle, end)
            for count in range(3)
            for middle in combinations([n for n in NAMES if start < n < end], count)
            if all(step in betas for step in pairwise((start, *middle, end)))
        ]
        along = {way: float(np.prod([betas[step] for step in pairwise(way)])) for way in ways}
        indirect = {way: value for way, value in along.items() if len(way) > 2}
        if indirect:
            effects.append(effect("indirect", start, end, put(sum(indirect.values()))))
            effects += [
                effect("indirect", start, end, put(v), via=list(way[1:-1])) for way, v in indirect.items()
            ]
        if along:
            effects.append(effect("total", start, end, put(sum(along.values()))))
    return effects


@settings(max_examples=EXAMPLES)
@given(content=path_documents())
def test_a_consistent_path_model_never_contradicts_itself(content: dict[str, Any]) -> None:
    drawn = case(**content)
    assert contradicted(audit_case(drawn)) == []
    recover(drawn)


@settings(max_examples=EXAMPLES)
@given(
    chi2=st.floats(0.01, 60), df=st.integers(1, 1), n=st.integers(10, 2000), digits=st.integers(1, 3), way=st.sampled_from(ROUNDINGS)
)  # fmt: skip
def test_consistent_fit_measures_never_contradict_each_other(
    chi2: float, df: int, n: int, digits: int, way: Any
) -> None:
    from scipy.stats import chi2 as distribution

    def put(value: float) -> str:
        return print_number(Fraction(round(value * SOLVED), SOLVED), digits, way)

    fit = {
        "chi2": put(chi2), "df": str(df), "p": put(float(distribution.sf(chi2, df))),
        "rmsea": put(sqrt(max(chi2 - df, 0) / (df * (n - 1)))),
    }  # fmt: skip
    assert contradicted(findings(model="IP ~ LG; CP ~ IP", n=str(n), fit=fit)) == []
