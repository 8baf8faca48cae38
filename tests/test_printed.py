"""Printed figures: a string becomes the interval of numbers that print so, and every bad cell is named."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import PrintedError
from bsc_analysis.evidence.printed import Key, Printed, PrintedFigures
from bsc_analysis.evidence.transcription import ExactDocument, PrintedDocument, read_figures, read_source
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.bands import Interval, read_interval

SOURCE = """
[document]
citation = "somebody"
rights = "facts"
transcription = "by hand"
[exact]
quantities = ["weight"]
reason = "by nature"
[trailing_zeros_dropped]
decimals = { contribution = 3 }
reason = "1 stands beside 0.088"
[places.t1]
name = { id = "Tabel 1", en = "Table 1" }
[places.text]
prose = true
name = { id = "Teks", en = "Text" }
[[tables]]
file = "a.csv"
sha256 = "0"
place = "t1"
year = 2017
decimal = ",."
"""

LONG = SOURCE.replace('place = "t1"\nyear = 2017\n', "")


def source(text: str = SOURCE) -> PrintedDocument:
    return read_source(text, "source.toml")


def wide(*lines: str, text: str = SOURCE) -> PrintedFigures:
    return read_figures(source(text), {"a.csv": "\n".join(lines)})


def the_one(*lines: str, text: str = SOURCE) -> Printed:
    (figure,) = wide(*lines, text=text).figures
    return figure


def long(*rows: str) -> PrintedFigures:
    return wide("place,label,quantity,perspective,indicator,year,start,end,printed", *rows, text=LONG)


def faults_of(*lines: str, text: str = SOURCE) -> list[str]:
    with pytest.raises(PrintedError) as caught:
        wide(*lines, text=text)
    return [str(each) for each in caught.value.faults]


# ---- what prints so --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rounded", "truncated", "decimals"),
    [
        ("2.163", "[2.1625, 2.1635]", "[2.163, 2.164)", 3),
        ("0.430", "[0.4295, 0.4305]", "[0.430, 0.431)", 3),
        ("3,12", "[3.115, 3.125]", "[3.12, 3.13)", 2),
        ("96", "[95.5, 96.5]", "[96, 97)", 0),
        ("-0.047", "[-0.0475, -0.0465]", "(-0.048, -0.047]", 3),
        ("51,49", "[51.485, 51.495]", "[51.49, 51.50)", 2),
        ("0", "[-0.5, 0.5]", "(-1, 1)", 0),
        ("-0.00", "[-0.005, 0.005]", "(-0.01, 0.01)", 2),
    ],
)
def test_a_figure_is_the_interval_of_numbers_that_print_so(
    text: str, rounded: str, truncated: str, decimals: int
) -> None:
    figure = the_one("label,indicator,achievement", f'x,i,"{text}"')
    assert (figure.text, figure.decimals) == (text, decimals)
    assert figure.rounded == read_interval(rounded)
    assert figure.truncated == read_interval(truncated)


def test_an_exact_quantity_is_its_value_and_nothing_else() -> None:
    figure = the_one("label,indicator,weight", "x,i,0.35")
    assert figure.rounded == figure.truncated == Interval(Fraction(7, 20), Fraction(7, 20))


def test_where_trailing_zeros_are_dropped_one_stands_for_one_point_zero_zero_zero() -> None:
    figure = the_one("label,perspective,indicator,contribution", "x,p,i,1")
    assert (figure.decimals, figure.rounded) == (3, read_interval("[0.9995, 1.0005]"))


def test_dropped_zeros_never_make_a_figure_coarser_than_it_is_printed() -> None:
    figure = the_one("label,perspective,indicator,contribution", "x,p,i,0.08750")
    assert (figure.decimals, figure.rounded) == (5, read_interval("[0.087495, 0.087505]"))


@pytest.mark.parametrize(
    ("quantity", "text", "value", "decimals"),
    [
        ("weight", "35%", "0.35", 2),
        ("weight", "0.35", "0.35", 2),
        ("perspective_weight", "12.5 %", "0.125", 3),
        ("achievement", "96%", "96", 0),
        ("perspective_score", "96%", "96", 0),
    ],
)
def test_a_weight_in_percent_is_a_share_and_a_score_in_percent_is_not(
    quantity: str, text: str, value: str, decimals: int
) -> None:
    figure = the_one(f"label,perspective,indicator,{quantity}", f"x,p,i,{text}")
    assert (figure.value, figure.decimals) == (Fraction(value), decimals)


def test_a_weight_in_percent_that_is_not_exact_is_rounded_at_its_last_digit() -> None:
    figure = the_one("label,perspective,perspective_weight", "x,p,30%")
    assert figure.rounded == read_interval("[0.295, 0.305]")


@pytest.mark.parametrize("mark", ["-", "–", "—"])
def test_a_mark_for_no_figure_is_absent(mark: str) -> None:
    figure = the_one("label,indicator,achievement", f"x,i,{mark}")
    assert figure.absent
    assert (figure.value, figure.rounded.empty, figure.truncated.empty) == (None, True, True)


@given(
    numerator=st.integers(-(10**6), 10**6),
    denominator=st.integers(1, 10**4),
    decimals=st.integers(0, 4),
    rounding=st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN]),
)
def test_a_number_lies_in_the_interval_of_the_way_it_was_printed(
    numerator: int, denominator: int, decimals: int, rounding: str
) -> None:
    number = Fraction(numerator, denominator)
    text = print_as(number, decimals, rounding)
    figure = the_one("label,indicator,achievement", f"x,i,{text}")
    assert number in (figure.truncated if rounding == ROUND_DOWN else figure.rounded)


def print_as(number: Fraction, decimals: int, rounding: str) -> str:
    """Print a fraction exactly, without a detour over a float."""
    whole, rest = divmod(abs(number) * 10**decimals, 1)
    up = {
        ROUND_DOWN: False,
        ROUND_HALF_UP: rest >= Fraction(1, 2),
        ROUND_HALF_EVEN: rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
    }[rounding]
    return f"{Decimal(int(whole) + up).scaleb(-decimals) * (-1 if number < 0 else 1):f}"


# ---- where it stands -------------------------------------------------------------------------------------------------


def test_a_wide_table_gives_one_figure_per_filled_cell_with_quantity_and_year_of_its_column() -> None:
    figures = wide(
        "label,perspective,indicator,target_2016,actual_2017,weight", "x,p,i,1,2,0.5", "y,p,j,,3,"
    ).figures
    assert [(each.label, each.key) for each in figures] == [
        ("x", Key("target", "p", "i", 2016)),
        ("x", Key("actual", "p", "i", 2017)),
        ("x", Key("weight", "p", "i")),
        ("y", Key("actual", "p", "j", 2017)),
    ]


def test_a_column_without_a_year_has_the_year_of_its_table_and_a_weight_has_none() -> None:
    figures = wide("label,perspective,indicator,perspective_weight,weight,value", "x,p,i,0.25,0.5,3").figures
    assert [each.key for each in figures] == [
        Key("perspective_weight", "p"),
        Key("weight", "p", "i"),
        Key("value", "p", "i", 2017),
    ]


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("x,p,i,1", Key("contribution", "p", "i", 2017)),
        ("Total,p,,1", Key("perspective_contribution", "p", "", 2017)),
        ("JUMLAH,,,1", Key("organisation_score", "", "", 2017)),
    ],
)
def test_a_contribution_without_indicator_is_the_perspectives_and_without_perspective_the_total(
    row: str, key: Key
) -> None:
    assert the_one("label,perspective,indicator,contribution", row).key == key


def test_a_long_table_names_place_quantity_and_year_in_each_row() -> None:
    figures = long("t1,a,achievement,p,i,2016,,,96", "text,b,direct_effect,,,,LG,IP,0.329").figures
    assert [(each.place, each.key) for each in figures] == [
        ("t1", Key("achievement", "p", "i", 2016)),
        ("text", Key("direct_effect", start="LG", end="IP")),
    ]


def test_the_document_says_its_places_source_and_which_places_are_prose() -> None:
    printed = wide("label,indicator,achievement", "x,i,1")
    assert printed.places == {"t1": Label("Tabel 1", "Table 1"), "text": Label("Teks", "Text")}
    assert printed.prose == {"text"}
    assert (printed.citation, printed.rights, printed.transcription) == ("somebody", "facts", "by hand")


def test_figures_of_some_years_are_kept_with_those_of_no_year() -> None:
    printed = long(
        "t1,a,achievement,p,i,2016,,,96", "t1,a,achievement,p,i,2017,,,97", "t1,a,weight,p,i,,,,0.5"
    )
    assert [each.text for each in printed.of_years((2017,)).figures] == ["97", "0.5"]
    assert printed.of_years(()) == printed


def test_a_mean_over_years_goes_when_one_of_its_years_does() -> None:
    printed = wide("label,indicator,achievement_2016,achievement_2017,mean_achievement", "x,i,80,100,90")
    assert [each.text for each in printed.of_years((2017,)).figures] == ["100"]
    assert [each.text for each in printed.of_years((2016, 2017)).figures] == ["80", "100", "90"]


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_every_bad_cell_is_named_at_once_with_file_and_row() -> None:
    assert faults_of(
        "label,indicator,achievement,value", "x,i,96 kali,3", "y,j,97,1.234,5".replace("1.234,5", '"1.234,5"')
    ) == [
        "a.csv, row 2: '96 kali' is not a number (decimal mark ,.)",
        "a.csv, row 3: '1.234,5' is not a number (decimal mark ,.)",
    ]


def test_a_place_that_is_not_declared_is_refused() -> None:
    with pytest.raises(PrintedError) as caught:
        long("t9,a,achievement,p,i,2016,,,96")
    assert str(caught.value) == "a.csv, row 2: the place 't9' is not declared, allowed: t1, text"


@pytest.mark.parametrize("column", ["achievment", "score_2016"])
def test_a_column_of_no_known_quantity_is_refused(column: str) -> None:
    assert faults_of(f"label,indicator,{column}", "x,i,96") == [f"a.csv: unknown column '{column}'"]


@pytest.mark.parametrize("column", ["Achievement", "target2016", "target_20166", "target-2016"])
def test_a_column_that_cannot_be_read_is_refused_and_never_skipped(column: str) -> None:
    (sentence,) = faults_of(f"label,indicator,achievement,{column}", "x,i,96,5")
    assert sentence.startswith("a.csv")
    assert column in sentence


@pytest.mark.parametrize("row", ["x,i", "x,i,96,97"])
def test_a_row_with_too_few_or_too_many_cells_is_refused(row: str) -> None:
    (sentence,) = faults_of("label,indicator,achievement", row)
    assert sentence.startswith("a.csv, row 2")


def test_a_year_that_is_none_is_refused() -> None:
    with pytest.raises(PrintedError) as caught:
        long("t1,a,achievement,p,i,20l6,,,96")
    assert "a.csv, row 2" in str(caught.value)
    assert "'20l6'" in str(caught.value)


@pytest.mark.parametrize("column", ["label", "printed"])
def test_a_table_without_a_column_it_needs_is_refused(column: str) -> None:
    header = ["place", "label", "quantity", "printed"]
    cells = dict(zip(header, ["t1", "a", "achievement", "96"], strict=True))
    cells.pop(column)
    (sentence,) = faults_of(",".join(cells), ",".join(cells.values()), text=LONG)
    assert sentence.startswith("a.csv")
    assert repr(column) in sentence


def test_a_source_with_faults_names_file_and_key() -> None:
    with pytest.raises(PrintedError) as caught:
        source(SOURCE.replace("rights", "right").replace('decimal = ",."', 'decimals = ",."'))
    assert sorted(str(each) for each in caught.value.faults) == [
        "source.toml: document.rights: this key is required and missing",
        "source.toml: tables.0.decimal: this key is required and missing",
        "source.toml: unknown key 'document.right', did you mean 'rights'?",
        "source.toml: unknown key 'tables.0.decimals', did you mean 'decimal'?",
    ]


def test_a_quantity_declared_exact_must_be_a_quantity() -> None:
    with pytest.raises(PrintedError, match="'weights'"):
        wide("label,indicator,achievement", "x,i,96", text=SOURCE.replace('["weight"]', '["weights"]'))


def test_what_is_exact_comes_with_a_reason() -> None:
    assert source().exact == ExactDocument(quantities=["weight"], reason="by nature")
