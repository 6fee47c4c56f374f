"""A turn of a conversation: everything that is kept, exported and drawn comes from it.

Its `record` is what `ask --json` prints. `desk` makes turns; a browser keeps them and brings them back, with a seal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from index.errors import NotFound
from index.records import Document, Language, Listed
from qa import settings
from qa.verify import problem

# A kept conversation is proved with this, so that it says nothing to another server, or to this one begun anew.
_KEY = secrets.token_bytes(32)


class Holds(Protocol):
    """What quotes are proved against: all documents that a session may see."""

    @property
    def listed(self) -> Sequence[Listed]:
        """All of them, as a list shows them."""
        ...

    def document(self, id: str) -> Document:
        """The document of that id; NotFound for another."""
        ...


@dataclass(frozen=True, slots=True)
class Turn:
    """What was typed, the question as understood, and its answer.

    `carried` are the words that were taken from the turns before; `looked` the words that were looked for and
    `absent` those that never occur, both on a refusal only; `suggestions` are questions the source answers.
    Where only some documents were asked, `asked` says how many, `among` of how many, and `titles` what the first of
    them are called; where only one language was, `only` is that.
    """

    id: str
    typed: str
    question: str
    carried: tuple[str, ...]
    record: dict[str, Any]
    looked: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    asked: int = 0
    among: int = 0
    titles: tuple[str, ...] = ()
    only: Language | None = None

    def plain(self) -> dict[str, Any]:
        """This turn as JSON has it."""
        return asdict(self)

    def sealed(self) -> dict[str, Any]:
        """This turn as a browser keeps it: with a seal that only this server can make."""
        value = self.plain()
        return {**value, "seal": _seal(value)}

    @classmethod
    def read(cls, value: Any, library: Holds) -> Turn | None:
        """A turn from what a browser kept; None where it is malformed or its quotes do not stand in the library.

        A quote whose document is gone, and where else its words stand, are believed with the seal only.
        """
        try:
            own = _is_sealed(value)
            record = value["record"]
            turn = cls(
                id=_text(value["id"]),
                typed=_text(value["typed"]),
                question=_text(value["question"]),
                carried=_texts(value["carried"]),
                record={
                    "question": _text(record["question"]),
                    "language": record["language"] if record["language"] in ("zh", "en") else "en",
                    "answered": bool(record["answered"]),
                    "confidence": min(1.0, max(0.0, float(record["confidence"]))),
                    "reason": None if record["reason"] is None else _text(record["reason"]),
                    "quotes": list(record["quotes"]),
                    "nearest": list(record["nearest"]),
                    "index": _text(record["index"]),
                },
                looked=_texts(value["looked"]),
                absent=_texts(value["absent"]),
                suggestions=_texts(value["suggestions"]),
                asked=int(value.get("asked", 0)),
                among=int(value.get("among", 0)),
                titles=_texts(value.get("titles", ())),
                only=value["only"] if value.get("only") in ("zh", "en") else None,
            )
            for quote in [*turn.record["quotes"], *turn.record["nearest"]]:
                found = held(quote, library)
                if not own:
                    quote.pop("also", None)
                if (problem(quote, found) if found else not own) or not 0 <= float(quote["score"]) <= 1:
                    return None
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            return None
        return turn if turn.record["answered"] == bool(turn.record["quotes"]) else None


def held(quote: dict[str, Any], library: Holds) -> Document | None:
    """The document of a quote; None where it is gone, or another has its name now."""
    try:
        found = library.document(quote["document"])
    except NotFound:
        return None
    return found if found.sha256 == quote["sha256"] else None


def _seal(value: dict[str, Any]) -> str:
    text = json.dumps(_plain(value), sort_keys=True)
    return hmac.new(_KEY, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _is_sealed(value: dict[str, Any]) -> bool:
    seal = value.get("seal")
    kept = {key: one for key, one in value.items() if key != "seal"}
    return isinstance(seal, str) and seal.isascii() and hmac.compare_digest(seal, _seal(kept))


def _plain(value: Any) -> Any:
    """A value as it is whether a browser kept it or not: there, 1.0 is 1, and a tuple is a list."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > settings.QUESTION_CHARACTERS_MAX * 2:
        raise ValueError("expected a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or len(value) > 100:
        raise ValueError("expected texts")
    return tuple(_text(one) for one in value)
