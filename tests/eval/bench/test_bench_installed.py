"""What an installation costs: bytes by hand, and a row for each import."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from eval.bench.installed import MIB, sizes


def put(site: Path, name: str, **files: int) -> None:
    """A distribution of these files; RECORD itself is listed and counts, too, and what is listed may be gone."""
    about = site / f"{name}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    for file, size in files.items():
        (site / f"{name}_{file}.py").write_bytes(b"#" * size)
    record = [f"{name}_{file}.py,,\n" for file in files] + [f"{name}_gone.py,,\n"]
    (about / "RECORD").write_text("".join(record))


def test_sizes_by_hand(tmp_path: Path) -> None:
    put(tmp_path / "site", "small", a=10)
    put(tmp_path / "site", "large", a=2000, b=30)
    put(tmp_path / "site", "alike", a=10)
    put(tmp_path / "shadowed", "small", a=99)
    found = sizes(distributions(path=[str(tmp_path / "site"), str(tmp_path / "shadowed")]))
    assert list(found.items()) == [("large", 2030), ("alike", 10), ("small", 10)]


def test_a_table_of_sizes_and_one_of_imports(evaluate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "eval.bench.installed.sizes", lambda found: {"torch": 3 * MIB, "numpy": MIB // 2, "qa": MIB // 2}
    )
    monkeypatch.setattr("eval.bench.installed.in_turn", lambda commands: {name: [0.5, 1.0, 4.0] for name in commands})
    head, first, rest, total, blank, *imported = evaluate("bench", "installed", "--top", "1").out.splitlines()
    assert head.split() == ["distribution", "size", "share"]
    assert first.split() == ["torch", "3.0", "MiB", "0.75"]
    assert rest.split() == ["2", "more", "1.0", "MiB", "0.25"]
    assert (total, blank) == ("3 distributions, 4 MiB", "")
    assert imported[1].split() == ["import", "qa", "1.00", "s", "0.50", "s", "1.00"]
    assert [row.split()[1] for row in imported[1:]] == ["qa", "sentence_transformers", "gradio"]


@pytest.mark.parametrize("top", ["0", "x"])
def test_top_is_positive(evaluate: Any, top: str) -> None:
    assert evaluate("bench", "installed", "--top", top).status == 2
