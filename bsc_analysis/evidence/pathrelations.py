"""What the figures of any printed path model depend on: effects, correlations, explained shares, tests and fit.

With standardised coefficients b and correlations r, least squares gives for each predictor i of an outcome y
r(i, y) = sum(b(j) r(i, j)) over all its predictors j, and R2 = sum(b(j) r(j, y)). These hold for every recursive model
whose residuals are uncorrelated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Literal

from bsc_analysis.evidence.curves import Cfi, ChiSquareP, Rmsea, TwoSidedP
from bsc_analysis.evidence.definiteness import Completes, impossible_part
from bsc_analysis.evidence.expressions import Constant, Leaf, Node, Product, Quotient, Sum
from bsc_analysis.evidence.pathfigures import STEP, correlation_key
from bsc_analysis.evidence.printed import Key
from bsc_analysis.evidence.relations import Relations

if TYPE_CHECKING:
    from bsc_analysis.evidence.printed import Printed
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.scorecards.bands import Interval

MINUS = Constant(Fraction(-1))
ESTIMATES = {"b": "raw_direct_effect", "beta": "direct_effect"}

Checks = dict[tuple[str, Key], Node]
Figures = Mapping[Key, "Printed"]


def relate_paths(
    figures: Sequence[Printed], model: PathModel, *, implied: bool = False, se_of: Literal["b", "beta"] = "b"
) -> Relations:
    """State what every figure of a printed path model depends on.

    Parameters
    ----------
    figures
        What is printed.
    model
        The path model.
    implied
        Whether the printed correlations are those that the model implies, not those of the data.
    se_of
        Which coefficients the printed standard errors belong to.
    """
    printed = {figure.key: figure for figure in reversed(figures)}
    derived = _effects(figures, model) | _tests(printed, model, ESTIMATES[se_of]) | _fit(printed, model)
    checks: Checks = {}
    if model.simple:
        derived |= _explained(model) | _correlations(printed, model, implied=implied)
        checks |= _coefficient_checks(figures, printed, model) | _matrix_checks(printed, model)
    return Relations(derived, constants={}, wholes={}, checks=checks, unprinted={}, cut_inputs=True)


def _effects(figures: Sequence[Printed], model: PathModel) -> dict[Key, Node]:
    """Give an indirect effect as the sum of products along its paths, and a total one with the direct path added."""
    derived: dict[Key, Node] = {}
    for raw in ("", "raw_"):
        pairs = {
            (figure.key.start, figure.key.end): None
            for figure in figures
            if figure.key.quantity in (f"{raw}indirect_effect", f"{raw}total_effect")
        }
        for start, end in pairs:
            derived |= _between(start, end, model, raw)
        derived |= {
            figure.key: _along((figure.key.start, *figure.key.indicator.split(STEP), figure.key.end), raw)
            for figure in figures
            if figure.key.quantity == f"{raw}specific_effect"
        }
    return derived


def _between(start: str, end: str, model: PathModel, raw: str) -> dict[Key, Node]:
    paths = model.indirect_paths(start, end)
    direct = Leaf(Key(f"{raw}direct_effect", start=start, end=end))
    indirect = Leaf(Key(f"{raw}indirect_effect", start=start, end=end))
    derived: dict[Key, Node] = {}
    parts: list[Node] = [direct] if (start, end) in model.edges else []
    if paths:
        derived[indirect.key] = Sum(tuple(_along(path, raw) for path in paths))
        parts.append(indirect)
    derived[Key(f"{raw}total_effect", start=start, end=end)] = Sum(tuple(parts))
    return derived


def _along(path: Sequence[str], raw: str) -> Node:
    return Product(tuple(Leaf(Key(f"{raw}direct_effect", start=a, end=b)) for a, b in pairwise(path)))


def _tests(printed: Figures, model: PathModel, estimated: str) -> dict[Key, Node]:
    """Give a test statistic as the coefficient over its standard error, and p as its two tails."""
    derived: dict[Key, Node] = {}
    for start, end in model.edges:
        estimate, se, t, p = (Key(each, start=start, end=end) for each in (estimated, "se", "t", "p"))
        derived[t] = _turned(Quotient(Leaf(estimate), Leaf(se)), printed, estimate, t)
        statistic = _turned(Leaf(t), printed, t if t in printed else estimate, None)
        derived[p] = TwoSidedP((statistic, *_error_df(printed, model, end)))
    return derived


def _turned(node: Node, printed: Figures, estimate: Key, statistic: Key | None) -> Node:
    """Return a statistic as it is printed: many programs print its size without the sign of the estimate."""
    figure = printed.get(estimate)
    negative = figure is not None and figure.value is not None and figure.value < 0
    if statistic is not None:
        shown = printed.get(statistic)
        negative = negative and shown is not None and shown.value is not None and shown.value > 0
    return Product((MINUS, node)) if negative else node


def _error_df(printed: Figures, model: PathModel, outcome: str) -> tuple[Node, ...]:
    """Return the degrees of freedom of a t statistic, n - k - 1, where n is printed."""
    if Key("n") not in printed:
        return ()
    lost = Constant(Fraction(len(model.predictors(outcome)) + 1))
    return (Sum((Leaf(Key("n")), Product((MINUS, lost)))),)


def _fit(printed: Figures, model: PathModel) -> dict[Key, Node]:
    chi2, df, n, baseline, baseline_df = (
        Leaf(Key(each)) for each in ("chi2", "df", "n", "baseline_chi2", "baseline_df")
    )
    derived: dict[Key, Node] = {
        Key("chi2_df"): Quotient(chi2, df),
        Key("fit_p"): ChiSquareP((chi2, df)),
        Key("rmsea"): Rmsea((chi2, df, n)),
        Key("cfi"): Cfi((chi2, df, baseline, baseline_df)),
    }
    if model.simple and not model.fixed and not model.definitions:
        derived[df.key] = Constant(Fraction(_degrees(model)))
    # A saturated model has no test; programs print nothing, 0 or 1 for its p.
    if Key("df") in printed and printed[Key("df")].value == 0:
        del derived[Key("chi2_df")], derived[Key("fit_p")]
    return derived


def _degrees(model: PathModel) -> int:
    """Count the pairs of variables that neither a path joins nor an exogenous covariance."""
    exogenous = len(model.exogenous)
    pairs = len(model.variables) * (len(model.variables) - 1) // 2
    return pairs - exogenous * (exogenous - 1) // 2 - len(model.edges) - len(model.covariances)


def _explained(model: PathModel) -> dict[Key, Node]:
    return {
        Key("r2", end=outcome): Sum(
            tuple(
                Product((_beta(each, outcome), Leaf(correlation_key(each, outcome, model))))
                for each in model.predictors(outcome)
            )
        )
        for outcome in model.endogenous
    }


def _correlations(printed: Figures, model: PathModel, *, implied: bool) -> dict[Key, Node]:
    """Return what paths give for correlations: all of a model's, or of data those with predictors that are not printed."""
    derived: dict[Key, Node] = {}
    for outcome in model.endogenous:
        before = model.variables[: model.variables.index(outcome)]
        for other in before if implied else model.predictors(outcome):
            key = correlation_key(other, outcome, model)
            if implied or key not in printed:
                derived[key] = _traced(other, outcome, model)
    return derived


def _traced(other: str, outcome: str, model: PathModel, without: str = "") -> Node:
    terms: list[Node] = []
    for each in model.predictors(outcome):
        if each != without:
            beta = _beta(each, outcome)
            same = each == other
            terms.append(beta if same else Product((beta, Leaf(correlation_key(other, each, model)))))
    return Sum(tuple(terms))


def _coefficient_checks(figures: Sequence[Printed], printed: Figures, model: PathModel) -> Checks:
    """Give a coefficient as what its correlation with the outcome leaves once the other predictors are taken off."""
    checks: Checks = {}
    for figure in figures:
        start, end = figure.key.start, figure.key.end
        if figure.key.quantity != "direct_effect" or (start, end) not in model.edges:
            continue
        whole = correlation_key(start, end, model)
        if whole in printed:
            rest = _traced(start, end, model, without=start)
            terms = (Leaf(whole), Product((MINUS, rest))) if rest != Sum(()) else (Leaf(whole),)
            checks[figure.place, figure.key] = Sum(terms)
    return checks


def _matrix_checks(printed: Figures, model: PathModel) -> Checks:
    """Check correlations that cannot stand together against each other; those that can are inputs."""
    names = [
        name
        for name in model.variables
        if any(key.quantity == "correlation" and name in (key.start, key.end) for key in printed)
    ]
    box = {
        pair: _printed_range(printed, Key("correlation", start=pair[0], end=pair[1]))
        for pair in combinations(names, 2)
    }
    known = {pair: interval for pair, interval in box.items() if interval is not None}
    complete = _complete(names, known)
    part = impossible_part(complete, known) if len(complete) > 2 else ()
    checks: Checks = {}
    pairs = list(combinations(part, 2))
    for pair in pairs:
        others = tuple(Leaf(Key("correlation", start=a, end=b)) for a, b in pairs if (a, b) != pair)
        key = Key("correlation", start=pair[0], end=pair[1])
        checks[printed[key].place, key] = Completes(others, part, pair)
    return checks


def _printed_range(printed: Figures, key: Key) -> Interval | None:
    figure = printed.get(key)
    return None if figure is None or figure.absent else figure.rounded.join(figure.truncated)


def _complete(names: Sequence[str], known: Mapping[tuple[str, str], Interval]) -> list[str]:
    """Return variables all of whose correlations are printed, leaving out first whoever lacks most."""
    kept = list(names)
    while True:
        gaps = dict.fromkeys(kept, 0)
        for pair in combinations(kept, 2):
            if pair not in known:
                for name in pair:
                    gaps[name] += 1
        worst = max(kept, key=gaps.__getitem__, default=None)
        if worst is None or not gaps[worst]:
            return kept
        kept.remove(worst)


def _beta(start: str, end: str) -> Leaf:
    return Leaf(Key("direct_effect", start=start, end=end))
