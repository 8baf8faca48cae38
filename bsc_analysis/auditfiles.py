"""What ``bsc audit`` is given on disk: a document with the tables it names, or a study; both become a case to audit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bsc_analysis.audittables import add_tables
from bsc_analysis.documents import read_content
from bsc_analysis.errors import ModelError, PrintedError, RuleSetError, UseError, fault
from bsc_analysis.evidence.audit import try_policies
from bsc_analysis.evidence.auditcase import AuditCase, gather
from bsc_analysis.evidence.auditdocument import DescriptivesDocument, PathsDocument, ScorecardDocument
from bsc_analysis.evidence.auditreading import read_audit_document
from bsc_analysis.evidence.descriptiverelations import descriptive_figures, relate_descriptives, untested
from bsc_analysis.evidence.pathfigures import path_figures
from bsc_analysis.evidence.pathrelations import relate_paths
from bsc_analysis.evidence.relations import relate
from bsc_analysis.evidence.scorecardfigures import name_rows, scorecard_figures
from bsc_analysis.evidence.scorecardrelations import relate_scorecard
from bsc_analysis.evidence.statedrules import stated_rules
from bsc_analysis.files import data_folder, read_rules, read_text
from bsc_analysis.language.words import Label, nearest
from bsc_analysis.paths.model import path_model
from bsc_analysis.studies import list_studies, read_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bsc_analysis.errors import Fault
    from bsc_analysis.evidence.auditdocument import AuditDocument
    from bsc_analysis.paths.pathmodel import PathModel
    from bsc_analysis.scorecards.rules import RuleSet

T = TypeVar("T")
PLAIN = "lkj-attainment"
NOTHING = "{got} is neither a file nor a study, allowed: the path of a TOML file, {allowed}"
GUESSED = "{got} is neither a file nor a study, did you mean {guess}?"
TWO_RULES = "{where}: rules and rule: the document names a rule set and states one; keep one of the two"
PLAIN_RULE = "no rule set is named: achievements are read as plain attainment ({rules}), perspectives without weights of their own"
UPPER_EDGE = "a target range is held to its nearest edge: the sum names the edge"
FROM_PATHS = "no model is stated: the printed paths are taken as the whole model"
STANDARDISED = (
    "standardised coefficients are read as least squares of each equation, its residuals uncorrelated"
)
NOT_SIMPLE = "the model has latent variables, fixed or equal coefficients or residual covariances: coefficients are not held against correlations"


def read_case(given: str) -> AuditCase:
    """Read whatever can be audited: the path of a TOML document, or the name of a study.

    Raises
    ------
    UseError
        When there is neither a file nor a study of this name.
    BscError
        With every fault of the document.

    >>> read_case("kkp").kind
    'study'
    """
    path = Path(given)
    if path.is_file():
        return read_audit_file(path)
    if given in list_studies() or (path / "study.toml").is_file():
        return study_case(given)
    known = list_studies()
    guess = nearest(given, known)
    if guess:
        raise UseError(fault(GUESSED, got=repr(given), guess=repr(guess)))
    raise UseError(fault(NOTHING, got=repr(given), allowed=", ".join(known)))


def read_audit_file(path: Path) -> AuditCase:
    """Read a document and the tables that it names.

    Raises
    ------
    PrintedError
        With every fault of the document: unknown keys, numbers, names, figures that stand twice.
    """
    text, where = read_text(path)
    return case_of(read_content(text, where, PrintedError), path.parent, where)


def case_of(content: Mapping[str, Any], folder: Path, where: str) -> AuditCase:
    """Return a document's plain tables as a case; ``folder`` is where the files it names lie.

    Raises
    ------
    PrintedError
        As :func:`read_audit_file`.

    >>> from bsc_analysis.evidence.auditcase import audit_case
    >>> row = {"variable": "Kepuasan", "n": "19", "mean": "3.45", "granularity": "1"}
    >>> case = case_of({"kind": "descriptives", "title": "Survei", "mean": [row]}, Path(), "survei.toml")
    >>> [str(finding.verdict) for finding in audit_case(case)]
    ['cannot be checked', 'contradicts']
    """
    document = read_audit_document(add_tables(content, folder, where), where)
    match document:
        case ScorecardDocument():
            return _scorecard(document, folder, where)
        case PathsDocument():
            return _paths(document, where)
        case DescriptivesDocument():
            return _descriptives(document, where)
        case _:
            raise TypeError(document)


def study_case(name: str) -> AuditCase:
    """Return a study's printed figures as a case, with the relations of its rule set and its path model."""
    study = read_study(name)
    groups = (study.rules.perspectives, study.rules.indicators)
    return AuditCase(
        kind="study",
        title=study.label,
        printed=study.printed,
        relations=relate(study.printed.figures, study.rules, study.model),
        policies=tuple(each for each in try_policies(study.rules.missing) if each != "refuse"),
        names={each.id: each.label for group in groups for each in group},
    )


def example_text(kind: str) -> str:
    """Return the filled example of one kind of document.

    >>> example_text("paths").splitlines()[0].startswith("#")
    True
    """
    return read_text(data_folder() / "examples" / f"audit-{kind}.toml")[0]


def _scorecard(document: ScorecardDocument, folder: Path, where: str) -> AuditCase:
    rules, notes = _rules(document, folder, where)
    rows = name_rows(document, rules, where)
    printed = gather(document, scorecard_figures(document, rows, rules, where), where)
    relations = relate_scorecard(rows, printed.figures, rules, weights=document.weights_sum_to_one)
    if any(figure.key.quantity == "target_upper" for figure in printed.figures):
        notes = (*notes, fault(UPPER_EDGE))
    groups = (rules.perspectives, rules.indicators)
    return AuditCase(
        kind="scorecard",
        title=_title(document),
        printed=printed,
        relations=relations,
        policies=tuple(each for each in try_policies(rules.missing) if each != "refuse"),
        notes=notes,
        names={each.id: each.label for group in groups for each in group},
    )


def _rules(document: ScorecardDocument, folder: Path, where: str) -> tuple[RuleSet, tuple[Fault, ...]]:
    """Return the rule set that is named or stated, or plain attainment, which gives perspectives no weights."""
    if document.rules is not None and document.rule is not None:
        raise PrintedError(fault(TWO_RULES, where=where))
    if document.rule is not None:
        return stated_rules(document.rule, document.printing.marks, where), ()
    if document.rules is not None:
        return _located(lambda: read_rules(document.rules or "", beside=folder), f"{where}: rules"), ()
    plain = replace(read_rules(PLAIN), perspectives=())
    return plain, (fault(PLAIN_RULE, rules=PLAIN),)


def _paths(document: PathsDocument, where: str) -> AuditCase:
    model, notes = _model(document, where)
    printed = gather(document, path_figures(document, model, where), where)
    implied = document.correlations_are == "implied"
    relations = relate_paths(printed.figures, model, implied=implied, se_of=document.se_of)
    held = document.correlations and any(row.beta for row in document.path)
    if held:
        notes = (*notes, fault(STANDARDISED if model.simple else NOT_SIMPLE))
    return AuditCase("paths", _title(document), printed, relations, notes=notes)


def _model(document: PathsDocument, where: str) -> tuple[PathModel, tuple[Fault, ...]]:
    if document.model is not None:
        stated = document.model
        return _located(lambda: path_model(stated), f"{where}: model"), ()
    lines = (f'"{row.end}" ~ "{row.start}"' for row in document.path)
    return _located(lambda: path_model("\n".join(lines)), f"{where}: path"), (fault(FROM_PATHS),)


def _descriptives(document: DescriptivesDocument, where: str) -> AuditCase:
    printed = gather(document, descriptive_figures(document, where), where)
    relations = relate_descriptives(document, printed.figures)
    return AuditCase(
        "descriptives", _title(document), printed, relations, notes=untested(document, printed.figures)
    )


def _located(read: Callable[[], T], where: str) -> T:
    """Say of what is wrong with a model or a rule set where the document names it."""
    try:
        return read()
    except (ModelError, RuleSetError, UseError) as invalid:
        raise invalid.located(where) from None


def _title(document: AuditDocument) -> Label:
    return Label(document.title, document.title)
