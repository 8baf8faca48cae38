"""Intervals and bands: open and closed ends, exact membership, and the proof that a range is covered once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import RuleSetError
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.bands import INFINITY, Band, Bands, Gap, Interval, prove_cover, read_interval

GRID = 12  # bands on whole numbers are decided by their whole and half points: between two of them nothing changes


def band(band_id: str, text: str, value: int = 1) -> Band:
    return Band(band_id, Fraction(value), read_interval(text), Label(band_id, band_id), text)


def bands(domain: str, *ranges: str, gaps: tuple[tuple[str, str], ...] = ()) -> Bands:
    named = tuple(band(f"b{number}", text, number) for number, text in enumerate(ranges, 1))
    return Bands(
        read_interval(domain), named, tuple(Gap(read_interval(text), to, "ours") for text, to in gaps)
    )


def faults_of(given_bands: Bands) -> list[str]:
    return [str(each) for each in prove_cover(given_bands, "r.toml: bands")]


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Draw a non-empty interval whose ends are whole numbers of the grid."""
    lower = draw(st.integers(0, GRID - 1))
    upper = draw(st.integers(lower, GRID))
    closed = draw(st.tuples(st.booleans(), st.booleans())) if upper > lower else (True, True)
    return Interval(Fraction(lower), Fraction(upper), *closed)


def half_points() -> list[Fraction]:
    return [Fraction(number, 2) for number in range(-2, 2 * GRID + 3)]


# ---- intervals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[80, 100)", Interval(Fraction(80), Fraction(100), True, False)),
        ("(130,inf)", Interval(Fraction(130), INFINITY, False, False)),
        ("(-inf, 0]", Interval(-INFINITY, Fraction(0), False, True)),
        (" [ -1.5 , 0.25 ] ", Interval(Fraction(-3, 2), Fraction(1, 4))),
        ("[5, 5]", Interval(Fraction(5), Fraction(5))),
    ],
)
def test_interval_notation_is_read_with_its_open_and_closed_ends(text: str, expected: Interval) -> None:
    assert read_interval(text) == expected


@pytest.mark.parametrize(
    "text", ["80-100", "[80; 100)", "80, 100", "[a, b]", "[inf, 3]", "", "[1.2.3, 4]", "[., 3]"]
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        read_interval(text)
    assert str(caught.value) == f"{text!r} is not an interval such as '[80, 100)'"


@pytest.mark.parametrize("text", ["[100, 80]", "(5, 5]", "[5, 5)", "(5, 5)"])
def test_an_empty_interval_is_refused(text: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        read_interval(text)
    assert str(caught.value) == f"the interval {text!r} is empty"


@given(
    ends=st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)).map(sorted),
    decimals=st.integers(0, 6),
    closed=st.tuples(st.booleans(), st.booleans()),
    endless=st.sampled_from(["", "below", "above"]),
)
def test_an_interval_that_is_written_is_read_back_the_same(
    ends: list[int], decimals: int, closed: tuple[bool, bool], endless: str
) -> None:
    lower, upper = (Fraction(end, 10**decimals) for end in ends)
    lower = -INFINITY if endless == "below" else lower
    upper = INFINITY if endless == "above" else upper
    interval = Interval(lower, upper, *(closed if lower < upper else (True, True)))
    assert read_interval(str(interval)) == interval


@given(one=intervals(), other=intervals())
def test_the_meeting_of_two_intervals_holds_what_both_hold(one: Interval, other: Interval) -> None:
    meeting = one.meet(other)
    assert [point in meeting for point in half_points()] == [p in one and p in other for p in half_points()]
    assert meeting.empty == (not any(point in meeting for point in half_points()))


@given(one=intervals(), other=intervals())
def test_the_joining_of_two_intervals_is_the_smallest_that_holds_both(one: Interval, other: Interval) -> None:
    joined = one.join(other)
    held = [point for point in half_points() if point in one or point in other]
    expected = [min(held) <= point <= max(held) for point in half_points()]
    assert [point in joined for point in half_points()] == expected


# ---- bands -----------------------------------------------------------------------------------------------------------

TABLE_2 = bands(
    "[0, inf)", "[0, 80)", "[80, 90]", "[91, 110]", "[111, 130]", "(130, inf)",
    gaps=(("(90, 91)", "b2"), ("(110, 111)", "b3")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "band_id"),
    [
        ("-3", "b1"), ("0", "b1"), ("79.999", "b1"), ("80", "b2"), ("90", "b2"), ("90.5", "b2"), ("90.999", "b2"),
        ("91", "b3"), ("110", "b3"), ("110.5", "b3"), ("111", "b4"), ("130", "b4"), ("130.001", "b5"), ("900", "b5"),
    ],
)  # fmt: skip
def test_a_value_lies_in_the_band_its_closed_end_says(value: str, band_id: str) -> None:
    assert TABLE_2.find(Fraction(value)).id == band_id


@pytest.mark.parametrize(("value", "band_id"), [("-1", "b1"), ("0", "b1"), ("10", "b2"), ("11", "b2")])
def test_a_value_at_or_beyond_an_open_end_of_the_domain_takes_the_nearest_band(
    value: str, band_id: str
) -> None:
    assert bands("(0, 10)", "(0, 5)", "[5, 10)").find(Fraction(value)).id == band_id


def test_a_band_extends_over_the_gap_that_is_read_as_it() -> None:
    assert [str(TABLE_2.extent(each)) for each in TABLE_2.bands] == [
        "[0, 80)",
        "[80, 91)",
        "[91, 111)",
        "[111, 130]",
        "(130, inf)",
    ]


def test_a_band_is_found_by_its_id() -> None:
    assert TABLE_2.named("b4").printed == "[111, 130]"


def test_bands_that_cover_their_domain_once_have_no_fault() -> None:
    assert faults_of(TABLE_2) == []


@pytest.mark.parametrize(
    ("domain", "ranges", "gaps", "sentences"),
    [
        ("[0, 10]", ("[0, 5]", "[5, 10]"), (), ["r.toml: bands: the bands [0, 5] and [5, 10] overlap"]),
        (
            "[0, 10]",
            ("[0, 5)", "(5, 10]"),
            (),
            ["r.toml: bands: the bands leave [5, 5] open; declare how the gap is read"],
        ),
        (
            "[0, 10]",
            ("[0, 4]", "[5, 10]"),
            (),
            ["r.toml: bands: the bands leave (4, 5) open; declare how the gap is read"],
        ),
        (
            "[0, 10]",
            ("[0, 10)",),
            (),
            ["r.toml: bands: the bands reach from [0, 10) to [0, 10), expected exactly [0, 10]"],
        ),
        (
            "[0, 10]",
            ("[1, 5)", "[5, 10]"),
            (),
            ["r.toml: bands: the bands reach from [1, 5) to [5, 10], expected exactly [0, 10]"],
        ),
        (
            "[0, 10]",
            ("[0, 4]", "[5, 10]"),
            (("(4, 5)", "b9"),),
            ["r.toml: bands: the gap (4, 5) is read as 'b9', which is not a band beside it"],
        ),
        (
            "[0, 10]",
            ("[0, 2)", "[2, 4]", "[5, 10]"),
            (("(4, 5)", "b1"),),
            ["r.toml: bands: the gap (4, 5) is read as 'b1', which is not a band beside it"],
        ),
        (
            "[0, 10]",
            ("[1, 5]", "[4, 6]", "[7, 10]"),
            (),
            [
                "r.toml: bands: the bands reach from [1, 5] to [7, 10], expected exactly [0, 10]",
                "r.toml: bands: the bands [1, 5] and [4, 6] overlap",
                "r.toml: bands: the bands leave (6, 7) open; declare how the gap is read",
            ],
        ),
    ],
)
def test_everything_that_stands_in_the_way_of_the_cover_is_named(
    domain: str, ranges: tuple[str, ...], gaps: tuple[tuple[str, str], ...], sentences: list[str]
) -> None:
    assert faults_of(bands(domain, *ranges, gaps=gaps)) == sentences


@given(pieces=st.lists(intervals(), min_size=1, max_size=5))
def test_the_proof_of_cover_agrees_with_counting_the_bands_at_every_point(pieces: list[Interval]) -> None:
    domain = Interval(Fraction(0), Fraction(GRID))
    named = tuple(
        Band(f"b{number}", Fraction(1), each, Label("b", "b"), str(each))
        for number, each in enumerate(sorted(pieces, key=lambda each: each.lower))
    )
    covered_once = all(sum(point in each for each in pieces) == (point in domain) for point in half_points())
    assert (prove_cover(Bands(domain, named), "r") == []) == covered_once


@st.composite
def covers(draw: st.DrawFn) -> list[Interval]:
    """Draw intervals that do cover [0, GRID] once: cuts, and for each the side that is closed."""
    cuts = draw(st.lists(st.integers(1, GRID - 1), unique=True, max_size=5).map(sorted))
    belongs_left = [draw(st.booleans()) for _ in cuts]
    ends = [Fraction(0), *map(Fraction, cuts), Fraction(GRID)]
    opens = [True, *(not left for left in belongs_left)]
    closes = [*belongs_left, True]
    return [Interval(*each) for each in zip(ends[:-1], ends[1:], opens, closes, strict=True)]


@given(pieces=covers())
def test_a_cover_is_proven_and_every_point_is_found_in_the_band_that_holds_it(pieces: list[Interval]) -> None:
    named = tuple(Band(str(n), Fraction(n), each, Label("b", "b"), "") for n, each in enumerate(pieces))
    cover = Bands(Interval(Fraction(0), Fraction(GRID)), named)
    assert prove_cover(cover, "r") == []
    inside = [point for point in half_points() if point in cover.domain]
    assert [cover.find(point).range for point in inside] == [
        next(each for each in pieces if point in each) for point in inside
    ]
