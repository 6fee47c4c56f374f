"""Ask documents questions in Chinese and English; get verbatim quotes, each cited, or an honest refusal.

    import qa

    index = qa.open()
    for quote in index.ask("CAAR-NK 细胞是谁构建的？").quotes:
        print(quote.text, quote.citation)

`qa.open` gives an `Index`, which is asked, searched, verified and changed. Everything here is loaded when it is first
used, so that `import qa` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.errors import YinzhengError
    from index.shelf import Outcome, Report
    from qa.answering.answer import Answer
    from qa.answering.quotes import Quote
    from qa.answering.search import Found, PassageHit
    from qa.api import Index, open, to_dict, to_json, to_markdown
    from qa.verify import Verdict

_HOMES = {
    "Answer": "qa.answering.answer",
    "Found": "qa.answering.search",
    "Index": "qa.api",
    "Outcome": "index.shelf",
    "PassageHit": "qa.answering.search",
    "Quote": "qa.answering.quotes",
    "Report": "index.shelf",
    "Verdict": "qa.verify",
    "YinzhengError": "index.errors",
    "open": "qa.api",
    "to_dict": "qa.api",
    "to_json": "qa.api",
    "to_markdown": "qa.api",
}
__all__ = [
    "Answer",
    "Found",
    "Index",
    "Outcome",
    "PassageHit",
    "Quote",
    "Report",
    "Verdict",
    "YinzhengError",
    "open",
    "to_dict",
    "to_json",
    "to_markdown",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
