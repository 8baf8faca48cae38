"""Read an SPSS or Parquet file from standard input and write its columns to standard output as JSON.

Run as a program of its own, because the libraries that read such files end the process they run in, or never come
back, when some bytes are damaged. It imports nothing of this package, so that it starts at once.
"""

from __future__ import annotations

import datetime
import io
import json
import math
import sys
from typing import Any

SPSS = (b"$FL2", b"$FL3")


def main(*, cells: int, size: int) -> int:
    """Read the file and write one document.

    It holds `columns` (each with name, label, `values` and, where these are counted places in a list of distinct
    texts, `texts`), or else one of `large` (true, for more cells than are read), `unpacked` (bytes, when they are
    more than are read), `unfit` (name and type of each column that has no plain cells) and `error`.

    Parameters
    ----------
    cells
        The largest number of cells that is read.
    size
        The largest number of bytes that they may take.
    """
    content = sys.stdin.buffer.read()
    read = _spss if content.startswith(SPSS) else _parquet
    document: dict[str, object]
    try:
        document = read(content, cells, size)
    except Exception as broken:
        document = {"error": str(broken) or type(broken).__name__}
    sys.stdout.buffer.write(json.dumps(document, default=_plain).encode("utf-8"))
    return 0


def _spss(content: bytes, cells: int, size: int) -> dict[str, object]:
    import pyreadstat

    _, meta = pyreadstat.read_sav(io.BytesIO(content), metadataonly=True, output_format="dict")
    across = max(1, sum(meta.variable_storage_width.values()))
    most = min(cells // max(1, len(meta.column_names)), size // across)
    columns: Any
    columns, meta = pyreadstat.read_sav(io.BytesIO(content), row_limit=most + 1, output_format="dict")
    if any(len(values) > most for values in columns.values()):
        return {"large": True}
    return {"columns": [_variable(name, values, meta) for name, values in columns.items()]}


def _variable(name: str, values: Any, meta: Any) -> dict[str, object]:
    labels = meta.variable_value_labels.get(name, {})
    return {
        "name": name,
        "label": (meta.column_names_to_labels.get(name) or "").strip(),
        "values": [labels.get(cell, cell) for cell in map(_missing, values)],
    }


def _missing(cell: Any) -> object:
    return None if cell == "" or (isinstance(cell, float) and math.isnan(cell)) else cell


def _parquet(content: bytes, cells: int, size: int) -> dict[str, object]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    summary = ParquetFile(pa.BufferReader(content))
    if summary.metadata.num_rows * summary.metadata.num_columns > cells:
        return {"large": True}
    if (unpacked := _unpacked(summary.metadata)) > size:
        return {"unpacked": unpacked}
    fields = list(summary.schema_arrow)
    unfit = [(field.name, str(field.type)) for field in fields if not _fit(field.type)]
    if unfit:
        return {"unfit": unfit}
    # Distinct texts are read once, so that a file cannot hold one long text a million times.
    texts = [field.name for field in fields if _is_text(_valued(field.type))]
    table = ParquetFile(pa.BufferReader(content), read_dictionary=texts).read(use_threads=False)
    return {"columns": [_column(field.name, table.column(at)) for at, field in enumerate(fields)]}


def _unpacked(metadata: Any) -> int:
    groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
    return sum(
        group.column(at).total_uncompressed_size for group in groups for at in range(group.num_columns)
    )


def _fit(kind: Any) -> bool:
    from pyarrow import types

    valued = _valued(kind)
    plain = (types.is_boolean, types.is_integer, types.is_date, types.is_timestamp, types.is_null)
    return _is_text(valued) or _is_figure(valued) or any(is_kind(valued) for is_kind in plain)


def _valued(kind: Any) -> Any:
    from pyarrow import types

    return kind.value_type if types.is_dictionary(kind) else kind


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind))


def _is_figure(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_floating(kind) or types.is_decimal(kind))


def _column(name: str, column: Any) -> dict[str, object]:
    from pyarrow import types

    if types.is_dictionary(column.type):
        whole = column.unify_dictionaries().combine_chunks()
        chunks = [whole] if hasattr(whole, "dictionary") else whole.chunks
        texts = [_missing(cell) for chunk in chunks[:1] for cell in _values(chunk.dictionary)]
        places = [place for chunk in chunks for place in chunk.indices.to_pylist()]
        return {"name": name, "label": "", "values": places, "texts": texts}
    return {"name": name, "label": "", "values": [_missing(cell) for cell in _values(column)]}


def _values(column: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    cells = column.to_pylist()
    if pa.types.is_decimal(
        column.type
    ):  # the nearest number, which a conversion by the library itself misses
        return [None if cell is None else float(cell) for cell in cells]
    return cells


def _plain(value: Any) -> object:
    if isinstance(value, datetime.date):  # a date with a time of day is one, too
        return {"date": value.isoformat()}
    return value.item() if hasattr(value, "item") else str(value)


if __name__ == "__main__":
    sys.exit(main(cells=int(sys.argv[1]), size=int(sys.argv[2])))
