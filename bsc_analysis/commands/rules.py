"""``bsc rules``: list rule sets, show one, check what can be proven of it, compare data under several."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bsc_analysis.commands.options import add_command, add_reading, read_file
from bsc_analysis.commands.output import print_notes
from bsc_analysis.errors import DataError, RuleSetError
from bsc_analysis.language.words import LANGUAGES, say_error, say_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bsc_analysis.commands.options import Commands
    from bsc_analysis.evidence.rulecomparison import Comparison, Judgement
    from bsc_analysis.language.words import Language
    from bsc_analysis.scorecards.intake.reading import Intake
    from bsc_analysis.scorecards.proofs import Proof
    from bsc_analysis.scorecards.rules import RuleSet

EXAMPLES = """examples:
  bsc rules list
  bsc rules show bantaeng --language id
  bsc rules check panrb-skp my-rules.toml
  bsc rules compare iku-2025.xlsx kkp kmk-467 lkj-attainment
  bsc rules compare iku-2025.xlsx bantaeng 'bantaeng:*' --json
"""
ALL_VARIANTS = "*"
FINE, FAULTY = 0, 1


def add_parser(commands: Commands) -> None:
    """Add ``bsc rules`` and what it can do to the commands of ``bsc``."""
    rules = add_command(
        commands, "rules", summary="list, show, check and compare rule sets", examples=EXAMPLES
    )
    actions = rules.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_action(actions, "list", "one line per rule set")
    show = _add_action(actions, "show", "everything a rule set says, and who says so")
    show.add_argument(
        "rules", metavar="ID", help="a rule set: NAME, NAME:VARIANT, or the path of a TOML file"
    )
    check = _add_action(actions, "check", "what can be proven of rule sets and their variants")
    check.add_argument("rules", nargs="+", metavar="ID", help="rule sets by name, or paths of TOML files")
    check.add_argument(
        "--strict", action="store_true", help="fail on findings about a rule too, not only on faults"
    )
    compare = _add_action(actions, "compare", "the same data under several rule sets, side by side")
    compare.add_argument("file", type=Path, metavar="FILE", help="a workbook, CSV, SPSS or Parquet file")
    compare.add_argument(
        "rules", nargs="+", metavar="ID", help="NAME, NAME:VARIANT, or NAME:* for all its variants"
    )
    compare.add_argument("--json", action="store_true", help="print JSON, numbers in full precision")
    add_reading(compare)


def run(options: argparse.Namespace, language: Language) -> int:
    """Run one action of ``bsc rules`` and return the exit code.

    A check fails when a rule set cannot be read or is not proven; a comparison when no rule set takes the data.

    Raises
    ------
    BscError
        When a rule set does not exist, or the data cannot be read.
    """
    actions = {"list": _list, "show": _show, "check": _check, "compare": _compare}
    return actions[options.action](options, language)


def expand(names: Iterable[str]) -> tuple[RuleSet, ...]:
    """Return the rule sets that names mean; ``NAME:*`` means every variant of NAME.

    >>> [each.id for each in expand(["kkp", "kmk-467:*"])]
    ['kkp', 'kmk-467:nearest_edge']
    """
    from bsc_analysis.files import VARIANT_MARK, read_rules
    from bsc_analysis.scorecards.variants import take_variant

    found: list[RuleSet] = []
    for name in names:
        stem, mark, variant = name.rpartition(VARIANT_MARK)
        if mark and variant == ALL_VARIANTS:
            rules = read_rules(stem)
            found += [take_variant(rules, each.id) for each in rules.variants]
        else:
            found.append(read_rules(name))
    return tuple(found)


def _add_action(actions: Commands, name: str, summary: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # Without a default, so that a language given before the action stays.
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=argparse.SUPPRESS,
        help="the language of messages (default: en)",
    )
    return parser


def _list(options: argparse.Namespace, language: Language) -> int:  # noqa: ARG001 - every action is called alike
    from bsc_analysis.commands.ruletext import list_text
    from bsc_analysis.files import list_rules, read_rules

    return _print(list_text(map(read_rules, list_rules()), language))


def _show(options: argparse.Namespace, language: Language) -> int:
    from bsc_analysis.commands.ruletext import rule_text
    from bsc_analysis.files import read_rules

    return _print(rule_text(read_rules(options.rules), language))


def _check(options: argparse.Namespace, language: Language) -> int:
    """Print the proofs of every rule set; one that cannot be read does not keep the others from being checked."""
    from bsc_analysis.commands.ruletext import proof_text
    from bsc_analysis.files import read_rules
    from bsc_analysis.scorecards.proofs import prove

    code = FINE
    for name in options.rules:
        try:
            rules = read_rules(name)
        except RuleSetError as faulty:
            code = FAULTY
            _print([name, say_error(faulty, language)])
            continue
        proofs = prove(rules)
        _print(proof_text(proofs, rules, language))
        code = FAULTY if any(_counts(each, options) for each in proofs) else code
    return code


def _counts(proof: Proof, options: argparse.Namespace) -> bool:
    return proof.verdict == "fails" and (proof.required or options.strict)


def _compare(options: argparse.Namespace, language: Language) -> int:
    from bsc_analysis.commands.ruletext import comparison_text
    from bsc_analysis.evidence.rulecomparison import compare_rules

    rule_sets = expand(options.rules)
    intake = _read(options, rule_sets)
    print_notes(intake.notes, language)
    comparison = compare_rules(intake.observations, rule_sets)
    _print([_json(comparison, language)] if options.json else comparison_text(comparison, language))
    return FAULTY if len(comparison.refusals) == len(rule_sets) else FINE


def _read(options: argparse.Namespace, rule_sets: Sequence[RuleSet]) -> Intake:
    """Read the file under the first rule set that can read it, those that give words values before the others."""
    refusals: list[DataError] = []
    for rules in sorted(rule_sets, key=lambda each: not each.scales):
        try:
            return read_file(options, rules)
        except DataError as refused:
            refusals.append(refused)
    raise refusals[0]


def _print(lines: Sequence[str]) -> int:
    print("\n".join(lines))
    return FINE


def _json(comparison: Comparison, language: Language) -> str:
    content = {
        "rules": [
            {"id": each.id, "version": each.version, "mark": each.mark, "name": each.label.say(language)}
            for each in comparison.rules
        ],
        "indicators": [
            {
                "unit": each.unit,
                "year": each.year,
                "perspective": each.perspective,
                "indicator": each.indicator,
                "under": _under(comparison, each.judgements),
            }
            for each in comparison.indicators
        ],
        "organisations": [
            {"unit": each.unit, "year": each.year, "under": _under(comparison, each.judgements)}
            for each in comparison.organisations
        ],
        "refusals": [
            {"rules": each.rules, "reasons": [say_fault(one, language) for one in each.faults]}
            for each in comparison.refusals
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def _under(comparison: Comparison, judgements: Sequence[Judgement | None]) -> list[dict[str, Any]]:
    """Return what each rule set makes of one row, in their order; a rule set without a judgement stands by its name."""
    named = zip(comparison.rules, judgements, strict=True)
    return [{"rules": rules.id, **({} if each is None else asdict(each))} for rules, each in named]
