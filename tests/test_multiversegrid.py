"""Grids: the product of declared choices less what makes no sense, and every fault of a grid with its path."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsc_analysis.errors import StudyError
from bsc_analysis.evidence.griddocument import read_grid
from bsc_analysis.evidence.multiversegrid import MOST_CELLS, Choice, Exclusion, Grid, Option, list_cells
from bsc_analysis.evidence.settings import Route, Setting
from bsc_analysis.files import data_folder, read_text
from bsc_analysis.language.words import Label
from bsc_analysis.scorecards.rules import Changes

LABEL = Label("nama", "name")
STUDIES = ("bantaeng", "kkp")


def option(name: str, decides: str = "") -> str:
    return f"""
[[choice.option]]
id = "{name}"
name = {{ id = "nama {name}", en = "name {name}" }}
reason = {{ id = "alasan", en = "reason" }}
source = "ours"
{decides}
"""


def choice(name: str, *options: str) -> str:
    return f'\n[[choice]]\nid = "{name}"\nname = {{ id = "pilihan", en = "choice" }}\n' + "".join(options)


def exclusion(when: str) -> str:
    return f'\n[[exclude]]\nwhen = {{ {when} }}\nreason = {{ id = "alasan", en = "reason" }}\n'


MISSING = choice(
    "missing", option("zero", 'missing = "zero"'), option("renormalise", 'missing = "renormalise"')
)
CAP = choice("cap", option("own"), option("low", "cap = 100"), option("none", 'cap = "none"'))


def refusals(text: str) -> list[str]:
    with pytest.raises(StudyError) as refused:
        read_grid(text, "multiverse.toml")
    return [str(each).removeprefix("multiverse.toml: ") for each in refused.value.faults]


def test_cells_are_the_full_product_with_the_last_choice_turning_fastest() -> None:
    cells = list_cells(read_grid(MISSING + CAP, "m"))
    assert [each.options for each in cells] == [
        ("zero", "own"),
        ("zero", "low"),
        ("zero", "none"),
        ("renormalise", "own"),
        ("renormalise", "low"),
        ("renormalise", "none"),
    ]
    assert cells[4].setting == Setting(changes=Changes(missing="renormalise", cap=Fraction(100)))


def test_excluded_combinations_are_no_cells() -> None:
    grid = read_grid(MISSING + CAP + exclusion('missing = "zero", cap = ["low", "none"]'), "m")
    assert [each.options for each in list_cells(grid)] == [
        ("zero", "own"),
        ("renormalise", "own"),
        ("renormalise", "low"),
        ("renormalise", "none"),
    ]
    assert (grid.n_combinations, grid.reference) == (6, ("zero", "own"))


def test_everything_that_an_option_can_decide_is_read() -> None:
    decides = """
rules = "kkp"
missing = "refuse"
minimize = "target / actual"
stabilize = "nearest edge"
polarity = { economy = "minimize" }
scale = "percent"
cap = 110.5
floor = "none"
leave_out = ["customer"]
weights = { financial = "1/3", internal_process = "2/3" }
consolidate = "average"
coverage = "constant"
years = [2016, 2017]
levels = ["echelon_2"]
estimator = "fiml"
interval = "monte_carlo"
cluster = "unit"
"""
    grid = read_grid("sesoi = 0.2\n" + choice("all", option("own"), option("other", decides)), "m")
    assert grid.sesoi == 0.2
    assert grid.choices[0].options[1].setting == Setting(
        rules="kkp",
        changes=Changes(
            missing="refuse",
            minimize="target / actual",
            stabilize="nearest edge",
            polarity=(("economy", "minimize"),),
            scale="percent",
            cap=Fraction(221, 2),
            floor="none",
            leave_out=("customer",),
        ),
        weights=(("financial", Fraction(1, 3)), ("internal_process", Fraction(2, 3))),
        consolidate="average",
        coverage="constant",
        years=(2016, 2017),
        route=Route(("echelon_2",), "fiml", "monte_carlo", "unit"),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MISSING + MISSING.replace('id = "missing"', 'id = "again"'),
         ["choice: 'missing' and 'again' both decide 'missing', and a cell can take it from one of them only"]),
        (choice("a", option("x"), option("x", "cap = 1")), ["choice.0.option: the id 'x' stands 2 times"]),
        (choice("a", option("x"), option("y")), ["choice.0: 'x' and 'y' decide the same"]),
        (CAP + CAP, ["choice: the id 'cap' stands 2 times",
                     "choice: 'cap' and 'cap' both decide 'cap', and a cell can take it from one of them only"]),
        (MISSING + CAP + exclusion('mising = "zero", cap = "top"'),
         ["exclude.0.when: there is no choice 'mising', did you mean 'missing'?",
          "exclude.0.when: the choice 'cap' has no option 'top', allowed: own, low, none"]),
        (MISSING + CAP + exclusion('wxyz = "zero", cap = "low"'),
         ["exclude.0.when: there is no choice 'wxyz', allowed: missing, cap"]),
        (MISSING + CAP + exclusion('cap = "low"'),
         ["exclude.0.when: it names 1 choice, and a combination takes at least two; leave the option out of the choice"]),
        (MISSING + CAP + 2 * exclusion('missing = "zero", cap = "low"'),
         ["exclude.1: it leaves out nothing that is not left out already"]),
        (MISSING + CAP + exclusion('missing = ["zero", "renormalise"], cap = ["own", "low", "none"]'),
         ["exclude: every combination is left out"]),
        (choice("a", option("x", 'missing = "nil"\ncap = -1'), option("y", "hat = 3")),
         ["choice.0.option.0.missing: got 'nil', allowed: 'zero', 'renormalise', 'carry_last', 'refuse'",
          "choice.0.option.0.cap.decimal: got -1, allowed: Input should be greater than 0",
          "choice.0.option.0.cap.literal['none']: got -1, allowed: 'none'",
          "unknown key 'choice.0.option.1.hat'"]),
    ],
)  # fmt: skip
def test_each_fault_of_a_grid_is_named_with_its_path(text: str, expected: list[str]) -> None:
    assert refusals(text) == expected


def test_a_choice_needs_two_options() -> None:
    assert refusals(choice("a", option("x")))[0].startswith("choice.0.option: ")


def test_a_product_that_would_never_end_is_refused() -> None:
    keys = ("cap", "floor")
    wide = [choice(key, *(option(f"o{n}", f"{key} = {n + 1}") for n in range(150))) for key in keys]
    assert refusals("".join(wide)) == [
        f"choice: the choices make 22500 combinations, allowed: at most {MOST_CELLS}"
    ]


@given(st.lists(st.integers(2, 4), min_size=2, max_size=4), st.data())
def test_cells_and_excluded_combinations_make_up_the_product(sizes: list[int], data: st.DataObject) -> None:
    choices = tuple(
        Choice(f"c{at}", LABEL, tuple(Option(f"o{n}", LABEL, LABEL, "ours", Setting()) for n in range(size)))
        for at, size in enumerate(sizes)
    )
    first, second = data.draw(st.permutations(range(len(sizes))))[:2]
    named = [data.draw(st.sets(st.integers(0, sizes[at] - 1), min_size=1)) for at in (first, second)]
    when = tuple(
        (f"c{at}", tuple(f"o{n}" for n in sorted(options)))
        for at, options in zip((first, second), named, strict=True)
    )
    cells = list_cells(Grid(choices, (Exclusion(when, LABEL),)))
    others = prod(size for at, size in enumerate(sizes) if at not in (first, second))
    assert len(cells) == prod(sizes) - others * len(named[0]) * len(named[1])
    assert len({each.options for each in cells}) == len(cells)


@pytest.mark.parametrize("study", STUDIES)
def test_every_option_of_the_grids_that_come_with_the_package_has_a_reason_and_a_source(study: str) -> None:
    grid = read_grid(*read_text(data_folder() / "studies" / study / "multiverse.toml"))
    for each in grid.choices:
        for one in each.options:
            assert one.source
            assert one.reason.id
            assert one.reason.en
            assert one.reason.id != one.reason.en
