"""A table of what was tried, after the tests: `python -m pytest tests/fuzz -m 'slow or not slow'` prints all of it."""

from __future__ import annotations

import hypothesis
import pytest
from trial import REFUSED, TRIED

hypothesis.settings.register_profile("fuzz", deadline=None)
hypothesis.settings.load_profile("fuzz")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TRIED:
        terminalreporter.write_sep("-", "inputs tried")
        for name, count in sorted(TRIED.items()):
            terminalreporter.write_line(f"{name:<28}{count:>9}{REFUSED[name]:>9} refused by name")
        terminalreporter.write_line(f"{'all':<28}{TRIED.total():>9}")
