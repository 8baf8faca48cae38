"""The same path model under two policies for missing values, side by side: complete rows only, and every known value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import BscError
from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS, build_estimates, decimals_beside
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_errors, say_notes, say_standardised
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say, say_fault
from bsc_analysis.paths.estimation import fit_path

if TYPE_CHECKING:
    from bsc_analysis.paths.inference import StandardErrors
    from bsc_analysis.paths.pathfit import PathFit
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.paths.rows import Rows
    from bsc_analysis.studies import Study

COMPLETE = "No value of the model's variables is missing, so that policies for missing values do not differ."
NOISE = 1e-6  # standard errors: fiml is solved by iteration, complete rows in closed form
IMPOSSIBLE = "The two policies for missing values cannot be compared: {why}"


def missing_policies_table(
    model: PathModel,
    rows: Rows,
    study: Study,
    provenance: Provenance,
    *,
    language: Language,
    se: StandardErrors = "ml",
) -> Exhibit | Absent:
    """Tabulate every coefficient by complete rows (listwise) and by every known value (fiml), and how far they are apart.

    The distance is in standard errors of the fit that uses every known value. Absent where nothing is missing, or where
    one of the policies does not allow the model to be fitted.

    Parameters
    ----------
    model, rows, se
        As for :func:`~bsc_analysis.paths.estimation.fit_path`.
    study, provenance, language
        As for every table of a path model.
    """
    chosen = rows.select(model.observed)
    if not chosen.n_missing:
        return Absent(both(COMPLETE), language)
    try:
        listwise = fit_path(model, chosen, se=se)
        fiml = fit_path(model, chosen, se=se, missing="fiml")
    except BscError as error:
        reason = error.faults[0]
        return Absent(
            in_both(lambda spoken: say(IMPOSSIBLE, spoken, why=say_fault(reason, spoken))), language
        )

    def make(spoken: Language) -> Table:
        raw, three = decimals_beside([*listwise.se.tolist(), *fiml.se.tolist()]), STANDARDISED_DECIMALS
        decimals = {f"{name} ({policy})": places for policy in ("listwise", "fiml")
                    for name, places in (("b", raw), ("standard error", raw), ("beta", three))}  # fmt: skip
        return build_estimates(_columns(listwise, fiml), decimals | {"apart (standard errors)": 2}, spoken)

    def caption(spoken: Language) -> str:
        return join(
            _say_head(listwise, fiml, study, spoken),
            say_errors(se, spoken),
            say_standardised(spoken),
            say_notes(fiml.notes, spoken),
        )

    alt = in_both(lambda spoken: _tell(listwise, fiml, spoken))
    return Exhibit("table", make, in_both(caption), alt, provenance, language)


def _columns(listwise: PathFit, fiml: PathFit) -> dict[str, Any]:
    edges = fiml.model.edges
    return {
        "outcome": [outcome for _, outcome in edges],
        "predictor": [predictor for predictor, _ in edges],
        "b (listwise)": listwise.b.tolist(),
        "standard error (listwise)": listwise.se.tolist(),
        "beta (listwise)": listwise.beta.tolist(),
        "b (fiml)": fiml.b.tolist(),
        "standard error (fiml)": fiml.se.tolist(),
        "beta (fiml)": fiml.beta.tolist(),
        "apart (standard errors)": _apart(listwise, fiml),
    }


def _apart(listwise: PathFit, fiml: PathFit) -> list[float | None]:
    """Return how far each coefficient is apart, in standard errors; None for one that is fixed."""
    columns = (listwise.b.tolist(), fiml.b.tolist(), fiml.se.tolist())
    return [
        _rounded((every - complete) / se) if se else None
        for complete, every, se in zip(*columns, strict=True)
    ]


def _rounded(apart: float) -> float:
    """Return a distance, 0 where it is what the iterations of one policy leave."""
    return 0.0 if abs(apart) < NOISE else apart


def _say_head(listwise: PathFit, fiml: PathFit, study: Study, language: Language) -> str:
    sentence = (
        "Coefficients of the path model of {study} under two policies for missing values: listwise uses the {complete} "
        "complete rows, fiml every known value of {every} rows and takes values to be missing at random."
    )
    return say(
        sentence,
        language,
        study=study.label.say(language),
        complete=format_number(listwise.n_obs, 0, language),
        every=format_number(fiml.n_obs, 0, language),
    )


def _tell(listwise: PathFit, fiml: PathFit, language: Language) -> str:
    apart = max((abs(each) for each in _apart(listwise, fiml) if each is not None), default=0.0)
    return say(
        "Table of {count} coefficients under two policies for missing values; the farthest are {apart} standard errors apart",
        language,
        count=len(fiml.model.edges),
        apart=format_number(apart, 2, language),
    )
