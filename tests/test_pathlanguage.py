"""Tables of path models speak Indonesian throughout: headers, cells, captions and alt texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bsc_analysis.exhibits.diagnostictables import diagnostics_table, few_clusters_table, influence_table
from bsc_analysis.exhibits.effectwords import KINDS, SUMS
from bsc_analysis.exhibits.exhibit import Absent, Exhibit
from bsc_analysis.exhibits.grouptables import group_table, group_test_table
from bsc_analysis.exhibits.hintstable import hints_table
from bsc_analysis.exhibits.missingtable import missing_policies_table
from bsc_analysis.exhibits.pathcaptions import ERRORS, METHODS
from bsc_analysis.exhibits.pathtables import effects_table, equations_table, fit_table
from bsc_analysis.exhibits.smalltables import small_effects_table
from bsc_analysis.language import words
from bsc_analysis.language.words import say
from bsc_analysis.paths.analysis import analyse_paths
from bsc_analysis.paths.diagnostics import diagnose
from bsc_analysis.paths.fewclusters import wild_cluster_test
from bsc_analysis.paths.influence import influence
from bsc_analysis.paths.model import path_model
from bsc_analysis.paths.modification import modification_hints
from bsc_analysis.paths.moments import moments_of
from tests.pathcases import CHAIN, FULL, by_year, drawn, origin, printed, resampled, study


class Recorder(dict[str, str]):
    """A catalogue that remembers what was asked for and not found."""

    def __init__(self, known: dict[str, str]) -> None:
        super().__init__(known)
        self.missing: set[str] = set()

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        if key not in self:
            self.missing.add(key)
        return super().get(key, str(default))


def tables() -> Iterator[Exhibit | Absent]:
    where, model, rows = (study(), origin()), path_model(FULL), drawn(clusters=6)
    clustered, moments = analyse_paths(model, rows, se="cluster"), moments_of(rows)
    contrasted = printed(contrasts=(("LG -> CP", "LG -> IP -> CP"),))
    for analysis in (by_year(), contrasted, printed(CHAIN), resampled()):
        for make in (equations_table, effects_table, fit_table, group_table, group_test_table):
            yield make(analysis, *where, language="id")
    yield small_effects_table(printed(), *where, language="id", n_sim=50)
    yield diagnostics_table(diagnose(model, rows), *where, language="id")
    yield influence_table(influence(clustered.fit, moments), *where, language="id")
    yield few_clusters_table(clustered, wild_cluster_test(model, moments), *where, language="id")
    for text in (FULL, "IP ~ LG"):
        yield missing_policies_table(path_model(text), drawn(missing=20), *where, language="id")
    for text in (FULL, CHAIN):
        yield hints_table(modification_hints(printed(text).fit), *where, language="id")


def test_no_table_of_a_path_model_falls_back_to_english(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(words._indonesian())
    monkeypatch.setattr(words, "_indonesian", lambda: recorder)
    for table in tables():
        if isinstance(table, Exhibit):
            table.make("id")
    for sentence in (*KINDS.values(), *METHODS.values(), *ERRORS.values()):
        say(sentence, "id")
    for sentence in SUMS.values():
        say(sentence, "id", path="LG → SH")
    assert sorted(recorder.missing) == []
