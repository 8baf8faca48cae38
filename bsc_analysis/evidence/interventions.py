"""Social intervention: which level of society indicators act on, under a named scheme, by perspective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bsc_analysis.errors import DataError, fault
from bsc_analysis.evidence.association import SEED, Association, CrossTable, cramers_v, cross_table
from bsc_analysis.evidence.schemedocument import LEVELS, read_scheme_document

if TYPE_CHECKING:
    import pandas as pd

    from bsc_analysis.evidence.schemedocument import LevelName, SchemeDocument, SchemeMark, SchemesDocument
    from bsc_analysis.language.words import Label
    from bsc_analysis.scorecards.rules import RuleSet

UNTAGGED = ""
ROWS_NAMED = 10  # of those with the same fault


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a scheme, the parts of society it covers, and where that is from."""

    id: LevelName
    covers: tuple[Label, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A part of society that another scheme puts at another level: its name, that scheme's, and the level there."""

    part: Label
    here: LevelName
    scheme: Label
    there: LevelName


@dataclass(frozen=True, slots=True)
class Remark:
    """What a study prints about levels of intervention, and where."""

    study: str
    text: Label
    source: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """What micro, mezzo and macro cover, by whom, and what changes place under the other schemes."""

    id: str
    label: Label
    mark: SchemeMark
    source: str
    levels: tuple[Level, ...]
    elsewhere: tuple[Elsewhere, ...]
    remarks: tuple[Remark, ...]

    def level(self, name: LevelName) -> Level:
        """Return the level of this name."""
        return next(each for each in self.levels if each.id == name)


@dataclass(frozen=True, slots=True)
class Interventions:
    """Perspectives by levels of intervention.

    Both tables have a row for each perspective that occurs and the columns micro, mezzo, macro and "", which counts what has
    no tag. ``indicators`` counts distinct indicators: the same name in a perspective is one, in however many units and
    years it stands. ``records`` counts rows. ``association`` is between perspectives and levels of the distinct indicators
    that have a tag. ``torn`` names indicators tagged at several levels, which are counted once at each.
    """

    scheme: Scheme | None
    indicators: CrossTable
    records: CrossTable
    association: Association
    torn: tuple[str, ...]

    @property
    def tagged(self) -> int:
        """How many distinct indicators have a tag."""
        return self.indicators.only(LEVELS).total


def read_schemes(text: str, where: str) -> tuple[Scheme, ...]:
    """Read the schemes of social intervention.

    Parameters
    ----------
    text
        The TOML source.
    where
        The file name that faults will give.

    Raises
    ------
    StudyError
        With everything that is wrong: an id used twice, a part of society that is not declared, or one that a scheme
        puts at no level or at several.

    >>> from bsc_analysis.files import data_folder, read_text
    >>> first, second = read_schemes(*read_text(data_folder() / "interventions.toml"))
    >>> [(each.part.en, each.here, each.there) for each in first.elsewhere]
    [('organisation', 'mezzo', 'macro')]
    """
    document = read_scheme_document(text, where)
    return tuple(_scheme(each, document) for each in document.schemes)


def cross_interventions(
    observations: pd.DataFrame,
    rules: RuleSet,
    scheme: Scheme | None,
    *,
    level: float = 0.95,
    seed: int = SEED,
) -> Interventions:
    """Cross perspectives with levels of intervention.

    An indicator recurs in many units and years; its records are copies and not independent, and counting them would make
    any association look certain. V is therefore that of distinct indicators.

    Parameters
    ----------
    observations
        Canonical observations; without a column ``intervention`` nothing is tagged.
    rules
        The rule set whose perspectives they name; gives the order of rows.
    scheme
        What the tags mean, or None where the study does not say.
    level, seed
        As in :func:`bsc_analysis.evidence.association.cramers_v`.

    Raises
    ------
    DataError
        With every tag that is no level and every perspective that the rule set does not know, and the rows they stand in.

    >>> import pandas as pd
    >>> from bsc_analysis.files import read_rules
    >>> rows = pd.DataFrame({"perspective": ["customer", "customer", "stakeholder"], "indicator": ["a", "a", "b"],
    ...                      "intervention": ["mezzo", None, None]})
    >>> found = cross_interventions(rows, read_rules("kkp"), None)
    >>> found.indicators.counts.tolist(), found.records.counts.tolist()
    ([[0, 1, 0, 0], [0, 0, 0, 1]], [[0, 1, 0, 1], [0, 0, 0, 1]])
    """
    rows = _tagged(observations)
    known = [each.id for each in rules.perspectives]
    _refuse(rows, known)
    present = [each for each in known if each in set(rows["perspective"])]
    distinct = _distinct(rows)
    indicators = _count(distinct, present)
    association = cramers_v(indicators.only(LEVELS), level=level, seed=seed)
    return Interventions(scheme, indicators, _count(rows, present), association, _torn(distinct))


def _scheme(written: SchemeDocument, document: SchemesDocument) -> Scheme:
    names = {part: each.label for part, each in document.parts.items()}
    return Scheme(
        id=written.id,
        label=written.name.label,
        mark=written.mark,
        source=written.source,
        levels=tuple(
            Level(name, tuple(names[part] for part, at in written.places if at == name),
                  written.at(name).source)
            for name in LEVELS
        ),
        elsewhere=tuple(
            Elsewhere(names[part], here, other.name.label, there)
            for other in document.schemes
            for part, here in written.places
            if (there := dict(other.places)[part]) != here
        ),
        remarks=tuple(Remark(each.study, each.text.label, each.source) for each in document.remarks),
    )  # fmt: skip


def _tagged(observations: pd.DataFrame) -> pd.DataFrame:
    """Return perspective, indicator and tag of every record, its number as index; what has no tag is empty text."""
    rows = observations[["perspective", "indicator"]].astype(str)
    rows = rows.assign(intervention=observations.get("intervention", UNTAGGED))
    rows["intervention"] = rows["intervention"].astype(object).fillna(UNTAGGED).astype(str).str.strip()
    return rows.reset_index(drop=True)


def _refuse(rows: pd.DataFrame, perspectives: list[str]) -> None:
    allowed = {"perspective": perspectives, "intervention": [*LEVELS, UNTAGGED]}
    faults = [
        fault("column '{column}', rows {rows}: got {got}, allowed: {allowed}", column=column, got=repr(value),
              rows=_name_rows(wrong.index[wrong == value].tolist()), allowed=", ".join(filter(None, names)))
        for column, names in allowed.items()
        if len(wrong := rows.loc[~rows[column].isin(names), column])
        for value in wrong.unique().tolist()
    ]  # fmt: skip
    if faults:
        raise DataError(*faults)


def _name_rows(places: list[int]) -> str:
    """Name rows by their number, counted from 1; of many the first ones."""
    named = ", ".join(str(place + 1) for place in places[:ROWS_NAMED])
    return named if len(places) <= ROWS_NAMED else f"{named}, … ({len(places)})"


def _distinct(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each indicator once at every level it is tagged at, or once without a tag where it has none anywhere."""
    once = rows.drop_duplicates()
    has_tag = (
        once.assign(tag=once["intervention"] != UNTAGGED)
        .groupby(["perspective", "indicator"])["tag"]
        .transform("any")
    )
    return once[(once["intervention"] != UNTAGGED) | ~has_tag]


def _torn(distinct: pd.DataFrame) -> tuple[str, ...]:
    several = distinct.duplicated(["perspective", "indicator"])
    return tuple(dict.fromkeys(distinct.loc[several, "indicator"].tolist()))


def _count(rows: pd.DataFrame, perspectives: list[str]) -> CrossTable:
    return cross_table(
        rows["perspective"], rows["intervention"], row_names=perspectives, column_names=(*LEVELS, UNTAGGED)
    )
