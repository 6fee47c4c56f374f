"""An answer that says the question again, for tests of loads."""

from __future__ import annotations

from eval.bench.serve.client import Reply


def answered(question: str, number: int = 0) -> Reply:
    return Reply("answered", question)
