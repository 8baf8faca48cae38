"""``bsc rules``: what it prints in both languages, and with which exit code it ends."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from bsc_analysis.commands import rules
from bsc_analysis.errors import DataError, UseError
from bsc_analysis.files import data_folder, list_rules
from bsc_analysis.language.words import LANGUAGES

BANTAENG = data_folder() / "studies/bantaeng/indicators.csv"
ROW = "unit,year,perspective,indicator,polarity,target,actual\nDinas A,2020,performance,pengaduan,minimize,100,210\n"


def bsc(*arguments: str) -> int:
    """Run ``bsc rules`` as the command line does."""
    parser = argparse.ArgumentParser(prog="bsc")
    rules.add_parser(parser.add_subparsers(dest="command"))
    options = parser.parse_args(["rules", *arguments])
    return rules.run(options, options.language or "en")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(ROW, encoding="utf-8")
    return path


# ---- list and show ------------------------------------------------------------------------------------------------------


def test_the_list_has_a_line_for_every_rule_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("list") == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "rule"
    assert [line.split()[0] for line in lines] == list(list_rules())
    line = next(line for line in lines if line.startswith("kmk-467"))
    assert line.split()[1:3] == ["1", "unofficial"]
    assert line.endswith("nearest_edge")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list_rules())
def test_a_rule_set_is_shown_with_its_name_source_weights_and_reasons(
    name: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bsc("show", name, "--language", language) == 0
    shown = capsys.readouterr().out
    rule_set = rules.expand([name])[0]
    assert rule_set.label.say(language) in shown  # type: ignore[arg-type]
    assert rule_set.citation in shown
    assert all(each.source in shown for each in rule_set.reasons)
    assert all(
        each.id in shown for each in (*rule_set.perspectives, *rule_set.indicators, *rule_set.variants)
    )


def test_a_conversion_is_shown_point_by_point(capsys: pytest.CaptureFixture[str]) -> None:
    bsc("show", "panrb-skp")
    assert "[80, 99]    (80, 70) … (99, 89)" in capsys.readouterr().out


def test_a_gap_is_shown_as_it_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    bsc("show", "bantaeng")
    assert "(90, 91)    –  read as Minimum" in capsys.readouterr().out


def test_a_variant_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    bsc("show", "e-sakip:difference_floor")
    shown = capsys.readouterr().out
    assert "lower-is-better   2 - actual / target" in shown
    assert "lowest score      0" in shown


def test_a_rule_set_that_does_not_exist_is_wrong_use() -> None:
    with pytest.raises(UseError, match="did you mean 'bantaeng'"):
        bsc("show", "bantaengg")


# ---- check --------------------------------------------------------------------------------------------------------------


def test_a_check_prints_what_holds_and_what_is_found_and_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("check", "lkj-attainment") == 0
    shown = capsys.readouterr().out
    assert (
        "holds: weights that make up the organisation sum to one\n    0.25 + 0.25 + 0.25 + 0.25 = 1" in shown
    )
    assert "fails: range target" in shown
    assert "an actual of 110 scores 110 and one of 120 scores 120" in shown


def test_a_strict_check_fails_on_a_finding() -> None:
    assert bsc("check", "lkj-attainment", "--strict") == 1
    assert bsc("check", "kkp", "bantaeng", "--strict") == 0


def test_a_variant_that_changes_no_proof_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    bsc("check", "bantaeng")
    shown = capsys.readouterr().out.splitlines()
    assert "bantaeng:bands_zero: as the rule set itself" in shown
    assert "bantaeng:lower_better_ratio" in shown


def test_a_faulty_file_fails_with_all_its_faults_and_the_others_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (data_folder() / "rules/kkp.toml").read_text(encoding="utf-8")
    faulty = tmp_path / "mine.toml"
    faulty.write_text(
        text.replace("weight = 0.15", "weight = 0.25").replace('"[0, 80)"', '"[0, 79]"'), encoding="utf-8"
    )
    assert bsc("check", str(faulty), "kkp") == 1
    shown = capsys.readouterr().out
    assert "mine.toml: weights of the perspectives sum to 1.1, expected exactly 1" in shown
    assert "mine.toml: bands.organisation: the bands leave (79, 80) open" in shown
    assert "\nkkp\n  holds" in shown


def test_a_file_of_ones_own_can_be_checked(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text((data_folder() / "rules/kkp.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert bsc("check", str(mine)) == 0


# ---- compare ------------------------------------------------------------------------------------------------------------


def test_five_readings_stand_in_one_table(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [
        f"e-sakip:{each}" for each in ("ratio", "difference", "difference_floor", "unturned", "distance")
    ]
    assert bsc("compare", str(data), *names) == 0
    head, row, total = capsys.readouterr().out.splitlines()
    assert head.split()[4:] == names
    assert row.split("pengaduan")[1].split("  ") != []
    assert [cell.strip() for cell in row.split("pengaduan")[1].split("  ") if cell.strip()] == [
        "47.62 → 47.62", "-10.00 → -10.00", "-10.00 → 0.00", "210.00 → 210.00", "-10.00 → -10.00",
    ]  # fmt: skip
    assert total.split()[-5:] == ["47.62", "-10.00", "0.00", "210.00", "-10.00"]


def test_a_star_means_every_variant(capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("compare", str(BANTAENG), "bantaeng", "bantaeng:*") == 0
    head = capsys.readouterr().out.splitlines()[0]
    ids = [each.id for each in rules.expand(["bantaeng", "bantaeng:*"])]
    assert head.split()[4:] == ids
    assert len(ids) == 9


def test_organisations_stand_below_their_indicators_by_year(capsys: pytest.CaptureFixture[str]) -> None:
    bsc("compare", str(BANTAENG), "bantaeng:bands_renormalised", "--language", "id")
    lines = capsys.readouterr().out.splitlines()
    totals = [(n, line) for n, line in enumerate(lines) if " organisasi " in line]
    assert [line.split()[-1] for _, line in totals] == ["2,8833", "2,7750"]
    assert [line.split()[2] for line in lines[1 : totals[0][0] + 1]] == ["2016"] * totals[0][0]


def test_a_refusal_is_printed_beside_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("compare", str(BANTAENG), "bantaeng", "kkp") == 0
    shown = capsys.readouterr().out
    assert "refused" in shown
    assert "kkp cannot score these data:\n  row 2 (BPBD Bantaeng, 2016): perspective 'financial'" in shown


def test_data_that_one_rule_set_cannot_read_are_read_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("compare", str(BANTAENG), "lkj-attainment", "bantaeng") == 0
    assert capsys.readouterr().out.count("refused") == 20  # 18 indicators and two organisations


def test_data_that_no_rule_set_can_read_are_faulty() -> None:
    with pytest.raises(DataError, match="column 'perspective': got 'financial'"):
        bsc("compare", str(BANTAENG), "kkp", "lkj-attainment")


def test_data_that_no_rule_set_can_score_are_faulty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "zero.csv"
    path.write_text(
        "unit,year,perspective,indicator,target,actual\nA,2020,stakeholder,x,0,5\n", encoding="utf-8"
    )
    assert bsc("compare", str(path), "kkp", "lkj-attainment") == 1
    assert "the target of 'x' is 0" in capsys.readouterr().out


def test_json_has_full_precision_and_the_refusals(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bsc("compare", str(data), "e-sakip:ratio", "kkp", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in told["rules"]] == ["e-sakip:ratio", "kkp"]
    (line,) = told["indicators"]
    assert line["under"][0] == {"rules": "e-sakip:ratio", "achievement": 100 / 210 * 100, "score": 100 / 210 * 100,
                                "band": None}  # fmt: skip
    assert line["under"][1] == {"rules": "kkp"}
    assert [(each["rules"], len(each["reasons"])) for each in told["refusals"]] == [("kkp", 1)]


def test_words_are_read_by_the_first_rule_set_that_gives_them_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """WTP against WDP: 3 of 4 is 75 %; the rule set of the KKP abstract knows no words and takes the values."""
    path = tmp_path / "opinion.csv"
    path.write_text(
        "unit,year,perspective,indicator,target,actual\nDinas A,2020,stakeholder,opini,WTP,WDP\n",
        encoding="utf-8",
    )
    assert bsc("compare", str(path), "kkp", "lkj-attainment") == 0
    assert capsys.readouterr().out.splitlines()[-1].split()[-2:] == ["75.00", "75.00"]


def test_the_language_may_stand_before_the_action(capsys: pytest.CaptureFixture[str]) -> None:
    bsc("--language", "id", "list")
    before = capsys.readouterr().out
    bsc("list", "--language", "id")
    assert capsys.readouterr().out == before
    assert "Aturan penilaian KKP" in before


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(UseError, match=r"none\.csv: there is no such file"):
        bsc("compare", str(tmp_path / "none.csv"), "kkp")
