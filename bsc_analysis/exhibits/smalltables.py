"""The table of small effects: which are relevant, negligible or undecided, and what it would take to see each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import UseError
from bsc_analysis.exhibits.effectwords import distinct_effects, name_effects
from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS, build_estimates, pick
from bsc_analysis.exhibits.exhibit import Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import (
    in_both,
    join,
    say_intervals,
    say_level,
    say_notes,
    say_sample,
    say_yardstick,
)
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say
from bsc_analysis.paths.effectneeds import effect_needs
from bsc_analysis.paths.pathrobustness import robustness

if TYPE_CHECKING:
    from bsc_analysis.paths.analysis import PathAnalysis
    from bsc_analysis.paths.effectneeds import EffectNeeds
    from bsc_analysis.paths.pathrobustness import Robustness
    from bsc_analysis.studies import Study

TOST = "p of negligible (TOST)"
DECIMALS = {
    "beta": STANDARDISED_DECIMALS,
    "lower beta": STANDARDISED_DECIMALS,
    "upper beta": STANDARDISED_DECIMALS,
    "smallest detectable beta": STANDARDISED_DECIMALS,
    "design effect": 2,
    "rows needed": 0,
    "robustness value": STANDARDISED_DECIMALS,
    "robustness value of significance": STANDARDISED_DECIMALS,
}
VERDICTS = (
    "Relevant: the interval lies wholly beyond it; negligible: the {inner} % interval lies wholly within it, although the "
    "effect may differ from 0; inconclusive otherwise."
)
NEEDS = (
    "Smallest detectable beta and rows needed: for {power} % power at two-sided {alpha}. Rows needed show an effect of the "
    "estimated size; simulated with independent rows ({n_sim} samples), times the design effect, which is the squared "
    "standard error over that of independent rows."
)
STRENGTH = (
    "Robustness value: an unmeasured confounder must explain at least this share of what is left of cause and outcome to "
    "bring the path, or the weakest link along it, to 0; of significance: to make it no longer significant at {alpha}."
)


def small_effects_table(
    analysis: PathAnalysis,
    study: Study,
    provenance: Provenance,
    *,
    language: Language,
    power: float = 0.80,
    n_sim: int = 2000,
) -> Exhibit:
    """Tabulate every effect beside the smallest effect of interest, and what it would take to see it.

    Columns: beta with its interval, the verdict, p of the two one-sided tests (TOST) where the delta method gives one, the
    smallest effect that these data detect, the design effect, rows that would show an effect of this size, and robustness
    values against an unmeasured confounder, which exist for single paths of simple models.

    Parameters
    ----------
    analysis, study, provenance, language
        As for every table of a path model.
    power
        The power that the smallest detectable effect and the number of rows refer to.
    n_sim
        Simulated samples behind each number of rows.

    Raises
    ------
    UseError
        When the power or the number of samples is not allowed.
    """
    kept = distinct_effects(analysis.effects.names)
    needs = effect_needs(analysis.fit, analysis.effects, power=power, n_sim=n_sim)
    strength = _strength(analysis)

    def make(spoken: Language) -> Table:
        columns = _columns(analysis, kept, needs, strength, spoken)
        decimals = {name: places for name, places in DECIMALS.items() if name in columns}
        return build_estimates(columns, decimals, spoken, p_values=(TOST,) if TOST in columns else ())

    def caption(spoken: Language) -> str:
        head = say("Small effects in the path model of {study}.", spoken, study=study.label.say(spoken))
        return join(
            head,
            say_sample(analysis.fit, spoken),
            say_intervals(analysis.effects, analysis.fit, analysis.seed, spoken),
            say_yardstick(analysis.sesoi, spoken),
            say(VERDICTS, spoken, inner=say_level(analysis.judgements[0].inner_level, spoken)),
            _say_needs(needs, spoken),
            *(
                ()
                if strength is None
                else (_say_strength(strength, spoken), say_notes(strength.notes, spoken))
            ),
        )

    judged = [analysis.judgements[at] for at in kept]
    alt = both(
        "Table of {count} effects beside the smallest effect of interest: {relevant} relevant, {negligible} negligible "
        "({differ} of which differ from 0), {inconclusive} inconclusive",
        count=len(kept),
        relevant=sum(each.verdict == "relevant" for each in judged),
        negligible=sum(each.verdict == "negligible" for each in judged),
        differ=sum(each.verdict == "negligible" and each.differs_from_zero for each in judged),
        inconclusive=sum(each.verdict == "inconclusive" for each in judged),
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def _strength(analysis: PathAnalysis) -> Robustness | None:
    """Return robustness values, None for a model that has none."""
    try:
        return robustness(analysis.fit)
    except UseError:
        return None


def _columns(
    analysis: PathAnalysis,
    kept: tuple[int, ...],
    needs: EffectNeeds,
    strength: Robustness | None,
    language: Language,
) -> dict[str, Any]:
    judged = [analysis.judgements[at] for at in kept]
    names = [each.name for each in judged]
    columns: dict[str, Any] = {
        "effect": name_effects(names, language),
        "beta": [each.estimate for each in judged],
        "lower beta": [each.lower for each in judged],
        "upper beta": [each.upper for each in judged],
        "interval without 0": [say("yes" if each.differs_from_zero else "no", language) for each in judged],
        "verdict": [say(each.verdict, language) for each in judged],
    }
    if analysis.effects.method == "delta":
        columns[TOST] = [each.p_negligible for each in judged]
    columns["smallest detectable beta"] = pick(needs.detectable, kept)
    columns["design effect"] = pick(needs.design_effect, kept)
    columns["rows needed"] = pick(needs.n, kept)
    if strength is not None:
        rv = dict(zip(strength.names, strength.effect_rv.tolist(), strict=True))
        rv_alpha = dict(zip(strength.names, strength.effect_rv_alpha.tolist(), strict=True))
        columns["robustness value"] = [rv.get(name) for name in names]
        columns["robustness value of significance"] = [rv_alpha.get(name) for name in names]
    return columns


def _say_needs(needs: EffectNeeds, language: Language) -> str:
    return say(
        NEEDS,
        language,
        power=say_level(needs.power, language),
        alpha=format_number(needs.alpha, 2, language),
        n_sim=format_number(needs.n_sim, 0, language),
    )


def _say_strength(strength: Robustness, language: Language) -> str:
    return say(STRENGTH, language, alpha=format_number(strength.alpha, 2, language))
