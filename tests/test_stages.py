"""Stages of implementation: dates as exact as they are known, the list that comes along, and every faulty cell at once."""

from __future__ import annotations

from datetime import date

import pytest

from bsc_analysis.errors import StudyError
from bsc_analysis.evidence.stages import COLUMNS, Stage, read_stages
from bsc_analysis.files import data_folder, read_text

HEADER = ",".join(COLUMNS)


def read(*lines: str) -> tuple[Stage, ...]:
    return read_stages("\n".join((HEADER, *lines)), "stages.csv")


def faults(text: str) -> list[str]:
    with pytest.raises(StudyError) as refused:
        read_stages(text, "stages.csv")
    return [str(each) for each in refused.value.faults]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2016-02-29", date(2016, 2, 29), date(2016, 2, 29)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-12", date(2015, 12, 1), date(2015, 12, 31)),
        ("2015", date(2015, 1, 1), date(2015, 12, 31)),
    ],
)
def test_a_date_covers_all_days_that_it_can_mean(written: str, first: date, last: date) -> None:
    (stage,) = read(f"1,Bobot,Weights,,,{written},done,a report")
    assert stage.date is not None
    assert (stage.date.text, stage.date.first, stage.date.last) == (written, first, last)


def test_stages_come_in_the_order_of_their_numbers_and_blank_lines_do_not_count() -> None:
    stages = read(
        "10,Sepuluh,Ten,,,,unknown,x", ",,,,,,,", "2,Dua,Two,bukti,proof,,not done,ours: an example"
    )
    assert [each.number for each in stages] == [2, 10]
    assert [each.ours for each in stages] == [True, False]
    assert (stages[0].evidence.id, stages[0].date, stages[0].status) == ("bukti", None, "not done")


def test_a_file_from_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read_alike() -> None:
    plain = f'{HEADER}\r\n1,Bobot,Weights,"ada, lengkap","there, complete",2015,done,"a report"\r\n'
    told = plain.replace('"ada, lengkap"', "A").replace('"there, complete"', "B").replace(",", ";")
    told = told.replace("A", '"ada, lengkap"').replace(";B;", ';"there, complete";')
    assert read_stages("\ufeff" + told, "stages.csv") == read_stages(plain, "stages.csv")


def test_every_faulty_cell_is_named_by_row_and_column() -> None:
    text = "\n".join(
        (
            HEADER,
            "0,,Weights,,proof,31-03-2015,finished,",
            "1,Bobot,Weights,,,2015-02-30,done,x",
            "1,Bobot,Weights,bukti,,2015-13,done,x",
            "2,Bobot,Weights,,,,done,x,y",
        )
    )
    allowed = "a date such as 2015-03-31, 2015-03 or 2015"
    assert faults(text) == [
        "stages.csv, row 2, column 'number': got '0', allowed: a whole number from 1",
        "stages.csv, row 2, column 'name_id': got '', allowed: a text",
        "stages.csv, row 2, column 'evidence_id': got '', allowed: a text in both languages, or none",
        f"stages.csv, row 2, column 'date': got '31-03-2015', allowed: {allowed}",
        "stages.csv, row 2, column 'source': got '', allowed: a text",
        "stages.csv, row 2, column 'status': got 'finished', allowed: done, partly, not done, unknown",
        f"stages.csv, row 3, column 'date': got '2015-02-30', allowed: {allowed}",
        "stages.csv, row 4, column 'evidence_en': got '', allowed: a text in both languages, or none",
        f"stages.csv, row 4, column 'date': got '2015-13', allowed: {allowed}",
        "stages.csv, row 5: 9 cells, expected 8; a text with a comma stands in quotes",
        "stages.csv, row 4: the number 1 is that of row 3, too",
    ]


def test_columns_that_lack_or_are_unknown_are_named() -> None:
    got = faults("number,name_id,name_en,evidence_id,evidence_en,date,stand,source\n1,a,b,,,,done,x")
    assert got == [
        "stages.csv: column 'status' stands 0 times, expected once",
        f"stages.csv: unknown column 'stand', allowed: {', '.join(COLUMNS)}",
    ]


def test_a_row_that_ends_early_lacks_its_last_cells() -> None:
    assert faults(f"{HEADER}\n1,Bobot,Weights,,,2015,done") == [
        "stages.csv, row 2, column 'source': got '', allowed: a text"
    ]


def test_an_empty_list_is_refused() -> None:
    assert faults(HEADER) == ["stages.csv: no stage is listed"]
    assert faults("")[-1] == "stages.csv: no stage is listed"


def test_broken_quotes_are_named_with_their_row() -> None:
    (said,) = faults(f'{HEADER}\n1,"Bobot,Weights')
    assert said.startswith("stages.csv, row 2: not valid CSV: ")


def test_the_list_of_the_ministry_has_twelve_stages_all_of_them_declared_ours() -> None:
    """The abstract counts twelve and lists none: without evidence from it nothing has a date or a status but unknown."""
    stages = read_stages(*read_text(data_folder() / "studies" / "kkp" / "stages.csv"))
    assert [each.number for each in stages] == list(range(1, 13))
    assert all(each.ours for each in stages)
    for each in stages:
        assert each.evidence.en.startswith("Abstract: ") or not each.evidence.en
        assert each.evidence.en or (each.status == "unknown" and each.date is None)
    assert {each.date.text for each in stages if each.date} == {"2015"}
