"""Labels read back from files: what a file says its data are, in every place where it has to say so."""

from __future__ import annotations

import csv
import io
import re
import zlib
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, Literal
from zipfile import BadZipFile

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from openpyxl.reader.excel import ExcelReader

from bsc_analysis.errors import fault
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.exhibits.exportmarks import STATUS_COLUMN
from bsc_analysis.language.words import LANGUAGES, both, say
from bsc_analysis.twins.plan import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bsc_analysis.errors import Fault

UNREADABLE = "{file}: the label cannot be read, the file is damaged: {got}"
UNLABELLED = "{file}: made data without their label in {place}, expected {expected}"
MISLABELLED = "{file}: {place} says {got}, but the data are not made"
UNSTATED_ON_PAGE = "{file}: the exhibit {caption} does not say what its data are"
UNLABELLED_ON_PAGE = "{file}: the exhibit {caption} does not say that its data are made"
METADATA, KEYWORDS, FACE = "the metadata", "the keywords", "the drawn words"
LINE_BELOW, EVERY_ROW = "the line below the table", "the column of every row"
DAMAGE = (
    BadZipFile,
    DefusedXmlException,
    EOFError,
    LookupError,
    OSError,
    ParseError,
    RuntimeError,  # an archive that is locked, or packed in a way that is not known
    TypeError,  # a part of a workbook that is not as the format says
    ValueError,
    csv.Error,
    zlib.error,
)

_PNG_START = 8
_TAIL = 8  # rows of a sheet, the last ones, among which its line is looked for first
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SVG = "{http://www.w3.org/2000/svg}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_EXHIBIT = re.compile(r'<figure class="bsc-exhibit">(.*?)</figure>', re.DOTALL)
_CAPTION = re.compile(r"<figcaption>(.*?)<(?:br|/figcaption)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One place of a file where it says what its data are, and what it says there: a sentence, or one word."""

    place: Fault
    text: str
    kind: Literal["sentence", "word"] = "sentence"


def label_faults(name: str, content: bytes, *, made: bool) -> tuple[Fault, ...]:
    r"""Return what is wrong with the labels of one exhibit's file.

    Parameters
    ----------
    name
        The file's name; its ending says how it is read.
    content
        Its bytes.
    made
        Whether its data are made: then every place must say so, else none may.

    >>> [str(each) for each in label_faults("scores.csv", b"year,score\n2017,95.0\n", made=True)]
    ["scores.csv: made data without their label in the column of every row, expected 'synthetic twin'"]
    >>> label_faults("scores.csv", b"year,data status\n2017,synthetic twin\n", made=True)
    ()
    """
    try:
        said = read_labels(content, name.rpartition(".")[2])
    except DAMAGE as broken:
        return (fault(UNREADABLE, file=name, got=broken),)
    if made:
        lacking = (each for each in said if not _is_label(each))
        return tuple(
            fault(UNLABELLED, file=name, place=each.place, expected=repr(_expected(each))) for each in lacking
        )
    wrong = (each for each in said if _says_made(each.text))
    return tuple(fault(MISLABELLED, file=name, place=each.place, got=repr(SYNTHETIC)) for each in wrong)


def page_faults(
    name: str, page: str, *, made: Collection[str], other: Collection[str] = ()
) -> tuple[Fault, ...]:
    """Return the exhibits on a page that do not say what their data are.

    Parameters
    ----------
    name, page
        The page's name and its HTML.
    made
        The captions of exhibits of made data, in either language.
    other
        The captions of other exhibits, which may not say that their data are made.

    >>> shown = '<figure class="bsc-exhibit"><figcaption>Scores<br>Real data</figcaption></figure>'
    >>> [str(each) for each in page_faults("01.html", shown, made=["Scores"])]
    ["01.html: the exhibit 'Scores' does not say that its data are made"]
    """
    exhibits = [(_caption(block), block) for block in map(unescape, _EXHIBIT.findall(page))]
    unlabelled = [each for each, block in exhibits if each in made and not _states_made(block)]
    unstated = [each for each, block in exhibits if each not in made and not _states(block)]
    mislabelled = [each for each, block in exhibits if each in other and _says_made(block)]
    return (
        *(fault(UNLABELLED_ON_PAGE, file=name, caption=repr(each)) for each in unlabelled),
        *(fault(UNSTATED_ON_PAGE, file=name, caption=repr(each)) for each in unstated),
        *(fault(MISLABELLED, file=name, place=repr(each), got=repr(SYNTHETIC)) for each in mislabelled),
    )


def read_labels(content: bytes, file_format: str) -> Sequence[Said]:
    """Return what a file says its data are, in each place where files of its format have to say so.

    Raises
    ------
    ValueError, LookupError, OSError
        When the file is damaged; :data:`DAMAGE` lists all of these.

    >>> [each.text for each in read_labels(b"1 0 obj << /Subject (Real data) /Keywords (real) >>", "pdf")]
    ['Real data', 'real']
    """
    return _READERS[file_format](content)


def _read_pdf(content: bytes) -> Sequence[Said]:
    subject, keywords = _pdf_text(content, b"Subject"), _pdf_text(content, b"Keywords")
    return Said(fault(METADATA), subject), Said(fault(KEYWORDS), keywords, "word")


def _pdf_text(content: bytes, key: bytes) -> str:
    """Return a text of the document's information; of several, the last holds."""
    found = re.findall(rb"/" + key + rb"\s*\(((?:[^()\\]|\\.)*)\)", content, re.DOTALL)
    plain = re.sub(rb"\\(.)", rb"\1", found[-1], flags=re.DOTALL) if found else b""
    return plain.decode("utf-16") if plain.startswith(b"\xfe\xff") else plain.decode("latin-1")


def _read_svg(content: bytes) -> Sequence[Said]:
    root = fromstring(content)
    described = " ".join(each.text or "" for each in root.iter(f"{_DC}description"))
    keywords = " ".join(each.text or "" for each in root.iter(f"{_RDF}li"))
    drawn = " ".join("".join(each.itertext()) for each in root.iter(f"{_SVG}text"))
    return Said(fault(METADATA), described), Said(fault(KEYWORDS), keywords, "word"), Said(fault(FACE), drawn)


def _read_png(content: bytes) -> Sequence[Said]:
    texts = _png_texts(content)
    return (
        Said(fault(METADATA), texts.get("Description", "")),
        Said(fault(KEYWORDS), texts.get("Keywords", ""), "word"),
    )


def _png_texts(content: bytes) -> dict[str, str]:
    """Return the text chunks of a picture: length, kind, key, zero, text and checksum, one chunk after another."""
    texts, at = {}, _PNG_START
    while at + 8 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        key, _, text = content[at + 8 : at + 8 + length].partition(b"\0")
        if kind == b"tEXt":
            texts[key.decode("latin-1")] = text.decode("latin-1")
        elif kind == b"iTXt":
            texts[key.decode("latin-1")] = text.split(b"\0", 4)[-1].decode("utf-8")
        at += length + 12
    return texts


def _read_xlsx(content: bytes) -> Sequence[Said]:
    reader = ExcelReader(io.BytesIO(content), read_only=True)
    reader.read()
    said = reader.wb.properties
    return (
        Said(fault(METADATA), said.subject or ""),
        Said(fault(KEYWORDS), said.keywords or "", "word"),
        Said(fault(LINE_BELOW), _line_below(reader)),
    )


def _line_below(reader: Any) -> str:
    """Return the last text in the first column of the first sheet; a long sheet is parsed whole only if its end has none."""
    links = [link for _, link in reader.parser.find_sheets() if "chartsheet" not in link.Type]
    sheet = reader.archive.read(links[0].target)
    for part in (_end_of_sheet(sheet), sheet):
        firsts = (row.find(f"{_CELLS}c") for row in reversed(list(fromstring(part).iter(f"{_CELLS}row"))))
        texts = (_cell_text(cell, reader.shared_strings) for cell in firsts if _is_first(cell))
        if found := next(filter(None, texts), ""):
            return found
    return ""


def _end_of_sheet(sheet: bytes) -> bytes:
    """Return a sheet without all but its last rows, cut where a row begins; whole where that place is not certain."""
    start, stop = sheet.find(b"<row"), sheet.rfind(b"</sheetData>")
    if not 0 <= start < stop or b"<!" in sheet:
        return sheet
    cut = stop
    for _ in range(_TAIL):
        cut = max(start, sheet.rfind(b"<row", start, cut))
    return sheet[:start] + sheet[cut:]


def _is_first(cell: Any) -> bool:
    """Tell whether a row's first cell stands in the first column: cells that are not numbered do."""
    return cell is not None and cell.get("r", "A").rstrip("0123456789") == "A"


def _cell_text(cell: Any, shared: Sequence[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(each.text or "" for each in cell.iter(f"{_CELLS}t"))
    value = cell.findtext(f"{_CELLS}v") or ""
    return str(shared[int(value)]) if cell.get("t") == "s" and value else value


def _read_csv(content: bytes) -> Sequence[Said]:
    """Read the column of the data's status; a file whose rows differ, or one without it, has no label."""
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    header = next(rows, [])
    names = {say(STATUS_COLUMN, language) for language in LANGUAGES}
    at = next((place for place, name in enumerate(header) if name in names), None)
    if at is None:
        return (Said(fault(EVERY_ROW), "", "word"),)
    values = {row[at] if at < len(row) else "" for row in rows} or {SYNTHETIC}
    return (Said(fault(EVERY_ROW), "; ".join(sorted(values)), "word"),)


_READERS: dict[str, Callable[[bytes], Sequence[Said]]] = {
    "pdf": _read_pdf,
    "svg": _read_svg,
    "png": _read_png,
    "xlsx": _read_xlsx,
    "csv": _read_csv,
}


def _caption(block: str) -> str:
    named = _CAPTION.search(block)
    return "" if named is None else named.group(1).strip()


def _expected(said: Said) -> str:
    return SYNTHETIC if said.kind == "word" else STATUS_SENTENCES["synthetic"]


def _is_label(said: Said) -> bool:
    return said.text == SYNTHETIC if said.kind == "word" else _states_made(said.text)


def _states_made(text: str) -> bool:
    statement = both(STATUS_SENTENCES["synthetic"])
    plain = " ".join(text.split())
    return any(statement.say(language) in plain for language in LANGUAGES)


def _says_made(text: str) -> bool:
    return SYNTHETIC in text.casefold() or _states_made(text)


def _states(block: str) -> bool:
    return any(
        both(sentence).say(language) in block
        for sentence in STATUS_SENTENCES.values()
        for language in LANGUAGES
    )
