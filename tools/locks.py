"""Say, without any network, whether the two locks still carry what pyproject.toml declares.

Every declared dependency must be pinned at a version that satisfies its declaration; the development lock must contain the
runtime lock pin for pin; every pin must carry a hash; and no lock may say where packages come from.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
REMADE_BY = "make lock"


class Pin(NamedTuple):
    """One package of a lock: its canonical name, its version, where it applies, and how many hashes it has."""

    name: str
    version: str
    marker: str
    hashes: int


def main(arguments: list[str] | None = None) -> int:
    """Print every fault of the locks and return 1, or say that there is none."""
    parser = argparse.ArgumentParser(description="Hold the locks against pyproject.toml, offline.")
    parser.add_argument("--check", action="store_true", help="the only thing this does; there for symmetry")
    parser.parse_args(arguments)
    found = faults(ROOT)
    print("\n".join(found) or "both locks carry what pyproject.toml declares")
    return int(bool(found))


def faults(root: Path) -> list[str]:
    """Return one sentence for each fault of the two locks below ``root``."""
    missing = [name for name in (RUNTIME, DEVELOPMENT) if not (root / name).is_file()]
    if missing:
        return [f"{name}: missing; remake it with {REMADE_BY}" for name in missing]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in (RUNTIME, DEVELOPMENT)}
    pins = {name: read_pins(text) for name, text in texts.items()}
    runtime, development = _declared(root)
    return [
        *(fault for name, text in texts.items() for fault in _provenance(name, text)),
        *(fault for name in texts for fault in _unhashed(name, pins[name])),
        *_unmet(RUNTIME, pins[RUNTIME], runtime),
        *_unmet(DEVELOPMENT, pins[DEVELOPMENT], development),
        *_departures(pins[RUNTIME], pins[DEVELOPMENT]),
    ]


def read_pins(text: str) -> list[Pin]:
    """Return the pins of a lock in requirements format, in the order of the file."""
    pins = []
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]:
        requirement = Requirement(block.splitlines()[0].removesuffix("\\").strip())
        version = str(requirement.specifier).removeprefix("==")
        hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))
        pins.append(Pin(canonicalize_name(requirement.name), version, str(requirement.marker or ""), hashes))
    return pins


def _declared(root: Path) -> tuple[list[Requirement], list[Requirement]]:
    """Return what the runtime lock must carry, and what the development lock adds."""
    declaration = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = declaration.get("dependency-groups", {})
    runtime = [*declaration["project"]["dependencies"], *groups.get("build", [])]
    return [Requirement(line) for line in runtime], [Requirement(line) for line in groups.get("dev", [])]


def _provenance(name: str, text: str) -> list[str]:
    """Refuse a lock that names a place to fetch from or does not say how it is remade."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("-") or "://" in line or " @ " in line:
            found.append(f"{name}: line {number} names a place to fetch from: '{line.strip()}'")
    if REMADE_BY not in "\n".join(text.splitlines()[:5]):
        found.append(f"{name}: the header does not say that `{REMADE_BY}` remakes it")
    return found


def _unhashed(name: str, pins: list[Pin]) -> list[str]:
    """Name each pin that pip could not verify."""
    return [f"{name}: {pin.name}=={pin.version} has no hash" for pin in pins if pin.hashes == 0]


def _unmet(name: str, pins: list[Pin], requirements: list[Requirement]) -> list[str]:
    """Name each declared dependency that the lock lacks or pins outside its bounds."""
    found = []
    for requirement in requirements:
        versions = [pin.version for pin in pins if pin.name == canonicalize_name(requirement.name)]
        if not versions:
            found.append(
                f"{name}: '{requirement}' is declared in pyproject.toml and not pinned; run {REMADE_BY}"
            )
        found += [
            f"{name}: {requirement.name}=={version} does not satisfy '{requirement}'; run {REMADE_BY}"
            for version in versions
            if not requirement.specifier.contains(version, prereleases=True)
        ]
    return found


def _departures(runtime: list[Pin], development: list[Pin]) -> list[str]:
    """Name each runtime pin that the development lock does not repeat exactly."""
    repeated = {pin[:3] for pin in development}
    return [
        f"{DEVELOPMENT}: {pin.name}=={pin.version} of {RUNTIME} is missing or different"
        for pin in runtime
        if pin[:3] not in repeated
    ]


if __name__ == "__main__":
    sys.exit(main())
