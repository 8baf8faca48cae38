"""Path models stated as text in lavaan's syntax, parsed to a frozen, acyclic and identified model."""

from __future__ import annotations

import networkx as nx

from bsc_analysis.errors import ModelError, fault
from bsc_analysis.language.words import nearest
from bsc_analysis.paths.identification import check_identified
from bsc_analysis.paths.modelfaults import model_faults
from bsc_analysis.paths.modeltext import ModelText, read_model_text
from bsc_analysis.paths.pathmodel import Edge, Factor, Path, PathModel

__all__ = ["Edge", "Factor", "Path", "PathModel", "path_model", "variable"]


def path_model(text: str) -> PathModel:
    r"""Read a path model from lines such as ``CP ~ LG + IP``, separated by line breaks or ``;``.

    ============================  ==================================================================
    ``CP ~ LG + IP``              CP is explained by LG and IP
    ``CP ~ 0.5*LG + b2*IP``       a coefficient fixed at 0.5, a coefficient named b2
    ``IP ~ a*LG; CP ~ a*LG``      two coefficients that are equal, since they have one name
    ``IP ~~ CP``                  the residuals of IP and CP covary
    ``F =~ x1 + x2 + x3``         F is latent and measured by x1 (loading 1), x2 and x3
    ``ind := a*b2``               a quantity to report
    ``"Learning & Growth"``       a name with other signs than letters, digits, ``_`` and ``.``
    ============================  ==================================================================

    Variances, intercepts and covariances among exogenous variables are always free: stating them (``LG ~~ X``,
    ``IP ~ 1``) changes nothing. Residual covariances are 0 unless stated, for outcomes that predict nothing too.

    Raises
    ------
    ModelError
        Naming each line that cannot be read, whatever is stated twice, circles, unknown names, and parameters that no
        data could determine.

    >>> path_model("IP ~ LG  # learning drives process\nCP ~ LG + IP").exogenous
    ('LG',)
    >>> model = path_model("IP ~ a*LG; CP ~ b*IP + 0.5*LG; ind := a*b")
    >>> model.labels, model.fixed
    (((('LG', 'IP'), 'a'), (('IP', 'CP'), 'b')), ((('LG', 'CP'), 0.5),))
    """
    stated = read_model_text(text)
    faults = (*stated.faults, *model_faults(stated))
    if faults:
        raise ModelError(*faults)
    model = _model(stated)
    unidentified = () if model.simple else check_identified(model)
    if unidentified:
        raise ModelError(*unidentified)
    return model


def variable(model: PathModel, name: str) -> str:
    """Return the name if the model has it, and refuse it with the nearest name otherwise."""
    if name in model.variables:
        return name
    guess = nearest(name, model.variables) or ", ".join(model.variables)
    raise ModelError(
        fault("the path model has no variable {got}, did you mean {guess}?", got=repr(name), guess=guess)
    )


def _model(stated: ModelText) -> PathModel:
    directed = stated.edges + stated.loadings
    ordered = _causes_first(directed)
    factors = tuple(dict.fromkeys(factor for factor, _ in stated.loadings))
    related = {name for edge in stated.edges for name in edge} | set(factors)
    variables = tuple(name for name in ordered if name in related)
    regressions = [((start, end), each) for each, end, start in stated.related_by("~")]
    indicators = tuple(indicator for _, indicator in stated.loadings)
    return PathModel(
        variables,
        stated.edges,
        fixed=tuple((edge, each.value) for edge, each in regressions if each.value is not None),
        labels=tuple((edge, each.label) for edge, each in regressions if each.label is not None),
        covariances=_covariances(stated, tuple(dict.fromkeys(variables + indicators))),
        factors=tuple(_factor(name, stated) for name in factors),
        definitions=stated.definitions,
    )


def _causes_first(edges: tuple[Edge, ...]) -> list[str]:
    mention = list(dict.fromkeys(name for edge in edges for name in edge))
    return list(nx.lexicographical_topological_sort(nx.DiGraph(edges), key=mention.index))


def _covariances(stated: ModelText, order: tuple[str, ...]) -> tuple[Edge, ...]:
    """Return the residual covariances that are free, each pair and all pairs in the order of the variables."""
    explained = {end for _, end in stated.edges + stated.loadings}
    places = sorted(
        sorted((order.index(left), order.index(right)))
        for each, left, right in stated.related_by("~~")
        if left != right and left in explained and each.value is None
    )
    return tuple((order[first], order[second]) for first, second in places)


def _factor(name: str, stated: ModelText) -> Factor:
    loadings = [(indicator, each) for each, factor, indicator in stated.related_by("=~") if factor == name]
    first = loadings[0][0]
    values = [(to, 1.0 if to == first and each.value is None else each.value) for to, each in loadings]
    return Factor(
        name,
        tuple(to for to, _ in loadings),
        fixed=tuple((to, value) for to, value in values if value is not None),
        labels=tuple((to, each.label) for to, each in loadings if each.label is not None),
    )
