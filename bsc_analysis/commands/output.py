"""What commands leave behind: whole files or none, and sentences beside what programs read."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.errors import UseError, fault
from bsc_analysis.language.words import say_fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bsc_analysis.errors import Fault
    from bsc_analysis.language.words import Language

NO_FOLDER = "{where}: there is no folder {got} to write into"
NOT_A_FILE = "{where}: this is a folder or a device, and cannot be written as a file"
OWN_DATA = "{where}: this is the file that is read; name another one to write"
UNWRITABLE = "{where}: the file cannot be written: {got}"
USUAL_MODE = 0o666
GAP = "  "


def check_target(path: Path, *, source: Path | None = None) -> None:
    """Refuse a file that could not be written, before any work is done for it.

    Parameters
    ----------
    path
        The file to write.
    source
        A file that is read, and must not be written over.

    Raises
    ------
    UseError
        When its folder does not exist, it is no file, or it is the source.
    """
    folder = path.resolve().parent
    if not folder.is_dir():
        raise UseError(fault(NO_FOLDER, where=path, got=repr(str(folder))))
    if path.exists() and not path.is_file():
        raise UseError(fault(NOT_A_FILE, where=path))
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise UseError(fault(OWN_DATA, where=path))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole or not at all; one that exists keeps its permissions, a link stays a link.

    Raises
    ------
    UseError
        When it cannot be written.
    """
    target = path.resolve()
    try:
        _replace(target, content)
    except OSError as broken:
        raise UseError(fault(UNWRITABLE, where=path, got=broken.strerror)) from None


def print_notes(notes: Iterable[Fault], language: Language) -> None:
    """Print notes to the stream for messages, so that what programs read stays clean."""
    for note in notes:
        print(say_fault(note, language), file=sys.stderr)


def align(rows: Sequence[Sequence[str]], *, right: Collection[int] = (), indent: int = 0) -> list[str]:
    """Return rows as lines whose columns stand under one another; those at the positions ``right`` end there.

    >>> align([("a", "1"), ("long", "20")], right=[1])
    ['a      1', 'long  20']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        GAP.join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return [" " * indent + line.rstrip() for line in lines]


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        scratch.chmod(_mode(target))
        os.replace(scratch, target)  # noqa: PTH105 - atomic within one file system
    finally:
        scratch.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return USUAL_MODE & ~mask
