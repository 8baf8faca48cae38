"""Before and after: a mean against a standard, and the change between two periods, paired or not.

Beside each t-test and its interval (:mod:`bsc_analysis.evidence.meantests`) stand an effect size
(:mod:`bsc_analysis.evidence.effectsizes`), a permutation test (:mod:`bsc_analysis.evidence.permutations`), and two one-sided
tests of equivalence within a margin that the author states.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

from bsc_analysis.errors import DataError, Fault, fault
from bsc_analysis.evidence.changeinputs import Choices, check_choices, read_samples
from bsc_analysis.evidence.effectsizes import EffectSize, effect_of_one, effect_of_two
from bsc_analysis.evidence.meantests import (
    Equivalence,
    Sample,
    TTest,
    judge_equivalence,
    summarise,
    t_test,
    welch_test,
)
from bsc_analysis.evidence.permutations import N_PERM, Permutation, flip_signs, swap_labels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


Array = NDArray[Any]
Kind = Literal["standard", "paired", "unpaired"]

NOT_PAIRED = "{before} values before and {after} after are no pairs, expected as many"
ONE_VALUE = "one value has no spread, so that nothing can be tested; needed: at least 2"
NO_SPREAD = "all values are the same: without spread there is no standard error and no effect size"
FEW_VALUES = "an effect size needs at least 2 degrees of freedom, here is 1"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A mean compared with a standard or with an earlier mean.

    Attributes
    ----------
    kind
        ``standard``, ``paired`` or ``unpaired`` (Welch).
    before, after
        The samples; against a standard there is only the second.
    reference
        The standard, or the mean before.
    difference, sd_difference
        After minus before, or mean minus standard; and the standard deviation of the differences, None where values are
        not paired or have none.
    margin, level
        As stated by the author.
    test, effect, permutation, equivalence
        None where the values do not allow it.
    lacks
        Why, for whatever is None.
    """

    kind: Kind
    before: Sample | None
    after: Sample
    reference: float
    difference: float
    sd_difference: float | None
    margin: float
    level: float
    test: TTest | None
    effect: EffectSize | None
    permutation: Permutation | None
    equivalence: Equivalence | None
    lacks: tuple[Fault, ...]


def against_standard(
    values: ArrayLike,
    standard: float,
    *,
    margin: float,
    level: float = 0.95,
    n_perm: int = N_PERM,
    seed: int = 0,
) -> Comparison:
    """Compare the mean of values (n,) with a standard: Student's one-sample test, and signs of the differences flipped.

    A standard that no value can pass, such as a highest possible total, is missed by every mean unless all values reach it:
    then the size of the difference says something, and p next to nothing.

    Parameters
    ----------
    values
        Independent of each other.
    standard
        What the mean is held against.
    margin
        The largest difference either way that counts as equivalent, in the units of the values.
    level
        Of the intervals; alpha is 1 - level.
    n_perm, seed
        See :func:`bsc_analysis.evidence.permutations.flip_signs`.

    Raises
    ------
    UseError
        When margin, level, standard or the number of permutations is not allowed.
    DataError
        When there are no values, or some are missing.

    >>> found = against_standard([60, 70, 80], 100, margin=5)  # se = 10 / sqrt(3), t = -30 / 5.7735
    >>> round(found.test.t, 4), found.test.df, round(found.test.p, 4), found.permutation.p
    (-5.1962, 2.0, 0.0351, 0.25)
    """
    choices = Choices(margin, level, n_perm, seed)
    check_choices(choices, standard)
    (own,) = read_samples(("the values", values))
    return _of_differences("standard", (None, summarise(own)), own - standard, standard, choices)


def paired_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    margin: float,
    level: float = 0.95,
    n_perm: int = N_PERM,
    seed: int = 0,
) -> Comparison:
    """Compare each unit's value after (n,) with its own before (n,): Student's paired test, and signs flipped.

    Parameters
    ----------
    before, after
        One value per unit, in the same order.
    margin, level, n_perm, seed
        As for :func:`against_standard`.

    Raises
    ------
    UseError
        When margin, level or the number of permutations is not allowed.
    DataError
        When there are no values, some are missing, or they are no pairs.

    >>> found = paired_change([1, 2, 3, 4], [2, 4, 4, 6], margin=0.5)  # differences 1, 2, 1, 2
    >>> found.difference, round(found.test.t, 4), round(found.effect.d, 4), found.permutation.p
    (1.5, 5.1962, 2.5981, 0.125)
    """
    choices = Choices(margin, level, n_perm, seed)
    check_choices(choices)
    first, second = read_samples(("values before", before), ("values after", after))
    if len(first) != len(second):
        raise DataError(fault(NOT_PAIRED, before=len(first), after=len(second)))
    samples = summarise(first), summarise(second)
    return _of_differences("paired", samples, second - first, samples[0].mean, choices)


def unpaired_change(
    before: ArrayLike,
    after: ArrayLike,
    *,
    margin: float,
    level: float = 0.95,
    n_perm: int = N_PERM,
    seed: int = 0,
) -> Comparison:
    """Compare values after (m,) with other values before (n,): Welch's test, and labels exchanged.

    se^2 = s1^2/n + s2^2/m, with Satterthwaite's degrees of freedom. The effect size is the difference in pooled standard
    deviations; its interval is exact only where both samples spread alike.

    Parameters
    ----------
    before, after
        Independent of each other.
    margin, level, n_perm, seed
        As for :func:`against_standard`.

    Raises
    ------
    UseError
        When margin, level or the number of permutations is not allowed.
    DataError
        When there are no values, or some are missing.

    >>> found = unpaired_change([1, 2, 3], [4, 6, 8], margin=1)  # se^2 = 1/3 + 4/3, df = (5/3)^2 / (1/18 + 16/18)
    >>> found.difference, round(found.test.t, 4), round(found.test.df, 4), found.permutation.p
    (4.0, 3.0984, 2.9412, 0.1)
    """
    choices = Choices(margin, level, n_perm, seed)
    check_choices(choices)
    first, second = read_samples(("values before", before), ("values after", after))
    return _of_samples(first, second, choices)


def _of_differences(
    kind: Kind, samples: tuple[Sample | None, Sample], differences: Array, reference: float, choices: Choices
) -> Comparison:
    size = max(abs(each.mean) for each in samples if each is not None)
    spread = summarise(differences, size)
    test = effect = None
    if spread.sd:
        se = spread.sd / math.sqrt(spread.n)
        test = t_test(spread.mean, se, float(spread.n - 1), level=choices.level)
        effect = effect_of_one(test.t, spread.n, level=choices.level)
    drawn = {"n_perm": choices.n_perm, "seed": choices.seed}
    permutation = None if spread.sd is None else flip_signs(differences, **drawn)
    found = _Found(spread.mean, test, effect, permutation)
    return _compare(kind, samples, reference, spread.sd, found, _lacks((spread.sd,), effect), choices)


def _of_samples(first: Array, second: Array, choices: Choices) -> Comparison:
    before, after = summarise(first), summarise(second)
    difference, spreads = after.mean - before.mean, (before.sd, after.sd)
    test = effect = permutation = None
    if None not in spreads:
        permutation = swap_labels(first, second, n_perm=choices.n_perm, seed=choices.seed)
        if any(spreads):
            test = welch_test(before, after, level=choices.level)
            effect = effect_of_two(
                difference / _pooled(before, after), before.n, after.n, level=choices.level
            )
    found = _Found(difference, test, effect, permutation)
    return _compare("unpaired", (before, after), before.mean, None, found, _lacks(spreads, effect), choices)


def _pooled(before: Sample, after: Sample) -> float:
    squares = sum((each.n - 1) * (each.sd or 0.0) ** 2 for each in (before, after))
    return math.sqrt(squares / (before.n + after.n - 2))


@dataclass(frozen=True, slots=True)
class _Found:
    """A difference and what was made of it."""

    difference: float
    test: TTest | None
    effect: EffectSize | None
    permutation: Permutation | None


def _compare(
    kind: Kind,
    samples: tuple[Sample | None, Sample],
    reference: float,
    sd_difference: float | None,
    found: _Found,
    lacks: tuple[Fault, ...],
    choices: Choices,
) -> Comparison:
    equivalence = None
    if found.test is not None:
        equivalence = judge_equivalence(found.difference, found.test, choices.margin, level=choices.level)
    return Comparison(
        kind,
        *samples,
        reference,
        found.difference,
        sd_difference,
        choices.margin,
        choices.level,
        found.test,
        found.effect,
        found.permutation,
        equivalence,
        lacks,
    )


def _lacks(spreads: tuple[float | None, ...], effect: EffectSize | None) -> tuple[Fault, ...]:
    """Say why there is no test, or no effect size."""
    if None in spreads:
        return (fault(ONE_VALUE),)
    if not any(spreads):
        return (fault(NO_SPREAD),)
    return (fault(FEW_VALUES),) if effect is None else ()
