"""A hand-made file of 40 real rows: five units on three levels, two years, one indicator in each of the four perspectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "unit,parent,level,year,perspective,indicator,weight,polarity,target,actual,unit_of_measure"
PERSPECTIVES = ("learning_growth", "internal_process", "customer", "stakeholder")
UNITS = (
    ("Pusat", "", "minister"),
    ("Bagian A", "Pusat", "echelon_1"),
    ("Bagian B", "Pusat", "echelon_1"),
    ("Seksi A1", "Bagian A", "echelon_2"),
    ("Seksi B1", "Bagian B", "echelon_2"),
)
ACTUALS = {
    2016: ((96, 90, 102, 84), (104, 99, 95, 91), (88, 93, 87, 97), (101, 85, 110, 89), (79, 96, 91, 103)),
    2017: ((98, 94, 99, 88), (107, 92, 101, 95), (90, 97, 84, 92), (95, 103, 106, 99), (85, 88, 97, 86)),
}


def write_real(path: Path) -> Path:
    """Write the file, every target 100, and return its path."""
    lines = [
        f"{unit},{parent},{level},{year},{perspective},IKU {perspective},1,maximize,100,{actual},%"
        for year, units in ACTUALS.items()
        for (unit, parent, level), actuals in zip(UNITS, units, strict=True)
        for perspective, actual in zip(PERSPECTIVES, actuals, strict=True)
    ]
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path
