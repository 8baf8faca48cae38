"""What holds for every test: on the continuous-integration machine nothing is left out, and examples are always the same."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

NOTHING_MAY_SKIP = os.environ.get("CI") == "true"

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=300)
settings.load_profile("ci" if NOTHING_MAY_SKIP else "dev")


class NothingLeftOut:
    """Turn each skipped test or module into a failure that repeats the reason for skipping."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a test that was skipped; an expected failure (``xfail``) is not a skip."""
        report = yield
        if report.skipped and not hasattr(report, "wasxfail"):
            _fail(report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Fail a module that was skipped as a whole."""
        report = yield
        if report.skipped:
            _fail(report)
        return report


def pytest_configure(config: pytest.Config) -> None:
    """Register the rule for every test of the session, those in the package's docstrings included."""
    if NOTHING_MAY_SKIP:
        config.pluginmanager.register(NothingLeftOut(), "nothing-left-out")


def _fail(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Rewrite one report from skipped to failed."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"nothing may be left out when CI=true: {reason}"
