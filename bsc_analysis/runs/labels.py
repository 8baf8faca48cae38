"""Checking the labels of a folder of exhibits: made data say so in every file, and no other data do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bsc_analysis.errors import Fault, fault
from bsc_analysis.exhibits.exhibit import STATUS_SENTENCES
from bsc_analysis.exhibits.export import FORMATS
from bsc_analysis.exhibits.labels import label_faults, page_faults
from bsc_analysis.language.words import both

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

BROKEN_SIDECAR = "{file}: this is not the sidecar of an exhibit: {got}"
UNKNOWN_STATUS = "{file}: data_status: got {got}, allowed: {allowed}"
OTHER_STATEMENT = "{file}: the statement of what the data are is another one, expected {expected}"
MISSING_FILE = "{file}: the file is missing, {sidecar} lists it"
CHANGED_FILE = "{file}: the file is not the one that was written: {sidecar} has another hash"
UNLISTED_FILE = "{file}: no sidecar lists this file"


@dataclass(frozen=True, slots=True)
class _Sidecar:
    """What the check needs of one sidecar."""

    name: str
    status: str
    statement: Mapping[str, str]
    captions: tuple[str, ...]
    hashes: Mapping[str, str]

    @property
    def made(self) -> bool:
        return self.status == "synthetic"


def check_labels(folder: Path) -> tuple[Fault, ...]:
    """Return every label that is missing from an exhibit of made data, and every one on other data.

    Each file that a sidecar lists must be there as it was written and say what its data are; so must every exhibit on the
    pages and in the notebooks of a run.

    Parameters
    ----------
    folder
        The folder of a run, or one with exhibits in it.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "scores.json").write_text('{"id": "scores"}')
    ...     print(*check_labels(Path(folder)))
    scores.json: this is not the sidecar of an exhibit: 'data_status'
    """
    exhibits = folder / "exhibits"
    of_a_run = exhibits.is_dir()
    inside = exhibits if of_a_run else folder
    sidecars, faults = _read_sidecars(inside)
    for sidecar in sidecars:
        faults += [*_sidecar_faults(sidecar), *_file_faults(sidecar, inside)]
    if of_a_run:
        faults += _unlisted(sidecars, inside)
        faults += _pages(folder, sidecars)
    return tuple(faults)


def _read_sidecars(folder: Path) -> tuple[list[_Sidecar], list[Fault]]:
    sidecars, faults = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            sidecars.append(_read_sidecar(path))
        except (AttributeError, KeyError, TypeError, ValueError) as broken:
            faults.append(fault(BROKEN_SIDECAR, file=path.name, got=broken))
    return sidecars, faults


def _read_sidecar(path: Path) -> _Sidecar:
    record = json.loads(path.read_text(encoding="utf-8"))
    return _Sidecar(
        name=path.name,
        status=str(record["data_status"]),
        statement=dict(record["statement"]),
        captions=tuple(record["caption"].values()),
        hashes=dict(record["files"]),
    )


def _sidecar_faults(sidecar: _Sidecar) -> list[Fault]:
    expected = next((text for status, text in STATUS_SENTENCES.items() if status == sidecar.status), None)
    if expected is None:
        allowed = ", ".join(STATUS_SENTENCES)
        return [fault(UNKNOWN_STATUS, file=sidecar.name, got=repr(sidecar.status), allowed=allowed)]
    statement = both(expected)
    if sidecar.statement == {"id": statement.id, "en": statement.en}:
        return []
    return [fault(OTHER_STATEMENT, file=sidecar.name, expected=repr(expected))]


def _file_faults(sidecar: _Sidecar, folder: Path) -> list[Fault]:
    """Check the files of one exhibit: a label that is gone is said rather than the hash that gave it away."""
    faults: list[Fault] = []
    for name, written in sidecar.hashes.items():
        path = folder / name
        if not path.is_file():
            faults.append(fault(MISSING_FILE, file=name, sidecar=sidecar.name))
            continue
        content = path.read_bytes()
        wrong = label_faults(name, content, made=sidecar.made)
        if not wrong and hashlib.sha256(content).hexdigest() != written:
            wrong = (fault(CHANGED_FILE, file=name, sidecar=sidecar.name),)
        faults += wrong
    return faults


def _unlisted(sidecars: Iterable[_Sidecar], folder: Path) -> list[Fault]:
    listed = {name for sidecar in sidecars for name in sidecar.hashes}
    endings = {f".{each}" for formats in FORMATS.values() for each in formats}
    found = (path.name for path in sorted(folder.iterdir()) if path.suffix in endings)
    return [fault(UNLISTED_FILE, file=name) for name in found if name not in listed]


def _pages(folder: Path, sidecars: Iterable[_Sidecar]) -> list[Fault]:
    made = {caption for each in sidecars if each.made for caption in each.captions}
    other = {caption for each in sidecars if not each.made for caption in each.captions} - made
    pages = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))]
    pages += [(path.name, _shown(path)) for path in sorted(folder.glob("notebooks/*.ipynb"))]
    return [each for name, page in pages for each in page_faults(name, page, made=made, other=other)]


def _shown(notebook: Path) -> str:
    """Return the HTML that the cells of an executed notebook show."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8")).get("cells", [])
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return "\n".join("".join(data.get("text/html", "")) for data in outputs)
