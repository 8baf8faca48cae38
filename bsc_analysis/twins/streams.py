"""Streams of random numbers: one for each part of a twin, so that a change of one part leaves the others as they were."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

Part = Literal["counts", "templates", "targets", "weights", "clusters", "units", "records", "held", "sides", "noise", "missing"]  # fmt: skip
_PARTS: tuple[Part, ...] = get_args(Part)


def open_stream(seed: int, part: Part, copy: int | None = None) -> np.random.Generator:
    """Return the random numbers of one part of a twin, or of a numbered copy of it.

    >>> bool(open_stream(1, "units").random() == open_stream(1, "units").random())
    True
    >>> bool(open_stream(1, "units").random() == open_stream(1, "units", copy=0).random())
    False
    """
    key = (_PARTS.index(part),) if copy is None else (_PARTS.index(part), copy)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
