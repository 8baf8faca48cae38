"""The table of modification hints: which absent paths and residual covariances the data would have, and the warning with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.exhibits.estimatetables import STANDARDISED_DECIMALS, build_estimates
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Provenance, Table
from bsc_analysis.exhibits.pathcaptions import in_both, join, say_notes
from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Language, both, say

if TYPE_CHECKING:
    from bsc_analysis.paths.modification import Hints
    from bsc_analysis.studies import Study

KINDS = {"path": "path", "covariance": "residual covariance"}
NONE = "Nothing can be added to this path model that its data could tell from what is there."


def hints_table(
    hints: Hints, study: Study, provenance: Provenance, *, language: Language
) -> Exhibit | Absent:
    """Tabulate modification hints, largest index first; absent where there are none, as of a saturated model.

    Parameters
    ----------
    hints
        What :func:`~bsc_analysis.paths.modification.modification_hints` returned.
    study, provenance, language
        As for every table of a path model.
    """
    if not hints.hints:
        return Absent(both(NONE), language)

    def make(spoken: Language) -> Table:
        columns = {
            "what would be added": [str(hint) for hint in hints.hints],
            "kind": [say(KINDS[hint.kind], spoken) for hint in hints.hints],
            "modification index": [hint.index for hint in hints.hints],
            "p": [hint.p for hint in hints.hints],
            "expected change": [hint.change for hint in hints.hints],
            "expected change, standardised": [hint.standardised for hint in hints.hints],
        }
        decimals = {"modification index": 2, "expected change": STANDARDISED_DECIMALS}
        decimals |= {"expected change, standardised": STANDARDISED_DECIMALS}
        return build_estimates(columns, decimals, spoken, p_values=("p",))

    def caption(spoken: Language) -> str:
        sentence = (
            "Modification hints of the path model of {study}: by how much the chi-square would fall, about, if one more "
            "parameter were free (1 degree of freedom), and what it would then be."
        )
        return join(say(sentence, spoken, study=study.label.say(spoken)), say_notes(hints.notes, spoken))

    first = hints.hints[0]
    alt = in_both(
        lambda spoken: say(
            "Table of {count} modification hints; the largest index is {index}, of {what}",
            spoken,
            count=len(hints.hints),
            index=format_number(first.index, 2, spoken),
            what=str(first),
        )
    )
    return Exhibit("table", make, in_both(caption), alt, provenance, language)
