"""Tables of yearly development: scores described by year and level, their bands, and the constant panel beside the full set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.exhibits.cascadewords import say_level
from bsc_analysis.exhibits.changesteps import NOTHING_MOVED
from bsc_analysis.exhibits.developmentgrid import name_score
from bsc_analysis.exhibits.estimatetables import NOTHING
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_notes
from bsc_analysis.exhibits.scorelines import score_decimals, write_number
from bsc_analysis.exhibits.tablerows import build_table, fold_table
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Label, Language, both, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.evidence.constantpanel import PanelComparison, PanelScore, Turn
    from bsc_analysis.evidence.development import Description
    from bsc_analysis.exhibits.exhibit import Table
    from bsc_analysis.scorecards.rules import RuleSet
    from bsc_analysis.studies import Study

NO_SCORE = "no data"


def development_table(
    descriptions: tuple[Description, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit:
    """Tabulate scores by year and level, the organisation's and each perspective's: counts, means, spread and quartiles.

    Units: those of the rule set's scores; lower and upper end are of the 95 % interval of the mean.
    """
    rules = study.rules

    def make(spoken: Language) -> Table:
        figures = {
            "mean": [each.mean for each in descriptions],
            "lower": [each.interval and each.interval[0] for each in descriptions],
            "upper": [each.interval and each.interval[1] for each in descriptions],
            "weighted mean": [each.weighted_mean for each in descriptions],
            "standard deviation": [each.sd for each in descriptions],
            "lower quartile": [each.quartiles and each.quartiles[0] for each in descriptions],
            "median": [each.quartiles and each.quartiles[1] for each in descriptions],
            "upper quartile": [each.quartiles and each.quartiles[2] for each in descriptions],
        }
        columns = _keys(descriptions, rules, spoken) | _numbers(figures)
        return build_table(columns, dict.fromkeys(figures, score_decimals(rules)), spoken)

    caption = both(
        "Scores of the units of {study} by year and level: the organisation's (NKO) and each perspective's (NKP). In the mean "
        "every unit counts alike; in the weighted mean it counts as often as it has indicators with data behind its score. "
        "Lower and upper: 95 % interval of the mean by t; standard deviation with n − 1",
        study=study.label,
    )
    return Exhibit("table", make, caption, _tell(descriptions), provenance, language)


def band_share_table(
    descriptions: tuple[Description, ...], study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate by year and level the share of scores in each band, and of those at the highest score there can be.

    Units: percent of the units that have a score.
    """
    rules = study.rules
    if not any(each.shares or each.at_cap is not None for each in descriptions):
        return Absent(both("The rule set has neither bands of scores nor a cap."), language)

    def make(spoken: Language) -> Table:
        shares = {f"{word} (%)": values for word, values in _shares(descriptions, rules, spoken).items()}
        at_cap = [None if each.at_cap is None else 100 * each.at_cap for each in descriptions]
        if any(each is not None for each in at_cap):
            shares[say("at the cap (%)", spoken)] = at_cap
        keys = {say(name, spoken): values for name, values in _keys(descriptions, rules, spoken).items()}
        return fold_table(keys | _numbers(shares), dict.fromkeys(shares, 1))

    caption = both(
        "Scores of the units of {study} by year and level: share of the units in each band, and at the highest score the rule "
        "set can give, in percent of the units that have a score",
        study=study.label,
    )
    return Exhibit("table", make, caption, _tell_bands(descriptions, rules), provenance, language)


def constant_panel_table(
    comparison: PanelComparison, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate scores under all indicators beside those under the constant panel, by year, and which way either goes.

    Units: those of the rule set's scores. Absent, with the reason, where nothing is measured in every year.
    """
    reason = comparison.panel.reason
    if reason is not None:
        return Absent(in_both(lambda each: say_notes([reason], each)), language)
    rows, turns = _of_units(comparison)

    def make(spoken: Language) -> Table:
        columns = _panel_columns(rows, turns, study.rules, spoken)
        decimals = dict.fromkeys(
            ("all indicators", "constant panel", "difference"), score_decimals(study.rules)
        )
        return build_table(columns, decimals, spoken)

    return Exhibit(
        "table", make, _panel_caption(comparison, study), _tell_turns(rows, turns), provenance, language
    )


def _keys(descriptions: Sequence[Description], rules: RuleSet, language: Language) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "score of": [name_score(each.perspective, rules, language) for each in descriptions]
    }
    if any(each.level != "" for each in descriptions):
        keys["level"] = [say_level(each.level, language) if each.level != "" else say("all levels", language)
                         for each in descriptions]  # fmt: skip
    return keys | {
        "year": [each.year for each in descriptions],
        "units": [each.n_units for each in descriptions],
        "with a score": [each.n_scored for each in descriptions],
        "indicators with data": [each.n_indicators for each in descriptions],
    }


def _numbers(columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns of figures, what is missing as nan."""
    return {
        name: [float("nan") if each is None else float(each) for each in values]
        for name, values in columns.items()
    }


def _shares(descriptions: Sequence[Description], rules: RuleSet, language: Language) -> dict[str, list[Any]]:
    """Return the percent in each band by its word; organisation and perspectives may have bands of their own."""
    every = [bands for bands in (rules.organisation_bands, rules.perspective_bands) if bands is not None]
    words = dict.fromkeys(band.label.say(language) for bands in every for band in bands.bands)
    lines = []
    for each in descriptions:
        bands = rules.perspective_bands if each.perspective else rules.organisation_bands
        names = {band.id: band.label.say(language) for band in bands.bands} if bands else {}
        lines.append({names[id_]: 100 * share for id_, share in each.shares})
    return {word: [line.get(word) for line in lines] for word in words}


def _tell(descriptions: Sequence[Description]) -> Label:
    def tell(language: Language) -> str:
        told = "; ".join(
            say("{year} mean {mean} of {count} units", language, year=each.year,
                mean=write_number(each.mean, 2, language), count=each.n_scored)
            for each in descriptions
            if each.mean is not None and not each.perspective and each.level == ""
        )  # fmt: skip
        sentence = "Table of scores by year, level and perspective; organisation, all units: {rows}."
        return say(sentence, language, rows=told or say("no data", language))

    return in_both(tell)


def _tell_bands(descriptions: Sequence[Description], rules: RuleSet) -> Label:
    def tell(language: Language) -> str:
        whole = [each for each in descriptions if not each.perspective and each.level == ""]
        shares = _shares(whole, rules, language)
        told = "; ".join(
            f"{each.year} " + ", ".join(
                f"{word} {format_number(values[at], 1, language)} %"
                for word, values in shares.items()
                if values[at] is not None
            )
            for at, each in enumerate(whole)
            if each.shares
        )  # fmt: skip
        sentence = "Table of bands by year, level and perspective; organisation, all units: {rows}."
        return say(sentence, language, rows=told or say("no band", language))

    return in_both(tell)


def _of_units(comparison: PanelComparison) -> tuple[list[PanelScore], list[Turn]]:
    """Leave out the mean of all units where there is only one, which stands for itself."""
    alone = all(each.full.units <= 1 for each in comparison.scores)
    named = alone and any(each.unit for each in comparison.scores)
    return (
        [each for each in comparison.scores if each.unit or not named],
        [each for each in comparison.turns if each.unit or not named],
    )


def _panel_columns(
    rows: list[PanelScore], turns: list[Turn], rules: RuleSet, language: Language
) -> dict[str, Any]:
    known = {(each.unit, each.perspective, each.year_to): each for each in turns}
    found = [known.get((each.unit, each.perspective, each.year)) for each in rows]
    return {
        "unit": [each.unit or say("mean of all units", language) for each in rows],
        "score of": [name_score(each.perspective, rules, language) for each in rows],
        "year": [each.year for each in rows],
        "indicators": [each.full.indicators for each in rows],
        "in every year": [each.constant.indicators for each in rows],
        "units": [each.full.units for each in rows],
        "units in the panel": [each.constant.units for each in rows],
        **_numbers(
            {
                "all indicators": [each.full.score for each in rows],
                "constant panel": [each.constant.score for each in rows],
                "difference": [_gap(each) for each in rows],
            }
        ),
        "direction, all indicators": [
            _say_direction(None if each is None else each.full or NO_SCORE, language) for each in found
        ],
        "direction, constant panel": [
            _say_direction(None if each is None else each.constant or NO_SCORE, language) for each in found
        ],
        "same direction": [_say_same(each, language) for each in found],
    }


def _gap(row: PanelScore) -> float | None:
    """Return how much the score under all indicators lies above that of the panel."""
    if row.full.score is None or row.constant.score is None:
        return None
    gap = row.full.score - row.constant.score
    return gap if abs(gap) > NOTHING_MOVED else 0.0


def _say_direction(direction: str | None, language: Language) -> str:
    """Say which way a score went since the year before; the first year has a dash."""
    return NOTHING if direction is None else say(direction, language)


def _say_same(turn: Turn | None, language: Language) -> str:
    if turn is None or turn.full is None or turn.constant is None:
        return NOTHING
    return say("no" if turn.differs else "yes", language)


def _panel_caption(comparison: PanelComparison, study: Study) -> Label:
    def told(language: Language) -> str:
        head = say(
            "Scores of {study} under all indicators and under the constant panel, the indicators that have a target and an "
            "actual in every year, by the same rules.",
            language,
            study=study.label.say(language),
        )
        counts = "; ".join(
            say("{year}: {kept} of {count} indicators in the panel", language, year=each.year,
                kept=format_number(each.kept, 0, language), count=format_number(each.indicators, 0, language))
            for each in comparison.panel.coverage
        )  # fmt: skip
        negligible, rules = study.negligible, study.rules
        least = say(
            "Direction: against the year before; a change of less than {least} counts as none.",
            language,
            least=write_number(
                negligible.bands if rules.scale == "bands" else negligible.percent, 4, language
            ),
        )
        return join(head, f"{counts}.", least)

    return in_both(told)


def _tell_turns(rows: list[PanelScore], turns: list[Turn]) -> Label:
    known = [each for each in turns if each.full is not None and each.constant is not None]
    return both(
        "Table of {count} scores under all indicators and under the constant panel; of {known} changes from year to year, "
        "{differing} go another way under the panel",
        count=len(rows),
        known=len(known),
        differing=sum(each.differs for each in known),
    )
