"""Plans of twins for tests: the study's own, and a small one that is made in no time."""

from __future__ import annotations

from functools import cache

from bsc_analysis.files import data_folder, read_rules
from bsc_analysis.scorecards.rules import RuleSet
from bsc_analysis.twins.document import read_plan
from bsc_analysis.twins.plan import TwinPlan

KKP = read_rules("kkp")
SEEDS = (20151122, 20160101, 20170202, 20180303, 20190404)
KKP_TEXT = (data_folder() / "studies" / "kkp" / "twin.toml").read_text(encoding="utf-8")

HEAD = """
seed = 7
calibration = "sample"
cluster = "echelon_1"
[truth.sd]
LG = 5
IP = 5
CP = 5
SH = 5
[truth.paths]
"LG -> IP" = 0.3
"CP -> SH" = 0.5
[records]
shares = { LG = 0.25, IP = 0.25, CP = 0.25, SH = 0.25 }
spread = 15
held = 0.1
growth = 0.02
[options]
persistence = 0.4
[[level]]
id = "minister"
name = "Kementerian"
indicators = 12
[[level]]
id = "echelon_1"
name = "Eselon I"
indicators = 10
[[level]]
id = "echelon_2"
name = "Eselon II"
indicators = 9
[[year]]
year = 2015
indicators = 400
units = { minister = 1, echelon_1 = 4, echelon_2 = 36 }
means = { LG = 101, IP = 100, CP = 100, SH = 98 }
ministry = { nko = 100, given = { SH = 94 } }
[[year]]
year = 2016
indicators = 420
units = { minister = 1, echelon_1 = 4, echelon_2 = 38 }
means = { LG = 100, IP = 100, CP = 99, SH = 98 }
ministry = { nko = 101, given = { SH = 95 }, offsets = { LG = 1, IP = -1 } }
"""


def catalogue(per_perspective: int = 9) -> str:
    """Return templates: of every perspective so many, the last but one lower-is-better and the last kept in a range."""
    rows = []
    for short in ("LG", "IP", "CP", "SH"):
        for number in range(per_perspective):
            kind = {
                per_perspective - 1: 'polarity = "stabilize"\nwidth = 0.1\n',
                per_perspective - 2: 'polarity = "minimize"\n',
            }
            rows.append(
                f'[[indicator]]\nperspective = "{short}"\nobjective = "Sasaran {short}"\nname = "IKU {number}"\n'
                f'unit_of_measure = "persen"\ntarget = [50, 80]\n{kind.get(number, "")}'
            )
    return "\n".join(rows)


SMALL_TEXT = HEAD + catalogue()


@cache
def kkp_plan() -> TwinPlan:
    return read_plan(KKP_TEXT, "twin.toml", KKP)


@cache
def small_plan() -> TwinPlan:
    return read_plan(SMALL_TEXT, "twin.toml", KKP)


def plan_with(*changes: tuple[str, str], rules: RuleSet = KKP) -> TwinPlan:
    """Read the small plan with some of its text changed; each piece that is changed must be there once."""
    text = SMALL_TEXT
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return read_plan(text, "twin.toml", rules)
