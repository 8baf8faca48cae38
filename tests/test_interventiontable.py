"""The table of social intervention: counts and shares by hand, what the caption must say, and when there is no table."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from bsc_analysis.errors import DataError
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table, provenance
from bsc_analysis.exhibits.interventiontable import intervention_table
from bsc_analysis.exhibits.interventionwords import say_strength
from bsc_analysis.files import read_rules
from bsc_analysis.language import words
from bsc_analysis.language.words import Language
from bsc_analysis.studies import Study, read_study
from tests.test_charts import Disguised, data_words
from tests.test_interventions import cross, rows, schemes

PERSPECTIVES = ("learning_growth", "internal_process", "customer", "stakeholder")


def tagged_study(*counts: tuple[int, int, int, int], years: int = 2, scheme: int | None = 0) -> Study:
    """Return a study with so many micro, mezzo, macro and untagged indicators in each perspective, each in every year."""
    given = [
        (perspective, f"{perspective}-{level}-{number}", level or None)
        for perspective, each in zip(PERSPECTIVES, counts, strict=False)
        for level, count in zip(("micro", "mezzo", "macro", ""), each, strict=True)
        for number in range(count)
    ]
    observed = pd.concat(
        [rows(*given).assign(unit="A", year=2015 + year) for year in range(years)], ignore_index=True
    )
    return replace(
        read_study("bantaeng"),
        id="kkp",
        label=read_study("kkp").label,
        rules=read_rules("kkp"),
        observations=observed,
        intervention=None if scheme is None else schemes()[scheme],
    )


USUAL = ((1, 0, 0, 9), (12, 2, 1, 5), (0, 6, 0, 0), (0, 1, 7, 2))


def table(study: Study, language: Language = "en") -> Exhibit:
    made = intervention_table(study, provenance(study), language=language)
    assert isinstance(made, Exhibit)
    return made


def frame(study: Study, language: Language = "en") -> pd.DataFrame:
    made = table(study, language).make(language)
    assert isinstance(made, Table)
    return made.frame


def test_counts_and_shares_are_those_of_distinct_indicators_then_of_records() -> None:
    """Internal process: 12, 2, 1 and 5 of 20 indicators, 60, 10, 5 and 25 %; twice as many records in two years."""
    found = frame(tagged_study(*USUAL)).set_index(["counted", "perspective"])
    distinct = found.loc[("indicators, distinct", "Internal process")]
    assert distinct[["micro", "mezzo", "macro", "untagged", "total"]].tolist() == [12, 2, 1, 5, 20]
    assert distinct.filter(like="%").tolist() == pytest.approx([60, 10, 5, 25])
    assert found.loc[("records", "Internal process"), "total"] == 40
    assert found.loc[("indicators, distinct", "all"), ["micro", "mezzo", "macro", "untagged"]].tolist() == [
        13,
        9,
        8,
        16,
    ]
    assert found.filter(like="%").sum(axis=1).tolist() == pytest.approx([100] * 10)


def test_the_caption_names_the_scheme_and_what_lies_elsewhere_under_the_other() -> None:
    caption = table(tagged_study(*USUAL)).caption.en
    assert "Levels follow the scheme of the Ministry of Social Affairs: micro (individual, family)" in caption
    assert (
        "Under the scheme of Zastrow, indicators at organisation level would be macro instead of mezzo."
        in caption
    )
    assert "what else the levels cover is ours" in caption
    other = table(tagged_study(*USUAL, scheme=1)).caption.en
    assert "Levels follow the scheme of Zastrow" in other
    assert "indicators at organisation level would be mezzo instead of macro" in other


def test_without_a_scheme_the_caption_says_that_none_is_stated() -> None:
    caption = table(tagged_study(*USUAL, scheme=None)).caption.en
    assert "does not say under which scheme" in caption
    assert "Levels follow" not in caption


def test_the_caption_counts_what_has_no_tag_and_says_what_one_is() -> None:
    caption = table(tagged_study(*USUAL)).caption.en
    assert "Counted are distinct indicators" in caption
    assert "16 of 46 have no tag." in caption
    assert "The indicators stand in 92 records, 32 of which have no tag." in caption


def test_what_the_abstract_leaves_open_is_said_of_its_study_only() -> None:
    study = tagged_study(*USUAL)
    assert "macro at a perspective that it does not name" in table(study).caption.en
    assert "tanpa menyebut namanya" in table(study).caption.id
    assert "does not name" not in table(replace(study, id="other")).caption.en


def test_strength_is_said_with_what_p_is_from() -> None:
    """30 and 10 against 10 and 30: V = 0.5, interval 0.281 to 0.719, corrected 0.490, chi2 = 20 (worked in test_association)."""
    large = [("customer", f"c{n}", "micro" if n < 30 else "mezzo") for n in range(40)]
    large += [("stakeholder", f"s{n}", "micro" if n < 10 else "mezzo") for n in range(40)]
    said = say_strength(cross(rows(*large)), "en").replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Cramér's V of perspective and level = 0.500, 95 % interval [0.281; 0.719], 0.490 corrected for the bias of small "
        "tables; chi-square(1) = 20.00, p < 0.001 from the chi-square distribution, n = 80."
    )
    small = say_strength(cross(rows(*large[28:32], *large[48:52])), "en")
    assert "from 9,999 random tables with the same margins, since an expected count is 2.0" in small
    single = say_strength(cross(rows(*large[:3])), "en")
    assert single.startswith("No association of perspective and level: only one row or column has counts")


def test_indicators_tagged_at_several_levels_are_named() -> None:
    study = tagged_study(*USUAL)
    torn = rows(*[("customer", f"customer-mezzo-{n}", "macro") for n in range(6)]).assign(unit="B", year=2015)
    caption = table(replace(study, observations=pd.concat([study.observations, torn]))).caption.en
    assert "6 indicators are tagged at several levels and count once at each: customer-mezzo-0, " in caption
    assert "customer-mezzo-4, …." in caption


def test_a_study_without_records_or_without_tags_has_no_table() -> None:
    study = tagged_study((0, 0, 0, 2), (0, 0, 0, 3))
    absent = intervention_table(study, provenance(study), language="en")
    assert isinstance(absent, Absent)
    assert absent.reason.en == "None of the 5 distinct indicators says at which level it intervenes."
    nothing = replace(study, observations=None)
    absent = intervention_table(nothing, provenance(nothing), language="en")
    assert isinstance(absent, Absent)
    assert "no indicator records" in absent.reason.en


def test_a_tag_that_is_no_level_is_refused() -> None:
    study = tagged_study(*USUAL)
    assert study.observations is not None
    wrong = study.observations.assign(intervention="meso")
    with pytest.raises(DataError, match="got 'meso', allowed: micro, mezzo, macro"):
        intervention_table(replace(study, observations=wrong), provenance(study), language="en")


def test_alt_text_counts_the_levels() -> None:
    assert table(tagged_study(*USUAL)).alt.en.endswith("13 micro, 9 mezzo, 8 macro, 16 untagged")


def test_no_word_is_left_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_indonesian", Disguised)
    study = tagged_study(*USUAL)
    made = table(study, "id")
    cells = frame(study, "id")
    shown = [*cells.columns, *cells.iloc[:, 1], *cells.iloc[:, 0], made.caption.id, made.alt.id]
    assert set(re.findall("[A-Za-z]+", " ".join(shown))) - scheme_words(study) - data_words(study) == set()


def scheme_words(study: Study) -> set[str]:
    """Return the Indonesian words that come from the file of schemes."""
    said = []
    for scheme in schemes():
        said += [scheme.label.id, *(part.id for level in scheme.levels for part in level.covers)]
        said += [each.text.id for each in scheme.remarks]
    return set(re.findall("[A-Za-z]+", " ".join(said)))
