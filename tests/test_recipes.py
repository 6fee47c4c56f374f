"""Two recipes of CONTRIBUTING, followed by a stranger: a format and an encoder that come with another package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOY = Path(__file__).parent / "toy"
FILM = """1
00:00:01,000 --> 00:00:04,000
灯塔的守护者是李明。

2
00:00:05,000 --> 00:00:09,000
The lighthouse was built in 1891.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as an installer makes it of a package: what it says of itself, and where its modules are."""
    folder = tmp_path_factory.mktemp("site")
    about = folder / "toy-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[yinzheng.formats]\nsrt = toy_subtitles:READER\n[yinzheng.encoders]\nletters = toy_letters:Letters\n"
    )
    return folder


def yinzheng(*arguments: str | Path, site: Path | None) -> subprocess.CompletedProcess[str]:
    """The command line, in a process that has the package installed, or not."""
    path = os.pathsep.join(map(str, [ROOT, *([site, TOY] if site else [])]))
    command = [sys.executable, "-m", "qa", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def saved(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a film, its index, and a saved answer of it."""
    folder = tmp_path_factory.mktemp("films")
    (folder / "film.srt").write_text(FILM, encoding="utf-8")
    added = yinzheng("index", "add", folder, "--index", folder / "index", "--encoder", "letters", site=site)
    assert added.returncode == 0, added.stderr
    assert "added film.srt as film: film (SRT; 2 paragraphs, 2 sentences)" in added.stdout
    asked = yinzheng("ask", "When was the lighthouse built?", "--index", folder / "index", "--json", site=site)
    assert asked.returncode == 0, asked.stderr
    (folder / "answer.json").write_text(asked.stdout, encoding="utf-8")
    return folder


def test_a_format_and_an_encoder_from_outside(saved: Path, site: Path) -> None:
    (quote,) = json.loads((saved / "answer.json").read_text(encoding="utf-8"))["quotes"]
    assert quote["raw"] == FILM[quote["start"] : quote["end"]] == "The lighthouse was built in 1891."
    assert quote["citation"] == "film · [引言] · 0-P2"  # no lines: those of a film mean nothing to a reader
    held = yinzheng("verify", saved / "answer.json", "--index", saved / "index", site=site)
    assert (held.returncode, held.stdout) == (0, "1 of 1 quotes hold\n")
    manifest = json.loads(yinzheng("index", "info", "--json", "--index", saved / "index", site=site).stdout)
    assert (manifest["encoder"], manifest["stale"]) == ("letters", None)


def test_what_such_a_package_refuses_is_named(tmp_path: Path, site: Path) -> None:
    (tmp_path / "empty.srt").write_text("nothing said", encoding="utf-8")
    done = yinzheng("index", "add", tmp_path, "--index", tmp_path / "index", "--encoder", "letters", site=site)
    assert done.returncode == 1
    assert "empty.srt: has no subtitle; check the file" in done.stdout


@pytest.mark.slow
def test_without_the_package(saved: Path) -> None:
    asked = yinzheng("ask", "When?", "--index", saved / "index", site=None)
    assert asked.returncode == 2
    assert "no sentence-transformers model at 'letters'" in asked.stderr
    assert "that of an installed encoder" in asked.stderr
    held = yinzheng("verify", saved / "answer.json", "--index", saved / "index", site=None)
    assert held.returncode == 1
    assert "film.srt is in the format srt, which nothing here reads; install the package that does" in held.stdout
