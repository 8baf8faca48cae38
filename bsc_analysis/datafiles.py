"""Files of observations on disk: read whole, within a bound, and handed to intake."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bsc_analysis.errors import UseError, fault
from bsc_analysis.files import read_text
from bsc_analysis.scorecards.intake.reading import read_table
from bsc_analysis.scorecards.intake.vocabulary import read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bsc_analysis.scorecards.intake.reading import DecimalMark, Intake
    from bsc_analysis.scorecards.rules import RuleSet

# Ten million rows of Parquet are about a third of this, and a workbook cannot come near it.
MOST_BYTES = 1 << 30
MISSING = "{where}: there is no such file"
NOT_A_FILE = "{where}: this is a folder or a device and not a file"
NO_PERMISSION = "{where}: this file may not be read by you"
UNREADABLE = "{where}: the file cannot be read: {got}"
TOO_LARGE = "{where}: the file has {got} bytes, allowed: at most {allowed}"


def read_data(
    path: Path | str,
    rules: RuleSet | None = None,
    *,
    sheets: Sequence[str] = (),
    decimal: DecimalMark = "",
    synonyms: str = "",
) -> Intake:
    """Read the observations in a file of any kind that intake knows.

    Parameters
    ----------
    path
        The file; a link to one will do.
    rules
        The rule set whose perspectives, indicators and scales of words the file may name.
    sheets
        The sheets of a workbook to read; none named means all.
    decimal
        The decimal mark of printed numbers, declared; empty where each column has to prove its own.
    synonyms
        The path of a TOML file with words of one's own for columns and values, or an empty string.

    Raises
    ------
    UseError
        When there is no such file, or it may not be read.
    DataError
        With every fault of the file's content.

    >>> from bsc_analysis.files import data_folder, read_rules
    >>> intake = read_data(data_folder() / "studies" / "bantaeng" / "indicators.csv", read_rules("bantaeng"))
    >>> len(intake.observations), intake.observations.loc[0, "indicator"]
    (18, 'economy')
    """
    vocabulary = read_vocabulary(*read_text(Path(synonyms))) if synonyms else None
    file = Path(path)
    return read_table(
        read_bytes(file), file.name, rules=rules, sheets=sheets, decimal=decimal, synonyms=vocabulary
    )


def read_bytes(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """Return the content of a file that has at most ``most`` bytes.

    Raises
    ------
    UseError
        When there is no such file, it is no file, is too large, or may not be read.
    """
    if not path.exists():
        raise UseError(fault(MISSING, where=path))
    if not path.is_file():
        raise UseError(fault(NOT_A_FILE, where=path))
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            content = stream.read(most + 1) if size <= most else b""
    except PermissionError:
        raise UseError(fault(NO_PERMISSION, where=path)) from None
    except OSError as broken:
        raise UseError(fault(UNREADABLE, where=path, got=broken.strerror)) from None
    if size > most or len(content) > most:
        raise UseError(fault(TOO_LARGE, where=path, got=max(size, len(content)), allowed=most))
    return content
