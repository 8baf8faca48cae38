"""``bsc audit``: documents and studies, for people and for programs; examples that teach the format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bsc_analysis.__main__ import main

SCHEMA = json.loads(
    (Path(__file__).parent.parent / "docs" / "schemas" / "audit.schema.json").read_text("utf-8")
)
KINDS = ("scorecard", "paths", "descriptives")
# The contradiction that each example plants, and the figure that it leaves uncheckable.
PLANTED = {"scorecard": "104,95", "paths": "0.041", "descriptives": "3,35"}
OPEN = {"scorecard": "101,6", "paths": "0.002", "descriptives": "9,2"}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["audit", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def audited(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    _, out, err = run(capsys, *arguments, "--json")
    assert err == ""
    content = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)
    return content


@pytest.fixture
def example(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, request: pytest.FixtureRequest
) -> tuple[str, Path]:
    code, out, _ = run(capsys, "--example", request.param)
    assert code == 0
    path = tmp_path / "paper.toml"
    path.write_text(out, encoding="utf-8")
    return request.param, path


@pytest.mark.parametrize("example", KINDS, indirect=True)
def test_an_example_contradicts_where_it_says_so_and_nowhere_else(
    capsys: pytest.CaptureFixture[str], example: tuple[str, Path]
) -> None:
    kind, path = example
    content = audited(capsys, path)
    wrong = [each["printed"] for each in content["findings"] if each["verdict"] == "contradicts"]
    waiting = [each["printed"] for each in content["findings"] if each["missing"]]
    assert (content["kind"], wrong, waiting) == (kind, [PLANTED[kind]], [OPEN[kind]])
    lines = path.read_text("utf-8").splitlines()
    assert [PLANTED[kind] in line for line in lines if "planted" in line] == [True]
    assert [OPEN[kind] in line for line in lines if "cannot be checked:" in line] == [True]


@pytest.mark.parametrize("example", KINDS, indirect=True)
@pytest.mark.parametrize("language", ["en", "id"])
def test_what_people_read_has_the_contradiction_first_with_its_sum_and_its_repair(
    capsys: pytest.CaptureFixture[str], example: tuple[str, Path], language: str
) -> None:
    kind, path = example
    code, out, _ = run(capsys, path, "--language", language)
    assert code == 1
    first = out.split("\n\n")[2].splitlines()
    assert PLANTED[kind] in first[1]
    assert len(first) >= 4
    assert max(map(len, first)) <= 120


def test_a_document_in_which_nothing_contradicts_ends_well(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        'kind = "scorecard"\ntitle = "t"\n[[indicator]]\nname = "a"\ntarget = "50"\nactual = "40"\nachievement = "80"\n'
    )
    code, out, _ = run(capsys, path)
    assert code == 0
    assert "80" in out


@pytest.mark.parametrize(("study", "wrong"), [("kkp", 1), ("bantaeng", 20)])
def test_a_study_is_audited_like_any_document(
    capsys: pytest.CaptureFixture[str], study: str, wrong: int
) -> None:
    """The KKP abstract has one contradiction; the Bantaeng paper's many are those of the study's own audit."""
    from bsc_analysis.evidence.audit import audit
    from bsc_analysis.studies import read_study

    content = audited(capsys, study)
    known = read_study(study)
    expected = [
        each for each in audit(known.printed, known.rules, known.model) if each.verdict == "contradicts"
    ]
    assert content["counts"]["contradicts"] == len(expected)
    assert len(expected) >= wrong
    assert run(capsys, study)[0] == 1


def test_every_fault_of_a_document_comes_at_once_with_its_path(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        'kind = "scorecard"\ntitle = "t"\nexact = ["targt"]\n'
        '[[indicator]]\nname = "a"\ntarget = 50\nactual = "1.122"\nachievment = "80"\nweight = "abc"\n'
    )
    code, _, err = run(capsys, path)
    assert code == 1
    for part in (
        "exact.0",
        "indicator.0.target",
        "indicator.0.actual",
        "indicator.0.achievment",
        "indicator.0.weight",
    ):
        assert part in err
    assert "1122" in err


def test_wrong_use_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys)[0] == 2
    code, _, err = run(capsys, "kpk")
    assert (code, "kkp" in err) == (2, True)
    assert run(capsys, "--example", "paths", "kkp")[0] == 2
    path = tmp_path / "a.toml"
    path.write_text('kind = "scorecrd"\n')
    assert run(capsys, path)[0] == 1
