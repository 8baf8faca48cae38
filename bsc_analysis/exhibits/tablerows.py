"""Rows of scored frames made ready for a table: their order, the names in them, and headers in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from bsc_analysis.exhibits.exhibit import Table
from bsc_analysis.language.numbers import round_half_up
from bsc_analysis.language.words import Language, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bsc_analysis.scorecards.bands import Bands
    from bsc_analysis.scorecards.rules import RuleSet

ROWS_ON_PAGE = 40  # of a long table, on the page of a notebook; its files have all rows
MOST_DECIMALS = 4


def build_table(columns: dict[str, Any], decimals: dict[str, int], language: Language) -> Table:
    """Build a table whose headers are said in the language; years stay as they are."""
    said = {name: name if name.isdigit() else say(name, language) for name in columns}
    shown = {said[name]: places for name, places in decimals.items() if name in said}
    return fold_table({said[name]: values for name, values in columns.items()}, shown)


def fold_table(columns: dict[str, Any], decimals: dict[str, int]) -> Table:
    """Build a table whose headers are said already; a page shows its first rows, a file all of them."""
    plain = {
        name: _plain(values) if isinstance(values, pd.Series) else values for name, values in columns.items()
    }
    return Table(pd.DataFrame(plain), decimals, on_page=ROWS_ON_PAGE)


def in_rule_order(rows: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Sort by unit, the rule set's order of perspectives and indicators, and year; other indicators follow by name."""
    by = ["unit", "_perspective", "year"]
    keyed = rows.assign(_perspective=_ranks(rows["perspective"], (each.id for each in rules.perspectives)))
    if "indicator" in rows:
        keyed["_indicator"] = _ranks(rows["indicator"], (each.id for each in rules.indicators))
        by = ["unit", "_perspective", "_indicator", "indicator", "year"]
    return keyed.sort_values(by).drop(columns=[name for name in by if name.startswith("_")])


def unit_column(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the column of units, where there are several."""
    return {"unit": rows["unit"]} if len(rows["unit"].unique()) > 1 else {}


def name_perspectives(ids: Iterable[str], rules: RuleSet, language: Language) -> list[str]:
    """Say the names of perspectives; an empty id is all of them."""
    names = {each.id: each.label.say(language) for each in rules.perspectives}
    return [names[each] if each else say("all", language) for each in ids]


def name_indicators(ids: Iterable[str], rules: RuleSet, language: Language) -> list[str]:
    """Say the names of indicators; one that the rule set does not list goes by its id."""
    names = {each.id: each.label.say(language) for each in rules.indicators}
    return [names.get(each, each) for each in ids]


def band_words(ids: Iterable[Any], bands: Iterable[Bands | None], language: Language) -> list[str]:
    """Say the names of bands, each by the bands it belongs to; a dash stands where there are none."""
    named: dict[tuple[int, str], str] = {}
    words = []
    for each, own in zip(ids, bands, strict=True):
        if own is None or not isinstance(each, str):
            words.append("-" if own is None else say("no data", language))
            continue
        key = (id(own), each)
        if key not in named:
            named[key] = own.named(each).label.say(language)
        words.append(named[key])
    return words


def decimals_of(figures: pd.Series[float]) -> int:
    """Return the fewest decimals that show every figure as it is, at most four.

    >>> decimals_of(pd.Series([100.0, 29.46, None]))
    2
    """
    values = figures.dropna().unique().tolist()
    exact = [round_half_up(value, MOST_DECIMALS).normalize() for value in values]
    return max((max(0, -int(value.as_tuple().exponent)) for value in exact if value), default=0)


def _plain(values: pd.Series[Any]) -> list[Any]:
    """Return the values of a column; figures of any type as floats, what is missing as nan."""
    return (values.astype("float64") if pd.api.types.is_float_dtype(values) else values).tolist()


def _ranks(ids: pd.Series[str], order: Iterable[str]) -> pd.Series[int]:
    ranks = {name: rank for rank, name in enumerate(order)}
    return ids.map(ranks).fillna(len(ranks))
