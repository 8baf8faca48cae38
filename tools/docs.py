"""Hold the documents against the code and against each other.

Links resolve, versions agree, every module has its row in docs/architecture.md, every `make` target that a document names
exists, and no file says on which machine it was written or where packages are fetched from.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
ARCHITECTURE = "docs/architecture.md"
PACKAGE = "bsc_analysis"
NOT_COMMITTED = {".git", ".venv", "results", "dist", "__pycache__"}

LINK = re.compile(
    r"""\]\(\s*<?([^)<>\s]+)>?(?:\s+["'][^)]*)?\)|^\s*\[[^\]]+\]:\s*(\S+)|(?:src|href)="([^"]+)\"""", re.M
)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
INLINE_CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.M)
NAMED_PLACE = re.compile(r'<a\s+(?:id|name)="([^"]+)"')


def _forbidden() -> re.Pattern[bytes]:
    """Build the pattern of machine paths and package indexes from pieces, so that this file does not match itself."""
    folders = "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers", "op" + "t"))
    hosts = "|".join(
        f"{name}\\.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"))
    )
    options = "|".join(("index" + "-url", "find" + "-links"))
    return re.compile(
        rf"(?<![\w.}})\]*/~-])/(?:{folders})/[\w.-]+|\b(?:{hosts})\b|--(?:extra-)?(?:{options})\b".encode()
    )


FORBIDDEN = _forbidden()


def main(arguments: list[str] | None = None) -> int:
    """Print every fault of the documents and return 1, or say that there is none."""
    parser = argparse.ArgumentParser(description="Hold the documents against the code.")
    parser.add_argument("--check", action="store_true", help="the only thing this does; there for symmetry")
    parser.parse_args(arguments)
    found = faults(ROOT)
    print("\n".join(found) or "documents and code are in step")
    return int(bool(found))


def faults(root: Path) -> list[str]:
    """Return one sentence for each fault of the documents below ``root``."""
    files = committed(root)
    return [
        *(f"{name}: missing" for name in (*DOCUMENTS, ARCHITECTURE) if name not in files),
        *(fault for name in _documents(files) for fault in broken_links(root, name, files)),
        *versions(root),
        *unnamed_modules(root, files),
        *betrayals(root, files),
        *unknown_targets(root, files),
    ]


def committed(root: Path) -> set[str]:
    """Return the files that are or will be committed, relative to ``root``; without git, every plausible file."""
    if (root / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        answer = subprocess.run(command, check=False, capture_output=True, text=True)
        if answer.returncode == 0:
            return {name for name in answer.stdout.split("\0") if name and (root / name).is_file()}
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if NOT_COMMITTED.isdisjoint(path.parts)}


def broken_links(root: Path, name: str, files: set[str]) -> list[str]:
    """Name each relative link or image of one document that leads nowhere, and each missing heading."""
    text = INLINE_CODE.sub("", FENCE.sub("", (root / name).read_text(encoding="utf-8")))
    found = []
    for match in LINK.finditer(text):
        link = next(group for group in match.groups() if group)
        if re.match(r"[a-z][a-z0-9+.-]*:", link, re.I):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = _resolve(root, name, path)
        if target is None or not _exists(target, files):
            found.append(f"{name}: link '{link}' leads to no committed file")
        elif (
            anchor
            and target.endswith(".md")
            and anchor not in headings((root / target).read_text(encoding="utf-8"))
        ):
            found.append(f"{name}: link '{link}' names no heading of {target}")
    return found


def headings(text: str) -> set[str]:
    """Return the anchors of a Markdown text: its headings, spelt as a repository page spells them, and named places."""
    seen: Counter[str] = Counter()
    anchors = set(NAMED_PLACE.findall(text))
    for title in HEADING.findall(FENCE.sub("", text)):
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", title).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return anchors


def versions(root: Path) -> list[str]:
    """Compare version and date in pyproject.toml, CITATION.cff and the newest released section of CHANGELOG.md."""
    declared = str(tomllib.loads(_read(root, "pyproject.toml")).get("project", {}).get("version", "none"))
    cited = dict(re.findall(r'(?m)^(version|date-released):\s*"?([^"\s]+)"?', _read(root, "CITATION.cff")))
    released = re.search(r"(?m)^## \[(\d[^\]]*)\] - (\S+)", _read(root, "CHANGELOG.md"))
    newest, date = released.groups() if released else ("none", "none")
    found = []
    if cited.get("version") != declared:
        found.append(f"CITATION.cff: version {cited.get('version', 'none')}, pyproject.toml has {declared}")
    if newest != declared:
        found.append(f"CHANGELOG.md: newest section is {newest}, pyproject.toml has {declared}")
    if cited.get("date-released") != date:
        found.append(f"CITATION.cff: released {cited.get('date-released', 'none')}, CHANGELOG.md says {date}")
    return found


def unnamed_modules(root: Path, files: set[str]) -> list[str]:
    """Compare the modules of the package with the paths in the tables of docs/architecture.md, both ways."""
    rows = [line for line in _read(root, ARCHITECTURE).splitlines() if line.lstrip().startswith("|")]
    named = set(re.findall(r"`([\w./-]+\.py)`", "\n".join(rows)))
    modules = {
        name.removeprefix(f"{PACKAGE}/")
        for name in files
        if name.startswith(f"{PACKAGE}/") and name.endswith(".py")
    }
    wanted = {name for name in modules if not name.endswith("/__init__.py")}
    found = [f"{ARCHITECTURE}: no table names `{name}`" for name in sorted(wanted - named)]
    found += [f"{ARCHITECTURE}: `{name}` does not exist" for name in sorted(named - modules - files)]
    return found


def betrayals(root: Path, files: set[str]) -> list[str]:
    """Name each line that tells a machine's folder or a package index."""
    found = []
    for name in sorted(files):
        for number, line in enumerate((root / name).read_bytes().split(b"\n"), start=1):
            if match := FORBIDDEN.search(line):
                found.append(
                    f"{name}: line {number} names a machine path or a package index: {match[0].decode()}"
                )
    return found


def unknown_targets(root: Path, files: set[str]) -> list[str]:
    """Name each `make` target that a document shows and the Makefile lacks."""
    targets = set(re.findall(r"(?m)^([a-z][\w-]*):", _read(root, "Makefile")))
    found = []
    for name in _documents(files):
        text = (root / name).read_text(encoding="utf-8")
        code = "\n".join(
            [match[0].strip("`") for match in (*FENCE.finditer(text), *INLINE_CODE.finditer(text))]
        )
        shown = set(re.findall(r"(?:^|[;&$] ?)make ([a-z][\w-]*)", code, re.M))
        found += [
            f"{name}: `make {target}` is no target of the Makefile" for target in sorted(shown - targets)
        ]
    return found


def _documents(files: set[str]) -> Iterator[str]:
    """Yield the documents that readers see, those that exist, in a fixed order."""
    yield from (name for name in DOCUMENTS if name in files)
    yield from sorted(name for name in files if name.startswith("docs/") and name.endswith(".md"))


def _resolve(root: Path, document: str, path: str) -> str | None:
    """Return what a link's path means, relative to ``root``; nothing when it leaves the checkout."""
    if not path:
        return document
    target = (root / document).parent.joinpath(path).resolve()
    return target.relative_to(root.resolve()).as_posix() if target.is_relative_to(root.resolve()) else None


def _exists(target: str, files: set[str]) -> bool:
    return target in files or target == "." or any(name.startswith(f"{target}/") for name in files)


def _read(root: Path, name: str) -> str:
    """Return the text of a file, or nothing where it is missing: that fault is reported by its own sentence."""
    path = root / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
