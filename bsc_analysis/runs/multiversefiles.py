"""A multiverse as files for programs: everything as JSON, and one row per cell as CSV; the same multiverse, the same bytes."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from bsc_analysis.evidence.conclusions import N_DRAWS, EffectConclusion, Refusal, ScoreConclusion
from bsc_analysis.evidence.multiverse import Cell, Survival
from bsc_analysis.evidence.scoresensitivity import BandFirmness
from bsc_analysis.evidence.weightsimplex import WeightRegions
from bsc_analysis.language.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.multiverse import Multiverse
    from bsc_analysis.evidence.multiversegrid import Choice, Exclusion, Option
    from bsc_analysis.language.words import Label

Record = dict[str, Any]
# What turns results into plain values; to make one takes longer than to use it.
SCORE: TypeAdapter[Any] = TypeAdapter(ScoreConclusion)
REGIONS: TypeAdapter[Any] = TypeAdapter(WeightRegions)
FIRMNESS: TypeAdapter[Any] = TypeAdapter(BandFirmness)
SURVIVAL: TypeAdapter[Any] = TypeAdapter(Survival)
CELL: TypeAdapter[Any] = TypeAdapter(Cell)
EFFECT = ("estimate", "lower", "upper", "verdict")


def multiverse_json(multiverse: Multiverse, surveyed: Sequence[Survival]) -> str:
    """Return a multiverse as JSON.

    The keys are ``study``, ``unit``, ``sesoi``, ``interval_level``, ``monte_carlo_draws``, ``choices`` with their options,
    reasons and sources, ``excluded``, ``reference``, ``printed``, ``bands``, ``conclusions`` with shares and drivers, ``weights``,
    ``firmness`` and ``cells``.
    """
    grid = multiverse.grid
    content: Record = {
        "study": multiverse.study,
        "unit": multiverse.unit,
        "sesoi": grid.sesoi,
        "interval_level": 0.95,
        "monte_carlo_draws": N_DRAWS,
        "choices": [_choice(each) for each in grid.choices],
        "n_combinations": grid.n_combinations,
        "excluded": [_exclusion(each) for each in grid.exclusions],
        "reference": list(grid.reference),
        "printed": _plain(SCORE, multiverse.printed),
        "bands": {band: _label(label) for band, label in multiverse.bands},
        "conclusions": [_survival(each) for each in surveyed],
        "weights": _plain(REGIONS, multiverse.regions),
        "firmness": [_plain(FIRMNESS, each) for each in multiverse.firmness],
        "cells": [_cell(each) for each in multiverse.cells],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def cells_csv(multiverse: Multiverse) -> str:
    """Return one row per cell: its options, its scores, its effects, and why something is missing."""
    scores = [each.score for each in multiverse.cells if isinstance(each.score, ScoreConclusion)]
    years = sorted({year.year for each in scores for year in each.years})
    effects = list(
        dict.fromkeys(
            effect.name
            for each in multiverse.cells
            if not isinstance(each.effects, Refusal)
            for effect in each.effects
        )
    )
    header = [each.id for each in multiverse.grid.choices]
    header += [
        "scale",
        "direction",
        "change",
        *(f"{what}_{year}" for year in years for what in ("score", "band")),
    ]
    header += [f"{name} {what}" for name in effects for what in EFFECT]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*header, "faults"])
    for cell in multiverse.cells:
        row = [*cell.options, *_score_row(cell.score, years)]
        row += [value for name in effects for value in _effect_row(cell.effect(name))]
        writer.writerow([*row, "; ".join(map(str, cell.faults))])
    return text.getvalue()


def _score_row(score: ScoreConclusion | Refusal | None, years: Sequence[int]) -> list[Any]:
    if not isinstance(score, ScoreConclusion):
        return [None] * (3 + 2 * len(years))
    of_years = [score.of_year(year) for year in years]
    pairs = [(None, None) if each is None else (each.score, each.band) for each in of_years]
    return [score.scale, score.direction, _kept(score.change), *(value for pair in pairs for value in pair)]


def _effect_row(effect: EffectConclusion | None) -> list[Any]:
    return [None if effect is None else getattr(effect, name) for name in EFFECT]


def _kept(value: float | None) -> float | None:
    """Return a difference of scores without the digits that only subtraction makes."""
    return None if value is None else round(value, 9)


def _choice(choice: Choice) -> Record:
    return {"id": choice.id, "name": _label(choice.label), "options": [_option(o) for o in choice.options]}


def _option(option: Option) -> Record:
    return {
        "id": option.id,
        "name": _label(option.label),
        "reason": _label(option.reason),
        "source": option.source,
        "decides": list(option.setting.decided),
    }


def _exclusion(exclusion: Exclusion) -> Record:
    when = {choice: list(options) for choice, options in exclusion.when}
    return {"when": when, "reason": _label(exclusion.reason)}


def _label(label: Label) -> Record:
    return {language: label.say(language) for language in LANGUAGES}


def _survival(survival: Survival) -> Record:
    content: Record = _plain(SURVIVAL, survival)
    if survival.drivers is not None:
        content["drivers"] |= {"rest": survival.drivers.rest, "strongest": survival.drivers.strongest.choice}
    return content | {"held": survival.held}


def _cell(cell: Cell) -> Record:
    content: Record = _plain(CELL, cell)
    score, effects = content["score"], content["effects"]
    return {
        "options": content["options"],
        "score": None if isinstance(cell.score, Refusal) else score,
        "effects": [] if isinstance(cell.effects, Refusal) else effects,
        "faults": [str(each) for each in cell.faults],
    }


def _plain(adapter: TypeAdapter[Any], value: Any) -> Any:
    return None if value is None else adapter.dump_python(value, mode="json")
