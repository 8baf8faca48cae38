"""``bsc score``: what it prints and writes, in full precision, in a stable order, and never half."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bsc_analysis.__main__ import main
from bsc_analysis.exhibits import scorefiles
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.exhibits.labels import label_faults
from bsc_analysis.files import data_folder, read_rules
from bsc_analysis.language.words import LANGUAGES, Language, say
from bsc_analysis.twins.plan import SYNTHETIC

BANTAENG = data_folder() / "studies" / "bantaeng" / "indicators.csv"
ROUNDING = 1e-12  # sums of fewer than twenty products of numbers below a thousand
FORMULA = '=HYPERLINK("https://example.org","Dinas")'
HEADER = "unit,level,year,perspective,indicator,weight,target,actual"
ROWS = (
    "Dinas B,Eselon II,2024,stakeholder,tangkapan,1,50,45",
    "Dinas A,Eselon II,2025,customer,kepuasan,1,80,84",
    "Dinas A,Eselon II,2024,stakeholder,tangkapan,1,50,60",
    "Dinas A,Eselon II,2024,learning_growth,kompetensi,1,100,-",
    "Dinas C,Eselon III,2024,stakeholder,tangkapan,1,50,30",
)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run ``bsc score`` and return its exit code and what it printed."""
    code = main(["score", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def scores(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    code, out, _ = run(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a file of three units under the rule set of KKP; its cap is 120."""
    path = tmp_path / "iku.csv"
    path.write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    return path


# ---- totals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "first", "second"),
    [
        (("--rules", "bantaeng"), 2.1625, 2.775),
        (("--rules", "bantaeng", "--missing", "zero"), 2.1625, 2.775),
        (("--rules", "bantaeng", "--missing", "renormalise"), 173 / 60, 2.775),
        (("--rules", "bantaeng", "--missing", "carry_last"), 173 / 60, 2.775),
        (("--rules", "bantaeng:bands_common"), 173 / 60, 2.7),
        (("--rules", "bantaeng:lower_better_ratio"), 2.65, 2.95),
        (("--rules", "bantaeng:lower_better_difference"), 2.65, 2.775),
    ],
)
def test_the_totals_of_bantaeng_under_each_policy_and_reading(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], first: float, second: float
) -> None:
    """Bands 2016: finance .35 x 3 + .35 x 4 + .30 x 3 = 3.35, process 3, growth .35 + .35 x 3 + .30 x 3 = 2.3, no customer.

    8.65 / 4 = 2.1625 with the customer as zero, 8.65 / 3 = 173 / 60 without. Before 2016 there is no year to carry from.
    """
    organisations = scores(capsys, BANTAENG, *arguments)["organisations"]
    assert [row["year"] for row in organisations] == [2016, 2017]
    assert [row["score"] for row in organisations] == pytest.approx([first, second], abs=ROUNDING)


def test_a_year_without_all_its_data_is_refused_where_the_policy_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, BANTAENG, "--rules", "bantaeng", "--missing", "refuse", "--json")
    assert (code, out) == (1, "")
    assert (
        err.strip()
        == "BPBD Bantaeng, 2016: only 75 % of the weight rests on data, and the missing policy is 'refuse'"
    )


# ---- JSON ---------------------------------------------------------------------------------------------------------------


def test_json_has_these_keys_and_null_for_what_is_missing(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    content = scores(capsys, data, "--rules", "kkp")
    assert list(content) == ["organisations", "perspectives", "indicators", "rules"]
    assert content["rules"] == {"id": "kkp", "version": "2", "mark": "printed", "missing": "renormalise"}
    assert content["organisations"][0] == {
        "unit": "Dinas A", "year": 2024, "score": 120.0, "band": "green", "n_present": 1, "weight_present": 0.25,
    }  # fmt: skip
    assert content["perspectives"][0] == {
        "unit": "Dinas A", "year": 2024, "perspective": "learning_growth", "score": None, "band": None, "n_present": 0,
        "weight_present": 0.0,
    }  # fmt: skip
    assert content["indicators"][:2] == [
        {"unit": "Dinas A", "year": 2024, "perspective": "learning_growth", "indicator": "kompetensi", "achievement": None,
         "score": None, "band": None},
        {"unit": "Dinas A", "year": 2024, "perspective": "stakeholder", "indicator": "tangkapan", "achievement": 120.0,
         "score": 120.0, "band": None},
    ]  # fmt: skip


def test_rows_come_in_the_same_order_however_the_file_is_sorted(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    """Units by name, years, perspectives as the rule set lists them: learning and growth first, stakeholder last."""
    before = scores(capsys, data, "--rules", "kkp")
    keys = [(row["unit"], row["year"], row["perspective"]) for row in before["perspectives"]]
    assert keys == [
        ("Dinas A", 2024, "learning_growth"),
        ("Dinas A", 2024, "stakeholder"),
        ("Dinas A", 2025, "customer"),
        ("Dinas B", 2024, "stakeholder"),
        ("Dinas C", 2024, "stakeholder"),
    ]
    shuffled = random.Random(1).sample(ROWS, len(ROWS))
    data.write_text("\n".join([HEADER, *shuffled, ""]), encoding="utf-8")
    assert scores(capsys, data, "--rules", "kkp") == before


def test_indicators_that_the_rule_set_lists_follow_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    rows = scores(capsys, BANTAENG, "--rules", "bantaeng")["indicators"]
    listed = [each.id for each in read_rules("bantaeng").indicators if each.part_of is None]
    assert [row["indicator"] for row in rows if row["year"] == 2016] == listed


def test_numbers_keep_their_full_precision(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = [
        each
        for each in scores(capsys, BANTAENG, "--rules", "bantaeng")["indicators"]
        if (each["indicator"], each["year"]) == ("economy", 2017)
    ]
    assert row["achievement"] == 100 * 84 / 119


# ---- summaries ----------------------------------------------------------------------------------------------------------


def test_a_summary_by_year(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    """2024: A 60 / 50 = 120, B 45 / 50 = 90, C 30 / 50 = 60; mean and median 90; green from 100, yellow from 80."""
    first, second = scores(capsys, data, "--rules", "kkp", "--by", "year")["by"]
    assert first == {
        "year": 2024, "n_units": 3, "n_scores": 3, "mean": 90.0, "median": 90.0, "min": 60.0, "max": 120.0,
        "bands": {"red": 1 / 3, "yellow": 1 / 3, "green": 1 / 3},
    }  # fmt: skip
    assert (second["year"], second["n_units"], second["mean"]) == (2025, 1, 105.0)


def test_a_summary_by_unit_and_by_level(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    """Dinas A: 120 and 105, mean 112.5. Echelon II has A twice and B once: 120, 105 and 90, mean 105."""
    by_unit = scores(capsys, data, "--rules", "kkp", "--by", "unit")["by"]
    assert [(each["unit"], each["n_scores"], each["mean"]) for each in by_unit] == [
        ("Dinas A", 2, 112.5), ("Dinas B", 1, 90.0), ("Dinas C", 1, 60.0),
    ]  # fmt: skip
    by_level = scores(capsys, data, "--rules", "kkp", "--by", "level")["by"]
    assert [(each["level"], each["n_units"], each["n_scores"], each["mean"]) for each in by_level] == [
        ("echelon_2", 2, 3, 105.0), ("echelon_3", 1, 1, 60.0),
    ]  # fmt: skip


def test_a_summary_by_level_needs_levels(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, BANTAENG, "--rules", "bantaeng", "--by", "level")
    assert (code, out) == (1, "")
    assert "no column 'level'" in err


def test_a_unit_has_one_level_in_a_year(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    text = data.read_text(encoding="utf-8").replace(
        "Dinas A,Eselon II,2024,learn", "Dinas A,Eselon I,2024,learn"
    )
    data.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, data, "--rules", "kkp", "--by", "level")
    assert code == 1
    assert err.strip() == "Dinas A, 2024: the level is 'echelon_1', 'echelon_2', allowed: one level in a year"


def test_units_without_a_level_are_a_group_of_their_own(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    data.write_text(
        data.read_text(encoding="utf-8").replace("Dinas C,Eselon III", "Dinas C,"), encoding="utf-8"
    )
    last = scores(capsys, data, "--rules", "kkp", "--by", "level")["by"][-1]
    assert (last["level"], last["n_units"], last["mean"]) == (None, 1, 60.0)


# ---- text ---------------------------------------------------------------------------------------------------------------


def test_the_table_is_aligned_and_speaks_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, BANTAENG, "--rules", "bantaeng", "--language", "id")
    assert code == 0
    lines = out.splitlines()
    assert len(lines) == 11, "a header, and four perspectives and the organisation in each of two years"
    total = next(line for line in lines if "organisasi" in line and "2016" in line)
    assert total.split()[-3:] == ["2,1625", "Minimum", "75"]
    ends = {line.index(",") for line in lines[1:]}
    assert len(ends) == 1, "decimal marks stand under one another"


def test_percentages_have_two_decimals(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    _, out, _ = run(capsys, data, "--rules", "kkp", "--by", "year")
    assert "Dinas B  2024  organisation          90.00  Yellow" in out
    assert out.splitlines()[-1].split() == ["2025", "1", "1", *["105.00"] * 4, "0", "0", "100"]


def test_notes_stay_out_of_what_programs_read(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    data.write_text("Laporan Kinerja\n\n" + data.read_text(encoding="utf-8"), encoding="utf-8")
    code, out, err = run(capsys, data, "--rules", "kkp", "--json")
    assert code == 0
    json.loads(out)
    assert "iku.csv: the header was found in row 3" in err


# ---- how the file is read -----------------------------------------------------------------------------------------------


def test_sheets_decimal_mark_and_words_can_be_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """1.125 of 1.250 is 90 % under either mark; without a word for 'Ukuran' there is no indicator."""
    book = openpyxl.Workbook()
    book.active.append(["catatan"])  # type: ignore[union-attr]
    sheet = book.create_sheet("Isi")
    sheet.append(["Unit", "Tahun", "Perspektif", "Ukuran Dinas", "Target", "Realisasi"])
    sheet.append(["Dinas A", 2024, "Pemangku Kepentingan", "tangkapan", "1.250", "1.125"])
    book.save(tmp_path / "iku.xlsx")
    (tmp_path / "kata.toml").write_text('columns.indicator = ["Ukuran Dinas"]', encoding="utf-8")
    arguments = (
        tmp_path / "iku.xlsx",
        "--rules",
        "kkp",
        "--sheet",
        "Isi",
        "--synonyms",
        tmp_path / "kata.toml",
    )
    code, _, err = run(capsys, *arguments)
    assert code == 1, err
    (row,) = scores(capsys, *arguments, "--decimal", ",")["organisations"]
    assert row["score"] == 90.0


def test_a_rule_set_may_be_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path) -> None:
    text = (data_folder() / "rules" / "kkp.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(text.replace('id = "kkp"', 'id = "own"', 1), encoding="utf-8")
    assert scores(capsys, data, "--rules", tmp_path / "own.toml")["rules"]["id"] == "own"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere.xlsx", "nowhere.xlsx: there is no such file"),
        (".", "this is a folder or a device and not a file"),
    ],
)
def test_a_file_that_is_none_is_wrong_use(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, sentence: str
) -> None:
    code, out, err = run(capsys, tmp_path / name, "--rules", "kkp")
    assert (code, out) == (2, "")
    assert sentence in err


# ---- files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", scorefiles.FORMATS)
def test_a_rerun_gives_the_same_bytes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path, suffix: str
) -> None:
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix.upper()}"
    for out in (first, second):
        assert run(capsys, data, "--rules", "kkp", "--by", "year", "--out", out)[0] == 0
    assert first.read_bytes() == second.read_bytes()
    if suffix == ".xlsx":
        with zipfile.ZipFile(first) as book:
            assert b">2000-01-01T00:00:00Z<" in book.read("docProps/core.xml"), "no clock is looked at"


def test_the_long_table_holds_every_level_in_full_precision(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    content = scores(capsys, BANTAENG, "--rules", "bantaeng")
    for suffix in (".csv", ".parquet"):
        out = tmp_path / f"scores{suffix}"
        assert run(capsys, BANTAENG, "--rules", "bantaeng", "--out", out)[0] == 0
        table = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
        assert tuple(table.columns) == scorefiles.LONG_COLUMNS
        for level in ("organisation", "perspective", "indicator"):
            rows = table[table["score_of"] == level]
            expected = [row["score"] for row in content[f"{level}s"]]
            assert [None if pd.isna(each) else each for each in rows["score"]] == expected
    schema = pq.read_schema(tmp_path / "scores.parquet")
    assert schema.metadata[b"rules"] == b"bantaeng"
    types = {name: str(schema.field(name).type) for name in ("year", "score", "n_present")}
    assert types == {"year": "int64", "score": "double", "n_present": "int64"}


def test_the_workbook_has_a_sheet_per_level_and_one_for_the_rule_set(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "scores.xlsx"
    assert run(capsys, BANTAENG, "--rules", "bantaeng", "--by", "year", "--out", out)[0] == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Organisations", "Perspectives", "Indicators", "Summary", "Rule set"]
    header, first, _ = book["Organisations"].iter_rows(values_only=True)
    assert header[:4] == ("unit", "year", "score", "band")
    assert first[:4] == ("BPBD Bantaeng", 2016, pytest.approx(2.1625, abs=ROUNDING), "Minimum")
    assert ("rule set", "bantaeng") in list(book["Rule set"].iter_rows(values_only=True))


def test_a_name_that_looks_like_a_formula_never_becomes_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """In the workbook it is a text; in CSV it begins with an apostrophe; in Parquet, which has no formulas, it is as it was."""
    rows = pd.DataFrame(
        {
            "unit": [FORMULA],
            "year": 2024,
            "perspective": "stakeholder",
            "indicator": "@SUM(1)",
            "target": 50,
            "actual": 45,
        }
    )
    data = tmp_path / "iku.csv"
    rows.to_csv(data, index=False)
    for suffix in scorefiles.FORMATS:
        assert run(capsys, data, "--rules", "kkp", "--out", tmp_path / f"scores{suffix}")[0] == 0
    book = openpyxl.load_workbook(tmp_path / "scores.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}
    csv = pd.read_csv(tmp_path / "scores.csv")
    assert set(csv["unit"]) == {f"'{FORMULA}"}
    assert csv["indicator"].iloc[-1] == "'@SUM(1)"
    assert set(pd.read_parquet(tmp_path / "scores.parquet")["unit"]) == {FORMULA}


def test_an_earlier_file_is_replaced_whole_or_not_at_all(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "scores.csv"
    out.write_text("earlier", encoding="utf-8")
    out.chmod(0o640)
    assert run(capsys, BANTAENG, "--rules", "kkp", "--out", out)[0] == 1, "another rule set than the data's"
    assert out.read_text(encoding="utf-8") == "earlier"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", full)
        code, _, err = run(capsys, data, "--rules", "kkp", "--out", out)
    assert code == 2
    assert "scores.csv: the file cannot be written: No space left on device" in err
    assert out.read_text(encoding="utf-8") == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["iku.csv", "scores.csv"], (
        "no scratch file is left"
    )
    assert run(capsys, data, "--rules", "kkp", "--out", out)[0] == 0
    assert out.read_text(encoding="utf-8").startswith("score_of,")
    assert out.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("earlier", encoding="utf-8")
    link.symlink_to(real)
    assert run(capsys, data, "--rules", "kkp", "--out", link)[0] == 0
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("score_of,")


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("scores.ods", "scores.ods: the name ends in '.ods', allowed: .xlsx, .csv, .parquet"),
        ("nowhere/scores.csv", "there is no folder"),
        ("iku.csv", "iku.csv: this is the file that is read; name another one to write"),
        ("folder.csv", "folder.csv: this is a folder or a device, and cannot be written as a file"),
    ],
)
def test_a_place_that_cannot_be_written_is_wrong_use_before_anything_is_read(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    out: str,
    sentence: str,
) -> None:
    (tmp_path / "folder.csv").mkdir()
    before = data.read_bytes()
    monkeypatch.setattr(
        "bsc_analysis.datafiles.read_data", lambda *_, **__: pytest.fail("the data were read")
    )
    code, _, err = run(capsys, data, "--rules", "kkp", "--out", tmp_path / out)
    assert code == 2
    assert sentence in err
    assert data.read_bytes() == before


def test_more_rows_than_a_sheet_holds_are_refused_not_dropped(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five indicators and a header are six rows."""
    monkeypatch.setattr(scorefiles, "MOST_ROWS", 5)
    code, _, err = run(capsys, data, "--rules", "kkp", "--out", tmp_path / "scores.xlsx")
    assert code == 2
    assert "a workbook holds at most 5 rows in a sheet, and there are 6; write csv or parquet" in err
    assert not (tmp_path / "scores.xlsx").exists()


def test_the_workbook_speaks_the_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path
) -> None:
    out = tmp_path / "skor.xlsx"
    assert run(capsys, data, "--rules", "kkp", "--out", out, "--language", "id")[0] == 0
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    assert book.sheetnames == ["Organisasi", "Perspektif", "Indikator", "Aturan"]
    assert book["Perspektif"]["C2"].value == "Pertumbuhan dan pembelajaran"


# ---- made data ----------------------------------------------------------------------------------------------------------

MADE = STATUS_SENTENCES["synthetic"]


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    """Return the same file with a column that says of one row, as rows of a twin do, that it is made."""
    path = tmp_path / "twin.csv"
    said = ["data_status", "", SYNTHETIC, "", "", ""]
    lines = (f"{row},{word}" for row, word in zip((HEADER, *ROWS), said, strict=True))
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_json_of_made_data_end_with_what_they_are(
    capsys: pytest.CaptureFixture[str], data: Path, twin: Path, language: Language
) -> None:
    """One made row is enough, and the scores themselves are those of the same figures without the word."""
    asked = ("--rules", "kkp", "--by", "year", "--language", language)
    plain, made = (run(capsys, path, *asked)[1] for path in (data, twin))
    assert made == f"{plain}\n{say(MADE, language)}\n"
    content, expected = (scores(capsys, path, *asked) for path in (twin, data))
    assert content == expected | {"data_status": "synthetic", "statement": say(MADE, language)}


def test_tables_of_made_data_say_so_in_every_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path, twin: Path
) -> None:
    tables = {}
    for path in (data, twin):
        for suffix, read in ((".csv", pd.read_csv), (".parquet", pd.read_parquet)):
            out = tmp_path / f"scores-{path.stem}{suffix}"
            assert run(capsys, path, "--rules", "kkp", "--out", out)[0] == 0
            tables[path.stem, suffix] = read(out)
    for suffix in (".csv", ".parquet"):
        made = tables["twin", suffix]
        assert tuple(made.columns) == (*scorefiles.LONG_COLUMNS, "data_status")
        assert set(made["data_status"]) == {SYNTHETIC}
        pd.testing.assert_frame_equal(made.drop(columns="data_status"), tables["iku", suffix])
    metadata = [pq.read_schema(tmp_path / f"scores-{stem}.parquet").metadata for stem in ("iku", "twin")]
    assert [each.get(b"data_status") for each in metadata] == [None, SYNTHETIC.encode()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_of_made_data_says_so_on_every_sheet_with_scores(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: Path, twin: Path, language: Language
) -> None:
    """The last sheet is the rule set, which nobody made up."""
    books = {}
    for path in (data, twin):
        out = tmp_path / f"scores-{path.stem}.xlsx"
        asked = ("--rules", "kkp", "--by", "year", "--language", language)
        assert run(capsys, path, *asked, "--out", out)[0] == 0
        assert label_faults(out.name, out.read_bytes(), made=path == twin) == ()
        books[path.stem] = openpyxl.load_workbook(out)
    *marked, rules = books["twin"]
    assert len(marked) == 4
    for sheet in marked:
        plain = list(books["iku"][sheet.title].iter_rows(values_only=True))
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[:-2] == plain, "the table is the same"
        assert [*rows[-2], *rows[-1]] == [
            *[None] * len(plain[0]),
            say(MADE, language),
            *[None] * (len(plain[0]) - 1),
        ]
        assert sheet.oddHeader.center.text == SYNTHETIC
    assert rules.oddHeader.center.text is None
    assert list(rules.iter_rows(values_only=True)) == list(
        books["iku"][rules.title].iter_rows(values_only=True)
    )


def test_the_line_below_a_sheet_counts_among_its_rows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, twin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five indicators and a header are six rows, the empty one and the line below make eight."""
    monkeypatch.setattr(scorefiles, "MOST_ROWS", 7)
    code, _, err = run(capsys, twin, "--rules", "kkp", "--out", tmp_path / "scores.xlsx")
    assert code == 2
    assert "at most 7 rows in a sheet, and there are 8" in err
    monkeypatch.setattr(scorefiles, "MOST_ROWS", 8)
    assert run(capsys, twin, "--rules", "kkp", "--out", tmp_path / "scores.xlsx")[0] == 0


def test_another_word_in_the_column_changes_nothing(
    capsys: pytest.CaptureFixture[str], data: Path, twin: Path
) -> None:
    twin.write_text(twin.read_text("utf-8").replace(SYNTHETIC, "realisasi sementara"), encoding="utf-8")
    assert run(capsys, twin, "--rules", "kkp")[1] == run(capsys, data, "--rules", "kkp")[1]
