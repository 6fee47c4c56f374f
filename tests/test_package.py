"""What others install: the wheel holds all it needs, and answers away from here, with no network and nothing kept.

The slow tests build both distributions, install the wheel in an environment of its own, and ask it. Its dependencies
are lent by the environment that runs the tests, by a path: nothing is fetched, and this folder is not on that path.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
import regex
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
PACKAGES = ("eval", "index", "qa")
QUESTION = "CAAR-NK 细胞是谁构建的？"


def known_to_git() -> set[str]:
    """Every file of the repository; what is new and not ignored, too, since it is about to be one."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: only git knows what belongs to the repository")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in found.split("\0") if (ROOT / name).is_file()}


def would_hold(builder: WheelBuilder | SdistBuilder) -> set[str]:
    """The names that a distribution would have, before metadata is added."""
    return {file.distribution_path for file in builder.recurse_included_files()}


def run(*command: str | Path, cwd: Path, home: Path) -> str:
    """What a command prints, in an environment that has a home and nothing else."""
    environment = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else() -> None:
    wanted = {name for name in known_to_git() if name.startswith(tuple(f"{package}/" for package in PACKAGES))}
    wanted |= {f"index/{name}" for name in known_to_git() if name.startswith("seeds/")}
    assert would_hold(WheelBuilder(str(ROOT))) == wanted
    assert {f"{package}/py.typed" for package in PACKAGES} < wanted


def test_the_sdist_holds_the_repository() -> None:
    # git's own settings come with it as metadata
    assert would_hold(SdistBuilder(str(ROOT))) | {".gitignore", "pyproject.toml"} == known_to_git()


def test_the_page_on_installing_has_the_torch_that_is_pinned_and_every_extra() -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    pinned = regex.findall(r"^torch==\S+", (ROOT / "constraints.txt").read_text(encoding="utf-8"), regex.MULTILINE)
    assert set(regex.findall(r"torch==[\d.]+", page)) == set(pinned)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(regex.findall(r"'\.\[(\w+)\]'", page)) == set(project["optional-dependencies"])
    assert f"yinzheng-{project['version']}-py3-none-any.whl" in page


@dataclass(frozen=True)
class Built:
    """Both distributions, and the wheel that was built from the folder itself instead of the sdist."""

    sdist: Path
    wheel: Path
    direct: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--no-isolation")
    run(*build, "--outdir", out, ROOT, cwd=out, home=out)
    run(*build, "--wheel", "--outdir", out / "direct", ROOT, cwd=out, home=out)
    ((sdist,), (wheel,), (direct,)) = (out.glob("*.tar.gz"), out.glob("*.whl"), (out / "direct").glob("*.whl"))
    return Built(sdist, wheel, direct)


@pytest.mark.slow
def test_the_sdist_builds_the_same_wheel(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as one, zipfile.ZipFile(built.direct) as other:
        assert one.namelist() == other.namelist()
    assert built.wheel.read_bytes() == built.direct.read_bytes()


@pytest.mark.slow
def test_an_index_would_take_them(built: Built) -> None:
    out = built.sdist.parent
    run(sys.executable, "-m", "twine", "check", "--strict", built.sdist, built.wheel, cwd=out, home=out)


@pytest.mark.slow
def test_the_metadata_has_the_licence_and_the_notice(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        (folder,) = {name.partition("/")[0] for name in wheel.namelist()} - set(PACKAGES)
        about = message_from_bytes(wheel.read(f"{folder}/METADATA"))
        for name in ("LICENSE", "NOTICE"):
            assert wheel.read(f"{folder}/licenses/{name}") == (ROOT / name).read_bytes()
    assert (about["License-Expression"], about["Requires-Python"]) == ("Apache-2.0", ">=3.11")
    assert about.get_all("License-File") == ["LICENSE", "NOTICE"]
    assert {"dev", "langchain", "milvus", "peers"} == set(about.get_all("Provides-Extra") or ())
    with tarfile.open(built.sdist) as sdist:
        assert f"{folder.removesuffix('.dist-info')}/Makefile" in sdist.getnames()


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel, a folder to work in, and a home where nothing lies yet."""

    bin: Path
    site: Path
    away: Path
    home: Path


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    away, home = folder / "away", folder / "home"
    away.mkdir()
    home.mkdir()
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--no-index", "--no-deps", "--no-cache-dir", "--disable-pip-version-check")
    run(*pip, built.wheel, cwd=away, home=home)
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=away, home=home).strip()
    )
    # .pth files are not read in a folder that is itself named by one, so an editable install stays behind
    lent = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (site / "lent.pth").write_text("".join(f"{path}\n" for path in lent), encoding="utf-8")
    return Installed(python.parent, site, away, home)


@pytest.mark.slow
def test_the_wheel_is_what_is_imported(installed: Installed) -> None:
    code = "import sys, eval, index, qa; print(*sys.path, qa.__file__, index.__file__, eval.__file__, sep='\\n')"
    *path, qa, index, eval_ = run(installed.bin / "python", "-c", code, cwd=installed.away, home=installed.home).split()
    assert str(ROOT) not in path
    assert [qa, index, eval_] == [str(installed.site / name / "__init__.py") for name in ("qa", "index", "eval")]


@pytest.mark.slow
def test_the_wheel_answers_with_no_network_and_nothing_kept(installed: Installed, alone: list[str]) -> None:
    assert list(installed.home.iterdir()) == []
    command = (*alone, installed.bin / "yinzheng", "ask", QUESTION, "--json")
    first, again = (json.loads(run(*command, cwd=installed.away, home=installed.home)) for _ in range(2))
    assert first == again
    assert first["answered"]
    quote = first["quotes"][0]
    assert (quote["paragraph"], quote["lines"]) == ("4-P2", [339, 343])
    source = (installed.site / "index" / "seeds" / "000_db89032d233bef5f.txt").read_bytes().decode("utf-8-sig")
    assert source[quote["start"] : quote["end"]] == quote["raw"]
    assert "Meng" in quote["raw"]
    kept = {path.relative_to(installed.home).parts[:3] for path in installed.home.rglob("*") if path.is_file()}
    assert kept == {(".cache", "yinzheng", "index")}
    assert list(installed.away.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("yinzheng", "--help"), "usage: yinzheng "),
        (("yinzheng", "show", "4-P2"), "CAAR-NK"),
        (("yinzheng-eval", "check"), ", 0 findings"),
        (("yinzheng-eval", "--help"), "usage: yinzheng-eval "),
    ],
    ids=["help", "show", "eval check", "eval help"],
)
def test_the_commands_are_there(command: tuple[str, ...], said: str, installed: Installed, alone: list[str]) -> None:
    program, *arguments = command
    assert said in run(*alone, installed.bin / program, *arguments, cwd=installed.away, home=installed.home)
