"""NOTICE is true: it has every dependency's licence as that declares it, and explains all that is not permissive."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

import pytest
import regex
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
# How packages write them, and what is meant. "MIT License", "Apache2.0", "BSD" alone, and SPDX are all seen.
FAMILIES = {
    "AGPL": r"AGPL|Affero",
    "LGPL": r"LGPL|Lesser General",
    "GPL": r"\bGPL|\bGNU General",
    "MPL": r"\bMPL|Mozilla",
    "proprietary": r"(?i)proprietary|NVIDIA",
    "Apache": r"Apache",
    "BSD": r"(?<!0)BSD",
    "0BSD": r"0BSD",
    "MIT": r"\bMIT\b",
    "ISC": r"\bISC",
    "PSF": r"\bPSF|Python Software Foundation",
    "CNRI": r"CNRI",
    "Zlib": r"(?i)zlib",
    "CC0": r"CC0",
    "BSL": r"BSL-1\.0",
}
ASK_SOMETHING_BACK = {"AGPL", "LGPL", "GPL", "MPL", "proprietary"}
LONG = 120  # a licence's whole text in the place of its name


def project() -> dict[str, list[str]]:
    """What this project requires, and with each of its extras."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"": read["dependencies"], **read["optional-dependencies"]}


DIRECT = [Requirement(text) for text in (*project()[""], *project()["langchain"], *project()["milvus"])]


def tables() -> list[dict[str, str]]:
    """Each table of NOTICE: the licence by the package's name as it is compared, in the file's order."""
    blocks = regex.split(r"\n\n", (ROOT / "NOTICE").read_text(encoding="utf-8"))
    rows = [regex.findall(r"^  (\S+) {2,}(\S.*)$", block, regex.MULTILINE) for block in blocks]
    return [{canonicalize_name(name): licence for name, licence in found} for found in rows if found]


def declared(distribution: metadata.Distribution) -> str:
    """The licence as the package's metadata has it: the expression, or the field, or the classifiers."""
    about = distribution.metadata
    if expression := about.get("License-Expression"):
        return expression
    written = about.get("License", "")
    if written and written != "UNKNOWN" and len(written) <= LONG:
        return written
    return ", ".join(kind for kind in about.get_all("Classifier") or [] if kind.startswith("License"))


def families(licence: str) -> set[str]:
    return {name for name, pattern in FAMILIES.items() if regex.search(pattern, licence)}


def explained(distribution: metadata.Distribution, named: Mapping[str, str]) -> bool:
    """Whether its licence is permissive, or stands in NOTICE."""
    kinds = families(declared(distribution))
    permissive = bool(kinds) and not kinds & ASK_SOMETHING_BACK
    return permissive or any(fnmatch(canonicalize_name(distribution.name), pattern) for pattern in named)


def installed(requirements: list[Requirement]) -> Iterator[metadata.Distribution]:
    """Everything that gets installed with these, each once."""
    seen: set[tuple[str, str]] = set()
    waiting = [(one, extra) for one in requirements for extra in (*one.extras, "")]
    while waiting:
        one, extra = waiting.pop()
        if (canonicalize_name(one.name), extra) in seen:
            continue
        seen.add((canonicalize_name(one.name), extra))
        distribution = metadata.distribution(one.name)
        if not extra:
            yield distribution
        for further in map(Requirement, distribution.requires or ()):
            if further.marker is None or further.marker.evaluate({"extra": extra}):
                waiting += [(further, name) for name in (*further.extras, "")]


def test_every_dependency_is_named_and_nothing_else() -> None:
    direct = tables()[0]
    assert list(direct) == sorted(direct)
    assert set(direct) == {canonicalize_name(one.name) for one in DIRECT}


@pytest.mark.parametrize("requirement", DIRECT, ids=lambda requirement: requirement.name)
def test_the_licence_is_the_one_that_is_declared(requirement: Requirement) -> None:
    distribution = metadata.distribution(requirement.name)
    said, own = tables()[0][canonicalize_name(requirement.name)], declared(distribution)
    assert families(said) == families(own) != set(), f"NOTICE says {said}, {requirement.name} declares {own}"
    if expression := distribution.metadata.get("License-Expression"):
        assert said.partition(" (")[0] == expression


def test_what_comes_along_is_permissive_or_explained() -> None:
    direct, others = tables()
    found = list(installed(DIRECT))
    assert [f"{one.name}: {declared(one)}" for one in found if not explained(one, direct | others)] == []
    names = {canonicalize_name(one.name): one for one in found}
    stale = [name for name in others if "*" not in name and (name not in names or explained(names[name], {}))]
    assert stale == []
    for name in set(others) & set(names):
        assert others[name].partition(" (taken")[0] == declared(names[name])


@pytest.mark.parametrize(
    ("licence", "kinds"),
    [
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", {"MPL", "GPL", "LGPL"}),
        ("License :: OSI Approved :: GNU Affero General Public License v3", {"AGPL"}),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", {"GPL"}),
        ("AGPL-3.0-only", {"AGPL"}),
        ("BSD-3-Clause AND 0BSD", {"BSD", "0BSD"}),
        ("Apache2.0", {"Apache"}),
        ("LicenseRef-NVIDIA-Proprietary", {"proprietary"}),
        ("a licence of our own", set()),
        ("", set()),
    ],
)
def test_families(licence: str, kinds: set[str]) -> None:
    assert families(licence) == kinds
