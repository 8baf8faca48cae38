"""Effects of a path model in words: which ones differ from each other, what each is called, and of which kind it is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bsc_analysis.language.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bsc_analysis.language.words import Language
    from bsc_analysis.paths.effectlist import EffectName

KINDS = {
    "direct": "direct",
    "specific": "specific indirect",
    "total_indirect": "total indirect",
    "total": "total effect",
    "contrast": "contrast",
    "defined": "defined",
}
SUMS = {"total_indirect": "indirect {path}", "total": "total {path}"}


def distinct_effects(names: Sequence[EffectName]) -> tuple[int, ...]:
    """Return the places of the effects that say something of their own.

    A total indirect effect along one path is that path's, and a total effect without a direct or without an indirect part
    is the part it has.

    >>> from bsc_analysis.paths.effectlist import list_effects
    >>> from bsc_analysis.paths.model import path_model
    >>> names = list_effects(path_model("IP ~ LG; CP ~ LG + IP")).names
    >>> [str(names[at]) for at in distinct_effects(names)]
    ['LG -> IP', 'LG -> CP', 'LG -> IP -> CP', 'total LG -> CP', 'IP -> CP']
    """
    direct = Counter((name.start, name.end) for name in names if name.kind == "direct")
    specific = Counter((name.start, name.end) for name in names if name.kind == "specific")

    def repeats(name: EffectName) -> bool:
        pair = name.start, name.end
        if name.kind == "total_indirect":
            return specific[pair] == 1
        return name.kind == "total" and not (direct[pair] and specific[pair])

    return tuple(at for at, name in enumerate(names) if not repeats(name))


def name_effect(name: EffectName, language: Language) -> str:
    """Name an effect by its path; a sum of paths says that it is one.

    >>> from bsc_analysis.paths.effectlist import EffectName
    >>> name_effect(EffectName("specific", "LG", "SH", ("IP",)), "en")
    'LG → IP → SH'
    >>> name_effect(EffectName("total", "LG", "SH"), "en")
    'total LG → SH'
    """
    if name.label:
        return name.label.replace("->", "→").replace(") - (", ") − (")
    path = " → ".join(name.path)
    return say(SUMS[name.kind], language, path=path) if name.kind in SUMS else path


def name_effects(names: Iterable[EffectName], language: Language) -> list[str]:
    """Name several effects."""
    return [name_effect(name, language) for name in names]


def name_kinds(names: Iterable[EffectName], language: Language) -> list[str]:
    """Say of which kind effects are."""
    return [say(KINDS[name.kind], language) for name in names]
