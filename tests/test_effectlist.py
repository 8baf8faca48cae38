"""The list of effects: which there are, what each comes to, and how a person names one."""

from __future__ import annotations

import numpy as np
import pytest

from bsc_analysis.errors import ModelError, UseError
from bsc_analysis.paths.effectlist import list_effects
from bsc_analysis.paths.model import path_model

FULL = path_model("IP ~ LG; CP ~ LG + IP; SH ~ LG + IP + CP")
B = np.array([0.5, -0.1, 0.4, 0.2, 0.3, 0.6])  # LG->IP, LG->CP, IP->CP, LG->SH, IP->SH, CP->SH
SUMS = 1e-14


def _value(name: str) -> float:
    effects = list_effects(FULL)
    return float(effects.values(B)[effects.find(name)])


def test_every_pair_has_its_direct_specific_and_summed_effects() -> None:
    names = [str(name) for name in list_effects(FULL).names if name.end == "SH" and name.start == "LG"]
    assert names == [
        "LG -> SH", "LG -> CP -> SH", "LG -> IP -> SH", "LG -> IP -> CP -> SH", "indirect LG -> SH", "total LG -> SH",
    ]  # fmt: skip
    assert len(list_effects(FULL)) == 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LG -> IP -> CP", 0.5 * 0.4),
        ("total LG -> CP", -0.1 + 0.2),
        ("LG -> IP -> CP -> SH", 0.5 * 0.4 * 0.6),
        ("indirect LG -> SH", -0.06 + 0.15 + 0.12),
        ("total LG -> SH", 0.2 + 0.21),
        ("total CP -> SH", 0.6),
        ("direct LG -> IP", 0.5),
        ("  LG→IP  →  SH", 0.15),
    ],
)
def test_effects_by_hand_and_by_name(name: str, value: float) -> None:
    assert _value(name) == pytest.approx(value, abs=SUMS)


def test_total_effects_are_those_of_matrix_algebra() -> None:
    """Total effects are (I - B)^-1 - I, whatever the paths are called."""
    matrix = np.zeros((4, 4))
    place = {name: at for at, name in enumerate(FULL.variables)}
    for (start, end), value in zip(FULL.edges, B, strict=True):
        matrix[place[end], place[start]] = value
    total = np.linalg.inv(np.eye(4) - matrix) - np.eye(4)
    effects = list_effects(FULL)
    for name, value in zip(effects.names, effects.values(B), strict=True):
        if name.kind == "total":
            assert value == pytest.approx(total[place[name.end], place[name.start]], abs=SUMS)


def test_replicates_lie_along_the_last_axis() -> None:
    effects = list_effects(FULL)
    many = effects.values(np.stack([B, 2 * B], axis=1))
    np.testing.assert_allclose(many[:, 0], effects.values(B), atol=SUMS)
    np.testing.assert_allclose(many[:, 1], effects.values(2 * B), atol=SUMS)


def test_contrasts_come_after_the_pairs_and_before_definitions() -> None:
    model = path_model("IP ~ a*LG; CP ~ IP + b*LG; both := a + b; twice := 2*both")
    effects = list_effects(model).contrast("LG -> CP", "LG -> IP -> CP").contrast("LG -> IP", "IP -> CP")
    assert [name.kind for name in effects.names[-4:]] == ["contrast", "contrast", "defined", "defined"]
    values = effects.values(np.array([0.5, 0.4, -0.1]))
    np.testing.assert_allclose(values[-4:], [-0.1 - 0.2, 0.5 - 0.4, 0.4, 0.8], atol=SUMS)
    assert str(effects.names[-4]) == "(LG -> CP) - (LG -> IP -> CP)"


@pytest.mark.parametrize("name", ["SH -> LG", "LG -> PI -> CP", "nothing"])
def test_an_effect_that_does_not_exist_is_refused_with_the_nearest(name: str) -> None:
    with pytest.raises(UseError, match=r"the model has no effect .*did you mean"):
        list_effects(FULL).find(name)


def test_a_definition_of_a_loading_is_refused() -> None:
    model = path_model("F =~ x1 + l*x2 + x3; Y ~ F; odd := 2*l")
    with pytest.raises(ModelError, match="definition of odd uses l, which names a loading"):
        list_effects(model)
