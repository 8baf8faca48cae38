"""Finished work of a multiverse on disk: a file per task, named by the hash of everything that its result depends on."""

from __future__ import annotations

import hashlib
import os
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from bsc_analysis import __version__
from bsc_analysis.files import VARIANT_MARK, data_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from bsc_analysis.evidence.multiversetasks import Material, Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cache(Generic[T]):
    """Results of one type in one folder; a file that was cut short, or is no such result, counts as missing."""

    folder: Path
    kind: type[T]

    def load(self, key: str) -> T | None:
        """Return the result stored under a key, or None."""
        try:
            return TypeAdapter(self.kind).validate_json(self._path(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def store(self, key: str, result: T) -> None:
        """Store a result so that it appears whole or not at all."""
        write_atomically(self._path(key), TypeAdapter(self.kind).dump_json(result))

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that no one ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(scratch).chmod(_usual_mode())
        os.replace(scratch, path)  # noqa: PTH105 - atomic within one file system
    finally:
        Path(scratch).unlink(missing_ok=True)


def _usual_mode() -> int:
    """Return the permissions that a new file has: those of a temporary one are narrower."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def material_key(material: Material) -> str:
    """Return the hash of what all cells are computed from, and of the code that computes them."""
    frames = (material.observations, material.table)
    rest = (material.model, material.unit, material.negligible, material.sesoi)
    return _hash([__version__, code_key(), *map(_frame_text, frames), repr(rest)])


def task_key(task: Task, material: str) -> str:
    """Return the hash that a task's result is stored under; its rule sets and choices are all in it.

    Parameters
    ----------
    task
        The task.
    material
        What :func:`material_key` says.
    """
    return _hash([material, repr(task)])


def study_key(folder: Path, data: str) -> str:
    """Return the hash of every file that a study and its multiverse may rest on, and of the code.

    These are the files of the study's folder, those that its TOML files name elsewhere, the rule sets that come with the
    package, and the file that takes the place of the study's own rows.
    """
    own = {path for path in folder.rglob("*") if path.is_file()}
    named = {path for each in own if each.suffix == ".toml" for path in _named(each, folder)}
    given = {Path(data)} if data and Path(data).is_file() else set()
    everywhere = sorted(own | named | given) + sorted(data_folder().glob("rules/*.toml"))
    return _hash([__version__, code_key(), data, *(f"{path.name} {_hash_file(path)}" for path in everywhere)])


@cache
def code_key() -> str:
    """Return the hash of the package's source."""
    root = Path(__file__).parent.parent
    sources = sorted(path for path in root.rglob("*") if path.suffix in (".py", ".toml") and path.is_file())
    return _hash([f"{path.relative_to(root).as_posix()} {_hash_file(path)}" for path in sources])


def _named(document: Path, folder: Path) -> Iterator[Path]:
    """Yield the files that a TOML document names and that lie beside it or where the command runs."""
    try:
        texts = list(_texts(tomllib.loads(document.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # whoever reads it says what is wrong
        return
    for text in texts:
        for name in {text, text.rpartition(VARIANT_MARK)[0]}:
            yield from (path for path in (folder / name, Path(name)) if name and _is_file(path))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a sentence is no name of a file
        return False


def _frame_text(frame: pd.DataFrame | None) -> str:
    return "" if frame is None else str(frame.to_csv(index=False))


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(f"{len(content)} ".encode() + content)
    return digest.hexdigest()
