"""Rows: the same array from every engine, what is left out is counted, and what cannot be used is named."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import DataError
from bsc_analysis.paths.rows import NOISE, Codes, Rows, read_rows, refuse_absent
from tests.engines import NAMES, find_engine

NAN = float("nan")
FRAME = pd.DataFrame(
    {
        "unit": ["b", "a", "b", "c", "a"],
        "year": [2021, 2021, 2022, 2022, 2023],
        "LG": [1.0, 2.0, None, 4.0, None],
        "note": ["x", "y", "z", "x", "y"],
        "IP": [10, 20, 30, 40, 50],
        "CP": [0.5, None, 1.5, 2.5, 3.5],
    }
)


def sentences(frame: pd.DataFrame, variables: list[str], **keys: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_rows(frame, variables, **keys)
    return [str(each) for each in caught.value.faults]


def five() -> Rows:
    return read_rows(FRAME, ["LG", "IP", "CP"], cluster="unit", group="year", stratum="note")


@pytest.mark.parametrize("engine", NAMES)
def test_every_engine_gives_the_same_rows(engine: str) -> None:
    rows = read_rows(find_engine(engine).make(FRAME), ["IP", "LG"], cluster="unit", group="year")
    assert rows.names == ("IP", "LG")
    np.testing.assert_array_equal(rows.values, [[10, 1], [20, 2], [30, NAN], [40, 4], [50, NAN]])
    assert rows.values.dtype == np.float64
    assert rows.cluster is not None
    assert rows.group is not None
    assert (rows.cluster.labels, rows.group.labels) == (("b", "a", "c"), ("2021", "2022", "2023"))
    assert rows.cluster.code.tolist() == [0, 1, 0, 2, 1]
    assert (rows.stratum, rows.dropped, rows.n_obs, rows.n_missing) == (None, 0, 5, 2)


@pytest.mark.parametrize("engine", NAMES)
def test_rows_that_say_nothing_are_left_out_with_their_keys(engine: str) -> None:
    """Of the rows b, a, b, c, a only the last but the fourth of LG are known: b, a and c stay, two rows go."""
    rows = read_rows(find_engine(engine).make(FRAME), ["LG"], cluster="unit")
    assert rows.values.ravel().tolist() == [1, 2, 4]
    assert rows.dropped == 2
    assert rows.cluster is not None
    assert [rows.cluster.labels[at] for at in rows.cluster.code] == ["b", "a", "c"]


def test_keys_count_from_zero_in_order_of_first_appearance() -> None:
    frame = pd.DataFrame({"unit": ["z9", "a10", "z9", "a2"], "LG": [1.0, 2, 3, 4]})
    cluster = read_rows(frame, ["LG"], cluster="unit").cluster
    assert cluster is not None
    assert (cluster.name, cluster.labels, len(cluster)) == ("unit", ("z9", "a10", "a2"), 3)
    assert cluster.code.tolist() == [0, 1, 0, 2]


def test_one_column_may_be_cluster_and_stratum_and_variable_at_once() -> None:
    rows = read_rows(FRAME, ["IP", "year"], cluster="year", stratum="year")
    assert rows.cluster is not None
    assert rows.stratum is not None
    assert rows.values[:, 1].tolist() == [2021, 2021, 2022, 2022, 2023]
    assert rows.cluster.labels == rows.stratum.labels == ("2021", "2022", "2023")


def test_whole_numbers_and_truth_values_are_numbers() -> None:
    frame = pd.DataFrame({"LG": [True, False, True], "IP": pd.array([1, None, 3], dtype="Int64")})
    np.testing.assert_array_equal(read_rows(frame, ["LG", "IP"]).values, [[1, 1], [0, NAN], [1, 3]])


def test_columns_that_are_not_named_may_hold_anything() -> None:
    frame = FRAME.assign(SH=["-", "?", "", None, "x"], X=math.inf)
    assert read_rows(frame, ["IP"]).n_obs == 5


def test_complete_rows_keep_their_keys_and_count_the_others() -> None:
    """Rows 1 and 4 are known in LG, IP and CP: units b and c, years 2021 and 2022."""
    complete = five().complete()
    np.testing.assert_array_equal(complete.values, [[1, 10, 0.5], [4, 40, 2.5]])
    assert complete.dropped == 3
    assert complete.cluster is not None
    assert complete.group is not None
    assert complete.stratum is not None
    assert (complete.cluster.labels, complete.cluster.code.tolist()) == (("b", "c"), [0, 1])
    assert (complete.group.labels, complete.stratum.labels) == (("2021", "2022"), ("x",))
    assert complete.complete() is complete


def test_what_was_dropped_before_is_counted_too() -> None:
    rows = read_rows(FRAME, ["LG", "CP"])
    assert (rows.dropped, rows.complete().dropped) == (0, 3)
    emptied = read_rows(FRAME.assign(CP=[0.5, None, None, 2.5, None]), ["LG", "CP"])
    assert (emptied.dropped, emptied.complete().dropped) == (2, 3)


def test_rows_are_taken_by_indices_or_by_mask_with_codes_numbered_anew() -> None:
    by_index, by_mask = five().take(np.array([4, 1, 4])), five().take(np.array([0, 1, 0, 0, 1], bool))
    np.testing.assert_array_equal(by_index.values[:, 1], [50, 20, 50])
    np.testing.assert_array_equal(by_mask.values[:, 1], [20, 50])
    assert by_index.cluster is not None
    assert by_index.group is not None
    assert (by_index.cluster.labels, by_index.cluster.code.tolist()) == (("a",), [0, 0, 0])
    assert (by_index.group.labels, by_index.group.code.tolist()) == (("2021", "2023"), [1, 0, 1])


def test_taking_may_state_what_was_dropped() -> None:
    rows = five()
    assert (rows.take(np.arange(2)).dropped, rows.take(np.arange(2), dropped=3).dropped) == (0, 3)


def test_variables_are_selected_in_the_order_named() -> None:
    chosen = five().select(["CP", "LG"])
    assert chosen.names == ("CP", "LG")
    np.testing.assert_array_equal(chosen.values[0], [0.5, 1])
    assert chosen.cluster is not None


def test_a_variable_that_was_not_read_cannot_be_selected() -> None:
    with pytest.raises(DataError, match="the data have no column 'lg', did you mean 'LG'"):
        five().select(["IP", "lg"])


def test_groups_come_apart_in_order_of_first_appearance() -> None:
    parts = five().by_group()
    assert [(label, part.values[:, 1].tolist()) for label, part in parts] == [
        ("2021", [10, 20]),
        ("2022", [30, 40]),
        ("2023", [50]),
    ]
    assert parts[1][1].cluster is not None
    assert parts[1][1].cluster.labels == ("b", "c")


def test_without_groups_all_rows_are_one_without_a_name() -> None:
    rows = read_rows(FRAME, ["IP"])
    assert rows.by_group() == (("", rows),)


@given(codes=st.lists(st.integers(0, 5), min_size=1, max_size=30), data=st.data())
def test_taken_codes_stand_for_the_same_labels_and_leave_no_gap(
    codes: list[int], data: st.DataObject
) -> None:
    labels = tuple(f"unit {at}" for at in range(6))
    kept = np.array(data.draw(st.lists(st.sampled_from(range(len(codes))), min_size=1)))
    taken = Codes("unit", np.array(codes), labels).take(kept)
    assert [taken.labels[at] for at in taken.code] == [labels[codes[at]] for at in kept]
    assert sorted(set(taken.code.tolist())) == list(range(len(taken)))


def test_every_absent_column_is_named_with_the_nearest_one() -> None:
    assert sentences(FRAME, ["lg", "IPP", "Zz"], cluster="units") == [
        "the data have no column 'lg', did you mean 'LG'?",
        "the data have no column 'IPP', did you mean 'IP'?",
        "the data have no column 'Zz'; they have: unit, year, LG, note, IP, CP",
        "the data have no column 'units', did you mean 'unit'?",
    ]


def test_of_very_many_columns_only_the_first_are_listed() -> None:
    with pytest.raises(DataError) as caught:
        refuse_absent([f"column {at}" for at in range(40)], ["?"])
    assert str(caught.value).endswith("they have: " + ", ".join(f"column {at}" for at in range(12)))


@pytest.mark.parametrize("engine", NAMES)
def test_text_is_refused_by_name(engine: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rows(find_engine(engine).make(FRAME), ["note", "LG", "unit"])
    assert [str(each) for each in caught.value.faults] == [
        "column 'note' holds text (String), a path model needs numbers: read the file with its number format first",
        "column 'unit' holds text (String), a path model needs numbers: read the file with its number format first",
    ]


def test_infinite_empty_and_constant_columns_and_missing_keys_are_named_at_once() -> None:
    frame = pd.DataFrame(
        {
            "LG": [1.0, math.inf, -math.inf, 2.0],
            "IP": [None, None, None, None],
            "CP": [7.25, None, 7.25, 7.25],
            "SH": [1.0, 2.0, 3.0, 4.0],
            "unit": ["a", None, "b", None],
            "year": [2021, 2022, 2023, None],
        }
    ).astype({"IP": float})
    assert sentences(frame, ["LG", "IP", "CP", "SH"], cluster="unit", group="year") == [
        "column 'LG' has 2 infinite values: correct them or leave them empty",
        "column 'IP' has no value at all: leave the variable out of the model, or supply its data",
        "column 'CP' is the same in every row (7.25): a path needs variation, leave the variable out of the model",
        "column 'unit' is empty in 2 rows: every row needs its cluster",
        "column 'year' is empty in 1 rows: every row needs its group",
    ]


def test_a_table_without_rows_has_no_value_at_all() -> None:
    assert sentences(FRAME.head(0), ["LG"]) == [
        "column 'LG' has no value at all: leave the variable out of the model, or supply its data"
    ]


def test_one_known_value_is_no_variation() -> None:
    (sentence,) = sentences(FRAME.head(1), ["LG"])
    assert sentence.startswith("column 'LG' is the same in every row (1)")


@pytest.mark.parametrize("level", [1.0, 1e9, -1e-9])
def test_spread_of_rounding_noise_is_none_and_a_hundred_times_as_much_is_some(level: float) -> None:
    wave = np.array([0.0, 0.5, 0.0, 0.5])
    (sentence,) = sentences(pd.DataFrame({"LG": level * (1 + NOISE * wave)}), ["LG"])
    assert "is the same in every row" in sentence
    assert read_rows(pd.DataFrame({"LG": level * (1 + 100 * NOISE * wave)}), ["LG"]).n_obs == 4


def test_zeros_only_are_constant() -> None:
    (sentence,) = sentences(pd.DataFrame({"LG": [0.0, 0.0, 0.0]}), ["LG"])
    assert "is the same in every row (0)" in sentence
