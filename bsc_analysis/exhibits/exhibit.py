"""What an exhibit is: a figure or a table in either language, its caption and alt text, and where it came from."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Literal

from bsc_analysis.language.numbers import format_number
from bsc_analysis.language.words import Label, Language, both, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from matplotlib.figure import Figure

    from bsc_analysis.files import Source
    from bsc_analysis.studies import Study
    from bsc_analysis.studydocument import DataStatus

SCREEN_DPI = 100  # more than this, and the screen sets small letters wider than paper does

STATUS_SENTENCES: dict[DataStatus, str] = {
    "transcribed": "Real data, transcribed from the published tables; recomputed here",
    "printed": "Printed figures only: the records behind them are not public; recomputed here",
    "real": "Real data",
    "synthetic": "Synthetic twin: made data, calibrated to published figures; not a finding",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A frame ready to be shown: headers and words in one language, numbers as numbers.

    ``decimals`` says how many decimals a number column is shown with; files keep full precision. ``on_page`` is how many
    rows a page shows at most, None for all; files have every row. ``smallest`` says below which number a page shows only
    that it is smaller, as p-values are, and ``blank`` what a page shows where there is no number, by itself "no data".
    """

    frame: pd.DataFrame
    decimals: Mapping[str, int] = field(default_factory=dict)
    on_page: int | None = None
    smallest: Mapping[str, float] = field(default_factory=dict)
    blank: str = ""

    @property
    def left_out(self) -> int:
        """How many rows a page does not show."""
        return 0 if self.on_page is None else max(0, len(self.frame) - self.on_page)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an exhibit rests on: the study and its files, the rule set, and the choices that were made."""

    study: str
    study_label: Label
    citation: str
    data_status: DataStatus
    sources: tuple[Source, ...]
    rules: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def statement(self) -> Label:
        """What the data are, in one sentence; it stands on the face of every exhibit."""
        return both(STATUS_SENTENCES[self.data_status])


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A figure or a table that can be made in either language.

    ``make`` returns a matplotlib figure or a :class:`Table` in the language it is called with.
    """

    kind: Literal["figure", "table"]
    make: Callable[[Language], Figure | Table]
    caption: Label
    alt: Label
    provenance: Provenance
    language: Language = "en"

    def _repr_html_(self) -> str:
        """Show the exhibit with its caption, alt text and source, in its language."""
        content = self.make(self.language)
        shown = _show_table(content, self) if isinstance(content, Table) else _show_figure(content, self)
        folded = _say_folded(content, self.language) if isinstance(content, Table) else ""
        source = f"{self.provenance.statement.say(self.language)}. {self.provenance.citation}".strip()
        return (
            f'<figure class="bsc-exhibit">{shown}<figcaption>{escape(self.caption.say(self.language))}{folded}'
            f"<br><small>{escape(source)}</small></figcaption></figure>"
        )


@dataclass(frozen=True, slots=True)
class Absent:
    """An exhibit this study has nothing for, and why; showing it says so, exporting it writes nothing."""

    reason: Label
    language: Language = "en"

    def _repr_html_(self) -> str:
        return f'<p class="bsc-absent"><em>{escape(self.reason.say(self.language))}</em></p>'


def provenance(study: Study, **parameters: object) -> Provenance:
    """Collect what an exhibit of a study's rows rests on; parameters are the choices of whoever made it.

    Rows of a file that took the place of the study's own are cited by its name and not by the printed source.
    """
    return _provenance(study, study.data_status, study.given or study.printed.citation, parameters)


def printed_provenance(study: Study, **parameters: object) -> Provenance:
    """Collect what an exhibit of a study's printed figures rests on, whatever its rows are."""
    return _provenance(study, study.printed_status, study.printed.citation, parameters)


def without_rows(provenance: Provenance, study: Study) -> Provenance:
    """Return the provenance of an exhibit that rests on what is printed, beside others that rest on rows."""
    return replace(provenance, data_status=study.printed_status, citation=study.printed.citation)


def _provenance(
    study: Study, status: DataStatus, citation: str, parameters: Mapping[str, object]
) -> Provenance:
    rules = study.rules
    return Provenance(
        study=study.id,
        study_label=study.label,
        citation=citation,
        data_status=status,
        sources=study.sources,
        rules=(
            ("id", rules.id),
            ("version", rules.version),
            ("mark", rules.mark),
            ("missing", rules.missing),
        ),
        parameters=tuple((name, str(value)) for name, value in sorted(parameters.items())),
    )


def _show_figure(figure: Figure, exhibit: Exhibit) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=SCREEN_DPI, metadata={"Software": None})
    encoded = base64.b64encode(stream.getvalue()).decode("ascii")
    return (
        f'<img alt="{escape(exhibit.alt.say(exhibit.language), quote=True)}" '
        f'style="max-width:100%;height:auto" src="data:image/png;base64,{encoded}">'
    )


def _say_folded(table: Table, language: Language) -> str:
    """Say how many rows of a table the page shows, where it does not show all."""
    if not table.left_out:
        return ""
    sentence = "Shown: the first {shown} of {count} rows; the exported files have all of them."
    folded = say(sentence, language, shown=table.on_page, count=len(table.frame))
    return f"<br><em>{escape(folded)}</em>"


def _show_table(table: Table, exhibit: Exhibit) -> str:
    from great_tables import GT

    rows = table.frame if table.on_page is None else table.frame.head(table.on_page)
    shown = GT(rows, id="bsc-table").sub_missing(missing_text=table.blank or say("no data", exhibit.language))
    decimal_mark, thousands_mark = (",", ".") if exhibit.language == "id" else (".", ",")
    for column, decimals in table.decimals.items():
        shown = shown.fmt_number(
            columns=column, decimals=decimals, dec_mark=decimal_mark, sep_mark=thousands_mark
        )
    for column, least in table.smallest.items():
        bound = "<" + format_number(least, table.decimals[column], exhibit.language)
        shown = shown.sub_small_vals(columns=column, threshold=least, small_pattern=bound)
        shown = shown.sub_zero(columns=column, zero_text=bound)
    return str(shown.as_raw_html())
