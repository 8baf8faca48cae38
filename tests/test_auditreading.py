"""Documents for the audit at the door: every fault at once, with its path, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bsc_analysis.auditfiles import case_of
from bsc_analysis.errors import BscError, PrintedError
from bsc_analysis.evidence.auditdocument import PathsDocument, ScorecardDocument
from bsc_analysis.evidence.auditreading import read_audit_document


def faults(**content: Any) -> list[str]:
    with pytest.raises(BscError) as caught:
        case_of({"title": "t"} | content, Path(), "t.toml")
    return [str(each) for each in caught.value.faults]


def scorecard(**content: Any) -> list[str]:
    return faults(kind="scorecard", decimal=".", **content)


def paths(**content: Any) -> list[str]:
    return faults(kind="paths", decimal=".", **content)


def test_a_document_is_read_as_its_kind() -> None:
    read = read_audit_document({"kind": "scorecard", "title": "t", "indicator": [{"name": "a"}]}, "t.toml")
    assert isinstance(read, ScorecardDocument)
    row = {"from": "A", "to": "B", "p": "<.001"}
    assert isinstance(
        read_audit_document({"kind": "paths", "title": "t", "path": [row]}, "t.toml"), PathsDocument
    )


def test_an_unknown_kind_is_refused_with_those_that_exist() -> None:
    (only,) = faults(kind="scorecrd")
    assert "scorecard, paths, descriptives" in only


def test_every_fault_comes_at_once_with_its_path() -> None:
    found = scorecard(
        exact=["targt"],
        titel="x",
        indicator=[{"name": "a", "target": 50, "actual": "abc", "weight": ["1"]}, {"nama": "b", "year": 20}],
    )
    for path in ("titel", "exact.0", "indicator.0.target", "indicator.0.actual", "indicator.0.weight", "indicator.1.name", "indicator.1.nama", "indicator.1.year"):  # fmt: skip
        assert any(path in each for each in found), path
    assert any("quotes" in each for each in found)


def test_an_ambiguous_number_names_its_path_and_both_readings() -> None:
    (only,) = faults(kind="descriptives", mean=[{"variable": "x", "mean": "1.122"}])
    assert only.startswith("t.toml: mean.0.mean: ")
    assert "1122" in only


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"rules": "kkkp"}, "rules"),
        ({"rules": "kkp", "rule": {}}, "keep one of the two"),
        ({"rules": "kkp", "indicator": [{"name": "a", "perspective": "custmer"}]}, "indicator.0.perspective"),
        ({"rules": "bantaeng", "indicator": [{"name": "economi", "perspective": "financial"}]}, "economy"),
        ({"total": [{"band": "hijau"}]}, "total.0.band"),
        ({"rules": "kkp", "total": [{"band": "ungu"}]}, "Merah, Kuning, Hijau"),
        ({"indicator": [{"name": "a", "actual": "1"}, {"name": "a", "actual": "2"}]}, "indicator.1.actual"),
        ({"rule": {"scale": "bands"}}, "rule.bands.achievement"),
        ({"rule": {"bands": {"organisation": [{"name": "a", "range": "[0, 5)"}, {"name": "b", "range": "[6, 9]"}]}}}, "open"),
        ({"rule": {"bands": {"organisation": [{"name": "a", "range": "0-5"}]}}}, "rule.bands.organisation"),
    ],
)  # fmt: skip
def test_a_scorecard_that_cannot_be_meant_is_refused(content: dict[str, Any], part: str) -> None:
    assert any(part in each for each in scorecard(**content))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ({"model": "B ~"}, "model"),
        ({"model": "B ~ A", "path": [{"from": "A", "to": "X"}]}, "path.0.to"),
        ({"model": "B ~ A", "path": [{"from": "B", "to": "A"}]}, "path.0"),
        ({"model": "B ~ A; C ~ B", "effect": [{"kind": "direct", "from": "A", "to": "C", "printed": ".1"}]}, "effect.0"),
        ({"model": "B ~ A", "effect": [{"kind": "indirect", "from": "A", "to": "B", "printed": ".1"}]}, "effect.0"),
        ({"model": "B ~ A", "correlations": {"A": {"A": "1"}}}, "correlations.A"),
        ({"model": "B ~ A", "correlations": {"A": {"Z": ".1"}}}, "'Z'"),
        ({"model": "B ~ A", "r2": {"Z": ".1"}}, "r2.Z"),
        ({"path": [{"from": "A", "to": "B"}, {"from": "B", "to": "A"}]}, "path"),
        ({"model": "B ~ A", "correlations": {"A": {"B": ".1"}, "B": {"A": ".2"}}}, "twice"),
    ],
)  # fmt: skip
def test_a_path_model_that_cannot_be_meant_is_refused(content: dict[str, Any], part: str) -> None:
    assert any(part in each for each in paths(**content))


def test_an_overall_mean_joins_groups_that_exist() -> None:
    rows = [
        {"variable": "x", "group": "a", "mean": "3.0"},
        {"variable": "x", "of": ["a", "b"], "mean": "3.0"},
    ]
    (only,) = faults(kind="descriptives", decimal=".", mean=rows)
    assert "mean.1.of" in only
    (only,) = faults(
        kind="descriptives", decimal=".", mean=[{"variable": "x", "mean": "3.0", "granularity": "0"}]
    )
    assert "mean.0.granularity" in only


def test_both_halves_of_a_matrix_printed_alike_are_one_figure() -> None:
    content = {"kind": "paths", "title": "t", "decimal": ".", "model": "B ~ A"}
    table = {"A": {"B": ".1"}, "B": {"A": ".1"}}
    assert len(case_of(content | {"correlations": table}, Path(), "t.toml").printed.figures) == 1


def test_a_fault_of_the_document_is_one_of_what_is_printed() -> None:
    with pytest.raises(PrintedError):
        read_audit_document({"kind": "paths", "title": ""}, "t.toml")
