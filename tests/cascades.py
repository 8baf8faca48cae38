"""A ministry of three levels and seven units, and rule sets, for the tests of cascade, contributions and change.

Only the stakeholder (S, weight .25) and the customer perspective (C, .15) are measured; renormalised they weigh .625 and
.375. Every target is 100, so a score is the actual. NKO of 2017 = .625 S + .375 C:

| unit | parent | level     |   S |   C | NKO                       |
|------|--------|-----------|-----|-----|---------------------------|
| M    |        | minister  | 100 |  84 | 62.5 + 31.5 = 94          |
| A    | M      | echelon_1 |  96 |  80 | 60 + 30 = 90              |
| B    | M      | echelon_1 |  80 | 112 | 50 + 42 = 92              |
| A1   | A      | echelon_2 |  88 |  72 | 55 + 27 = 82              |
| A2   | A      | echelon_2 | 120 | 104 | 75 + 39 = 114             |
| B1   | B      | echelon_2 |  56 |  64 | 35 + 24 = 59              |
| B2   | B      | echelon_2 |   - |   - | no score                  |

In 2016 there are M (S 96, no C: NKO 96), B (S 80, C 80: 80) and A1, which stood below B then (S 88, C 72: 82).
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from bsc_analysis.scorecards.rulereading import parse_rules
from bsc_analysis.scorecards.rules import RuleSet

# Sums of a few products of doubles differ from the decimal result by some units in the 16th digit.
LAST_BITS = 1e-9

UNITS = (
    ("M", None, "minister", 2017, 100.0, 84.0),
    ("A", "M", "echelon_1", 2017, 96.0, 80.0),
    ("B", "M", "echelon_1", 2017, 80.0, 112.0),
    ("A1", "A", "echelon_2", 2017, 88.0, 72.0),
    ("A2", "A", "echelon_2", 2017, 120.0, 104.0),
    ("B1", "B", "echelon_2", 2017, 56.0, 64.0),
    ("B2", "B", "echelon_2", 2017, None, None),
    ("M", None, "minister", 2016, 96.0, None),
    ("B", "M", "echelon_1", 2016, 80.0, 80.0),
    ("A1", "B", "echelon_2", 2016, 88.0, 72.0),
)

CLOSED = """
id = "agency"
version = "1"
mark = "unofficial"
[name]
id = "Badan"
en = "Agency"
[source]
citation = "an example"
place = "here"
[score]
scale = "percent"
perspective_from = "{level}"
[missing]
policy = "zero"
source = "an example"
[perspectives.money]
weight = 0.5
short = "M"
name = {{ id = "Uang", en = "Money" }}
[perspectives.people]
weight = 0.5
short = "P"
name = {{ id = "Orang", en = "People" }}
{objectives}
[indicators.spending]
perspective = "money"
weight = {spending}
{thrift}
name = {{ id = "Belanja", en = "Spending" }}
[indicators.income]
perspective = "money"
weight = {income}
{growth}
name = {{ id = "Pendapatan", en = "Income" }}
[indicators.training]
perspective = "people"
weight = 1
{skill}
name = {{ id = "Pelatihan", en = "Training" }}
"""
OBJECTIVES = "".join(
    f'[objectives.{name}]\nperspective = "{perspective}"\nweight = {weight}\nname = {{ id = "{name}", en = "{name}" }}\n'
    for name, perspective, weight in (
        ("thrift", "money", 0.7),
        ("growth", "money", 0.3),
        ("skill", "people", 1),
    )
)


def ministry() -> pd.DataFrame:
    """Return the observations of the table above."""
    rows = [
        {"unit": unit, "parent": parent, "level": level, "year": year, "perspective": perspective,
         "indicator": f"{perspective[0]}1", "target": 100.0, "actual": actual}
        for unit, parent, level, year, *actuals in UNITS
        for perspective, actual in zip(("stakeholder", "customer"), actuals, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"actual": "float64"})


def closed_list(*, from_objectives: bool) -> RuleSet:
    """Return a rule set that lists its indicators: spending .6 and income .4 of money, training all of people.

    From objectives, spending is all of thrift (.7 of money) and income all of growth (.3).
    """
    names = {
        name: f'objective = "{name}"' if from_objectives else "" for name in ("thrift", "growth", "skill")
    }
    text = CLOSED.format(
        level="objectives" if from_objectives else "indicators",
        objectives=OBJECTIVES if from_objectives else "",
        spending=1 if from_objectives else 0.6,
        income=1 if from_objectives else 0.4,
        **names,
    )
    return parse_rules(text, "agency.toml")


def table(*rows: tuple[Any, ...], columns: str) -> pd.DataFrame:
    """Return observations whose target is 100, so that an actual is its own score; columns named as in a sentence."""
    frame = pd.DataFrame(rows, columns=columns.split())
    frame["actual"] = frame["actual"].astype("float64")
    defaults = {"unit": "Agency", "year": 2017, "target": 100.0}
    return frame.assign(**{name: value for name, value in defaults.items() if name not in frame})
