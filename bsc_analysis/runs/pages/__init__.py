"""Executed notebooks as self-contained HTML pages that open without a network."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from bsc_analysis.language.words import Language

NO_ADDRESS = ""
INJECTED, HIDDEN = "injected-parameters", "not-on-the-page"


def write_page(notebook: Path, page: Path, *, language: Language) -> None:
    """Render an executed notebook as one HTML file: narrative, outputs and the parameters of the run, nothing loaded.

    Parameters
    ----------
    notebook
        The executed notebook.
    page
        The file to write.
    language
        The language of the page, for screen readers.
    """
    import nbformat
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import TagRemovePreprocessor

    with as_file(files("bsc_analysis.runs.pages")) as folder:
        exporter = HTMLExporter(
            template_name="pages",
            template_file="index.html.j2",
            extra_template_basedirs=[str(folder.parent)],
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            language_code=language,
            require_js_url=NO_ADDRESS,
            mathjax_url=NO_ADDRESS,
            mermaid_js_url=NO_ADDRESS,
            jupyter_widgets_base_url=NO_ADDRESS,
            widget_renderer_url=NO_ADDRESS,
        )
        content = nbformat.read(notebook, as_version=4)
        content.metadata["title"] = _title(content)
        exporter.register_preprocessor(TagRemovePreprocessor(remove_input_tags={HIDDEN}), enabled=True)
        _hide_code(content)
        body, _ = exporter.from_notebook_node(content)
    page.write_text(body, encoding="utf-8")


def _hide_code(content: Any) -> None:
    """Tag the code of every cell to be left out, but for the parameters this run was given.

    The folder the run worked in is left out of those too: it is gone when the page is read.
    """
    for cell in content.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and INJECTED not in tags:
            cell.metadata["tags"] = [*tags, HIDDEN]
        if INJECTED in tags:
            cell.source = "\n".join(
                line for line in cell.source.splitlines() if not line.startswith("out = ")
            )


def _title(content: object) -> str:
    cells = getattr(content, "cells", [])
    headings = [
        line.lstrip("# ") for cell in cells for line in cell.source.splitlines() if line.startswith("# ")
    ]
    return headings[0] if headings else "bsc_analysis"
