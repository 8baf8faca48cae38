"""What a file says of itself when it travels alone: its statement and data status, in its metadata and on its face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.text import Text

from bsc_analysis.errors import BscError, fault
from bsc_analysis.language.words import say
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from bsc_analysis.exhibits.exhibit import Exhibit
    from bsc_analysis.language.words import Language

STATUS_COLUMN = "data status"
EDGE = 1.0  # pixels that letters may stand over the edge of a figure by rounding
NO_FACE = "exhibit {exhibit}: the figure does not show what its data are, expected on its face: {statement}"


class LabelError(BscError):
    """An exhibit of made data that does not say so on its face."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every file of one exhibit carries: its caption, the statement of what its data are, and one word for that.

    ``made`` says that the data are made; the rows of their files say so too, under the heading ``column``.
    """

    title: str
    statement: str
    word: str
    made: bool
    column: str


def make_imprint(exhibit: Exhibit, language: Language) -> Imprint:
    """Return what the files of an exhibit in this language say of themselves.

    Parameters
    ----------
    exhibit
        The exhibit.
    language
        The language of the caption, the statement and the heading; the word is the same in every language.

    >>> from bsc_analysis.exhibits.exhibit import Exhibit, Provenance
    >>> from bsc_analysis.language.words import Label
    >>> origin = Provenance("a", Label("A", "A"), "", "synthetic", (), ())
    >>> exhibit = Exhibit("table", lambda language: None, Label("Skor", "Scores"), Label("", ""), origin)
    >>> imprint = make_imprint(exhibit, "en")
    >>> imprint.word, imprint.column, imprint.statement[:15]
    ('synthetic twin', 'data status', 'Synthetic twin:')
    """
    origin = exhibit.provenance
    made = origin.data_status == "synthetic"
    return Imprint(
        title=exhibit.caption.say(language),
        statement=origin.statement.say(language),
        word=SYNTHETIC if made else origin.data_status,
        made=made,
        column=say(STATUS_COLUMN, language),
    )


def figure_metadata(imprint: Imprint, file_format: str) -> dict[str, Any]:
    """Return the metadata of a figure's file, without dates and programs, so that a rerun gives the same bytes.

    >>> figure_metadata(Imprint("Scores", "Real data", "real", False, "data status"), "pdf")["Subject"]
    'Real data'
    """
    kinds: dict[str, dict[str, Any]] = {
        "pdf": {
            "Subject": imprint.statement,
            "Keywords": imprint.word,
            "CreationDate": None,
            "Producer": None,
            "Creator": None,
        },
        "svg": {
            "Description": imprint.statement,
            "Keywords": [imprint.word],
            "Date": None,
            "Creator": None,
        },
        "png": {"Description": imprint.statement, "Keywords": imprint.word, "Software": None},
    }
    return {"Title": imprint.title, **kinds[file_format]}


def mark_rows(frame: pd.DataFrame, imprint: Imprint) -> pd.DataFrame:
    """Return a table whose every row says that it is made; of other data, the table as it is.

    >>> import pandas as pd
    >>> made = Imprint("Scores", "Synthetic twin", "synthetic twin", True, "data status")
    >>> mark_rows(pd.DataFrame({"score": [96.0]}), made).columns.tolist()
    ['score', 'data status']
    """
    return frame.assign(**{imprint.column: imprint.word}) if imprint.made else frame


def refuse_faceless(figure: Figure, imprint: Imprint, exhibit_id: str) -> None:
    """Refuse a figure of made data whose drawn words do not say so.

    Words count where a reader sees them: visible, and inside the figure; lines may break anywhere between words.

    Raises
    ------
    LabelError
        Naming the exhibit and the statement that is missing.

    >>> from matplotlib.figure import Figure
    >>> made = Imprint("Scores", "Synthetic twin: made data", "synthetic twin", True, "data status")
    >>> refuse_faceless(Figure(), made, "scores")
    Traceback (most recent call last):
    bsc_analysis.exhibits.exportmarks.LabelError: exhibit scores: the figure does not show what its data are, expected
    on its face: 'Synthetic twin: made data'
    """
    if imprint.made and not any(_shows(figure, words, imprint.statement) for words in figure.findobj(Text)):
        raise LabelError(fault(NO_FACE, exhibit=exhibit_id, statement=repr(imprint.statement)))


def _shows(figure: Figure, words: Any, statement: str) -> bool:
    if statement not in " ".join(words.get_text().split()) or not words.get_visible():
        return False
    drawn, page = words.get_window_extent(), figure.bbox
    return bool(
        drawn.x0 >= page.x0 - EDGE
        and drawn.y0 >= page.y0 - EDGE
        and drawn.x1 <= page.x1 + EDGE
        and drawn.y1 <= page.y1 + EDGE
    )
