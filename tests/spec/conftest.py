"""Every example in this folder holds on every engine."""

from __future__ import annotations

import pytest

from tests.engines import NAMES, Engine, find_engine


@pytest.fixture(params=NAMES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """One engine after the other."""
    return find_engine(request.param)
