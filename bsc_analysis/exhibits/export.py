"""Export: an exhibit becomes files for a paper, and a sidecar that says where every one of them came from."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd

from bsc_analysis.errors import UseError, fault
from bsc_analysis.exhibits.exhibit import Absent, Exhibit, Table
from bsc_analysis.exhibits.exportmarks import (
    Imprint,
    figure_metadata,
    make_imprint,
    mark_rows,
    refuse_faceless,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure

    from bsc_analysis.language.words import Language

FORMATS = {"figure": ("pdf", "svg", "png"), "table": ("csv", "xlsx")}
PRINT_DPI = 300
PACKAGES = (
    "bsc-analysis",
    "great-tables",
    "matplotlib",
    "narwhals",
    "numpy",
    "pandas",
    "scipy",
    "xlsxwriter",
)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # one fixed date keeps reruns byte-identical
_SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def export(
    exhibit: Exhibit | Absent,
    exhibit_id: str,
    *,
    to: str | Path,
    formats: Sequence[str] | None = None,
    language: Language | None = None,
    seed: int | None = None,
) -> Exhibit | Absent:
    """Write an exhibit's files and its sidecar, and return the exhibit for display.

    Every file says in its own metadata what its data are. A workbook says so below its table too; of made data, so does
    every row of a CSV file, and a figure must say so on its face.

    Parameters
    ----------
    exhibit
        The exhibit. One that is absent writes nothing.
    exhibit_id
        The file name without extension: lower-case letters, digits and hyphens.
    to
        The folder; it is made if it is missing. The sidecar ``<exhibit_id>.json`` is written last.
    formats
        ``pdf``, ``svg``, ``png`` for a figure, ``csv``, ``xlsx`` for a table; all of them if none is named.
    language
        The language of words and marks; the exhibit's own if none is named.
    seed
        The seed the run was given, for the record.

    Raises
    ------
    UseError
        When the id is not a safe file name, or a format is unknown.
    LabelError
        When a figure of made data does not say so; nothing is written then.
    """
    if isinstance(exhibit, Absent):
        return exhibit
    chosen = tuple(formats or FORMATS[exhibit.kind])
    _check(exhibit, exhibit_id, chosen)
    spoken = language or exhibit.language
    content, imprint = exhibit.make(spoken), make_imprint(exhibit, spoken)
    if not isinstance(content, Table):
        refuse_faceless(content, imprint, exhibit_id)
    folder = Path(to)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{exhibit_id}-") as scratch:
        written = [_write(content, imprint, Path(scratch) / f"{exhibit_id}.{each}") for each in chosen]
        sidecar = Path(scratch) / f"{exhibit_id}.json"
        sidecar.write_text(_sidecar(exhibit, exhibit_id, spoken, seed, written), encoding="utf-8")
        for path in (*written, sidecar):
            os.replace(path, folder / path.name)  # noqa: PTH105 - atomic within one file system
    return exhibit


def _check(exhibit: Exhibit, exhibit_id: str, formats: tuple[str, ...]) -> None:
    faults = []
    if not _SAFE_ID.fullmatch(exhibit_id):
        sentence = (
            "the exhibit id {got} is not a safe file name, allowed: lower-case letters, digits and hyphens"
        )
        faults.append(fault(sentence, got=repr(exhibit_id)))
    allowed = FORMATS[exhibit.kind]
    sentence = "format {got} is not known for a {kind}, allowed: {allowed}"
    faults += [
        fault(sentence, got=repr(each), kind=exhibit.kind, allowed=", ".join(allowed))
        for each in formats
        if each not in allowed
    ]
    if faults:
        raise UseError(*faults)


def _write(content: Figure | Table, imprint: Imprint, path: Path) -> Path:
    file_format = path.suffix[1:]
    if isinstance(content, Table):
        _TABLE_WRITERS[file_format](content, imprint, path)
    else:
        _save_figure(content, imprint, path, file_format)
    return path


def _save_figure(figure: Figure, imprint: Imprint, path: Path, file_format: str) -> None:
    """Save without dates and with fixed ids, so that a rerun gives the same bytes."""
    metadata = figure_metadata(imprint, file_format)
    with mpl.rc_context({"svg.hashsalt": path.stem, "pdf.fonttype": 42, "svg.fonttype": "none"}):
        figure.savefig(path, format=file_format, dpi=PRINT_DPI, metadata=metadata)


def _write_csv(table: Table, imprint: Imprint, path: Path) -> None:
    rows = mark_rows(table.frame, imprint)
    rows.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _write_xlsx(table: Table, imprint: Imprint, path: Path) -> None:
    """Write numbers as numbers and text as text: a text that begins with '=' never becomes a formula."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        said = {"subject": imprint.statement, "keywords": imprint.word, "comments": imprint.statement}
        writer.book.set_properties({"created": EPOCH, **said})
        table.frame.to_excel(writer, sheet_name="table", index=False, freeze_panes=(1, 0))
        sheet = writer.sheets["table"]
        for index, column in enumerate(table.frame.columns):
            decimals = table.decimals.get(column)
            pattern = None if decimals is None else "0." + "0" * decimals if decimals else "0"
            shown = writer.book.add_format({"num_format": pattern}) if pattern else None
            sheet.set_column(index, index, _width(table.frame, column), shown)
        sheet.write_string(
            len(table.frame) + 2, 0, imprint.statement
        )  # below the table, one empty row between


_TABLE_WRITERS: dict[str, Callable[[Table, Imprint, Path], None]] = {"csv": _write_csv, "xlsx": _write_xlsx}


def _width(frame: pd.DataFrame, column: str) -> int:
    longest = max([len(str(column)), *(len(str(value)) for value in frame[column])])
    return min(longest + 2, 60)


def _sidecar(exhibit: Exhibit, exhibit_id: str, language: str, seed: int | None, files: list[Path]) -> str:
    origin = exhibit.provenance
    record = {
        "id": exhibit_id,
        "kind": exhibit.kind,
        "language": language,
        "caption": {"id": exhibit.caption.id, "en": exhibit.caption.en},
        "alt": {"id": exhibit.alt.id, "en": exhibit.alt.en},
        "data_status": origin.data_status,
        "statement": {"id": origin.statement.id, "en": origin.statement.en},
        "study": origin.study,
        "citation": origin.citation,
        "sources": {source.path: source.sha256 for source in origin.sources},
        "rules": dict(origin.rules),
        "parameters": dict(origin.parameters),
        "seed": seed,
        "packages": {name: _version(name) for name in PACKAGES},
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
