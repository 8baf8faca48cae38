"""``bsc audit``: what a document prints is recomputed, and each figure follows, contradicts or cannot be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bsc_analysis.commands.options import add_command
from bsc_analysis.errors import UseError, fault

if TYPE_CHECKING:
    import argparse

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.language.words import Language

EXAMPLES = """examples:
  bsc audit --example scorecard
  bsc audit paper.toml
  bsc audit paper.toml --language id
  bsc audit paper.toml --json
  bsc audit kkp

DOCUMENT is a TOML file with the figures of a scorecard, a path model or descriptive statistics, as printed, or the name of a
study. docs/audit-format.md describes the file; --example prints a filled one of each kind.

A figure contradicts when no numbers that print so, rounded or cut off, give it. The exit code is 1 when one does.
"""
KINDS = ("scorecard", "paths", "descriptives")
FINE, FAULTY = 0, 1
NOTHING = "nothing to audit: name a document, or ask with --example for one"
EXAMPLE_ALONE = "--example prints an example and audits nothing: leave out {got}"


def add_parser(commands: Commands) -> None:
    """Add ``bsc audit`` to the commands of ``bsc``."""
    parser = add_command(
        commands, "audit", summary="recompute the printed figures of any document", examples=EXAMPLES
    )
    parser.add_argument("document", nargs="?", metavar="DOCUMENT", help="a TOML file, or the name of a study")
    parser.add_argument("--example", choices=KINDS, help="print a filled example of this kind of document")
    parser.add_argument("--json", action="store_true", help="print JSON, numbers in full precision")


def run(options: argparse.Namespace, language: Language) -> int:
    """Audit a document, or print an example of one, and return the exit code.

    Raises
    ------
    BscError
        When there is no such document, or it has faults.
    """
    if options.example:
        return _example(options)
    if not options.document:
        raise UseError(fault(NOTHING))
    from bsc_analysis.auditfiles import read_case
    from bsc_analysis.evidence.auditcase import audit_case, recover
    from bsc_analysis.evidence.ledger import Verdict

    case = read_case(options.document)
    findings, recovered = audit_case(case), recover(case)
    if options.json:
        from bsc_analysis.exhibits.auditjson import audit_json

        print(audit_json(case, findings, recovered, language))
    else:
        from bsc_analysis.commands.audittext import audit_text

        print(audit_text(case, findings, recovered, language))
    return FAULTY if any(each.verdict is Verdict.CONTRADICTS for each in findings) else FINE


def _example(options: argparse.Namespace) -> int:
    from bsc_analysis.auditfiles import example_text

    others = [
        name for name, given in ((options.document, options.document), ("--json", options.json)) if given
    ]
    if others:
        raise UseError(fault(EXAMPLE_ALONE, got=", ".join(others)))
    print(example_text(options.example), end="")
    return FINE
