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
    from index.errors import YinzhengError as YinzhengError
    from index.shelf import Outcome as Outcome
    from index.shelf import Report as Report
    from qa.answering.answer import Answer as Answer
    from qa.answering.quotes import Quote as Quote
    from qa.answering.search import Found as Found
    from qa.answering.search import PassageHit as PassageHit
    from qa.api import Index as Index
    from qa.api import open as open
    from qa.api import to_dict as to_dict
    from qa.api import to_json as to_json
    from qa.api import to_markdown as to_markdown
    from qa.verify import Verdict as Verdict

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
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
