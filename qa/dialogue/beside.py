"""What a name, a place or a part beside the question before asks: "那MSC呢？", "And in mice?", "What about cost?"."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from qa.dialogue import wording
from qa.dialogue.asked import Asked, asks
from qa.dialogue.mention import Mention
from qa.dialogue.phrases import mentions
from qa.dialogue.reference import ABOUT
from qa.dialogue.saying import Carried, about, again, before, without_stop
from qa.dialogue.tokens import Token, tokens
from qa.dialogue.turn import AGAIN_MAX, Turn, holds, likeliest, topic

# A fragment has at most so many English words.
FRAGMENT_MAX = 8

_ZH = regex.compile(
    r"(?:换成|改成|换作|如果是|要是)?(?P<what>[^，,；;?？]{1,30}?)(?:呢|也(?:一样|有|是|能|会|可以|行|是?这样|如此)(?:吗|么|嘛))"
)
_EN = regex.compile(r"(?:(?:what|how) about|what of)\s+(?P<what>.+)")
_WH = frozenset("what which who whom whose when where why how if because , ，".split())
_COMPARES = regex.compile(
    r"(?:和|与(?!其)|跟|比(?![如较例方])|相比于?|比起)[^，,]+(?:比|相比|一样|区别|不同|差异|高|低|好|差|强|多|少|安全|有效).{0,6}"
)
_OTHERS = regex.compile(
    r"第?[一二两三四五六七八九十\d]+[种个类项位款条点]|(?:另|其)一?[种个类]|其他(?:的|人)?|别的|后者|前者|然后|还有|后来|接下来|剩下的?"
    r"|(?:the )?(?:first|second|third|fourth|last|other|others|latter|former|next|rest)(?: one| ones)?"
)
_ANOTHER = regex.compile(r"(?:其他|其它|别的|另一种|另外的?|(?:the )?other|another)\s*(?=\S)")
_IN_ZH = regex.compile(r"(?:在|对于?|给|用于|针对)?(?P<noun>.{1,20}?)(?:身上|体内|当中|中|里|方面)?")
_PLACE_ZH = regex.compile(r"在[^，,在的是]{1,12}?(?:身上|体内|中|里)")
_WHEN_ZH = regex.compile(r"(?:如果|要是|万一|假如|当).+|.+(?:以后|之后|以前|之前|后|前|时|的话|期间)")
_IN_EN = regex.compile(
    r"(?:in|of|for|with|without|during|after|before|against|among|under|at|on|within|over"
    r"|compared (?:to|with)|versus|vs)\s+\S.*"
)
_ARTICLE = regex.compile(r"^(?:the|an?)\s+")


def beside(asked: Asked, turns: Sequence[Turn]) -> Carried | None:
    """The question that a fragment makes of the one before; None where it is no fragment, or one of its own."""
    if not turns or wording.DEICTIC.search(asked.plain) or wording.DOCUMENT.search(asked.plain):
        return None
    plain, rest = asked.bare, asked.rest
    if asked.language == "zh":
        found = topic(turns, asked.plain)
        if _COMPARES.fullmatch(plain) and found and any(m.named for m in asked.mentions):
            subject = found[0].named(found[1], "zh", asked.names)
            return before(subject, rest), (subject,)
        match = _ZH.fullmatch(plain)
        if match and not asks(match["what"], "zh") and match["what"] not in ("那", "这"):
            return _Fragment(asked, turns, match["what"], rest[match.start("what") : match.end("what")]).said()
    elif match := _EN.fullmatch(plain):
        return _Fragment(asked, turns, match["what"], rest[match.start("what") : match.end("what")]).said()
    elif _is_fragment(asked.words) and plain:
        part = wording.is_part(_ARTICLE.sub("", plain))
        if part or (asked.typed.endswith(("?", "？")) and (asked.lead or _IN_EN.fullmatch(plain))):
            return _Fragment(asked, turns, plain, rest[: len(plain)]).said()
    return None


def _is_fragment(words: Sequence[Token]) -> bool:
    return len(words) <= FRAGMENT_MAX and not (wording.AUXILIARIES | _WH).intersection(token.word for token in words)


class _Fragment:
    """What was put beside the question before: `plain`, folded, and `what`, as written."""

    def __init__(self, asked: Asked, turns: Sequence[Turn], plain: str, what: str) -> None:
        self.asked, self.turns, self.plain, self.what = asked, turns, plain, what.strip()
        self.last = turns[0]
        self.noun = _ARTICLE.sub("", _ANOTHER.sub("", plain))
        found = topic(turns, asked.plain)
        self.subject = found[0].named(found[1], asked.language, asked.names) if found else ""
        self.mentions = mentions(self.what, asked.names)
        self.same = self.last.language == asked.language and len(self.last.text) <= AGAIN_MAX

    def said(self) -> Carried | None:
        if _OTHERS.fullmatch(self.plain):
            return self._about()
        whole = [m for m in self.mentions if len(m.core) >= len(self.noun)]
        thing = next((m for m in whole if self._is_thing(m)), None)
        if thing:
            return self._instead(thing) or self._about()
        if self.asked.language == "en" and _IN_EN.fullmatch(self.plain):
            return self._at_end(self.what) if self.same else self._about()
        if self.same and (where := self._where()):
            return where
        if any(m.named for m in self.mentions) or not self.subject:
            return None
        if wording.is_part(wording.head(self.noun)) or self.asked.at_home:
            return self._part()
        return self._instead(whole[0], alike_only=True) if whole else None

    def _is_thing(self, mention: Mention) -> bool:
        name = mention.named or mention.core in self.asked.names or _ANOTHER.match(self.plain)
        return bool(name) and not mention.living

    def _about(self) -> Carried | None:
        return (about(self.asked, self.subject), (self.subject,)) if self.subject else None

    def _part(self) -> Carried:
        if self.asked.language == "zh":
            return f"{self.subject}的{self.what}呢？", (self.subject,)
        of = "for" if " of " in self.plain else "of"
        return f"{without_stop(self.asked.typed)} {of} {self.subject}?", (self.subject,)

    def _where(self) -> Carried | None:
        """People, animals, a place or a condition, in the question before."""
        chinese = self.asked.language == "zh"
        if chinese and _PLACE_ZH.fullmatch(self.plain) and (old := _PLACE_ZH.search(self.last.text)):
            return again(self.last, *old.span(), self.what)
        inside = _IN_ZH.fullmatch(self.plain) if chinese else None
        noun = inside["noun"] if inside else self.noun
        living = next((m for m in mentions(noun, self.asked.names) if m.living), None)
        alone = living is not None and len(noun) == len(self.noun) == len(living.core)
        if living and alone and (found := self._instead(living, alike_only=True, last_only=True)):
            return found
        if not chinese:
            return self._at_end(f"in {self.what}") if living else None
        place = all(token.tag == "ns" for token in self.asked.words if token.word in self.plain)
        if place and (there := next((t for t in tokens(self.last.text, self.asked.names) if t.tag == "ns"), None)):
            return again(self.last, there.start, there.end, self.what)
        if living or place or len(noun) < len(self.plain) or _WHEN_ZH.fullmatch(self.plain):
            led = len(noun) == len(self.plain) and not _WHEN_ZH.fullmatch(self.plain)
            what = f"{'在' if place else '对于'}{self.what}" if led else self.what
            return f"{what}，{self.last.text}？", (self.last.text,)
        return None

    def _at_end(self, what: str) -> Carried:
        """The last question with "in mice" for the "in patients" at its end, or after it."""
        word = regex.escape(what.partition(" ")[0].casefold())
        end = regex.search(rf"\s{word}\s+(?:the\s+)?[\p{{L}}\d-]+(?:\s[\p{{L}}\d-]+)?$", self.last.text)
        base = self.last.text[: end.start()] if end else self.last.text
        return f"{base} {what[0].lower() + what[1:]}?", (base,)

    def _instead(self, thing: Mention, *, alike_only: bool = False, last_only: bool = False) -> Carried | None:
        """The last question of something of that sort, asked of this thing instead.

        Where no sort is known, a name takes a name's place, unless `alike_only`.
        """
        for sure in (True, False)[: 1 if alike_only else 2]:
            for turn in self.turns[: 1 if last_only else None]:
                old = likeliest(m for m in turn.mentions if self._beside(m, thing, sure=sure))
                if old and len(turn.text) <= AGAIN_MAX:
                    new = self.what
                    if turn.language != self.asked.language:
                        new = self.asked.names.in_other(new, chinese=turn.language == "zh")
                    if regex.search(r"\b(?:the|an?)\s+$", turn.text[: old.start]):
                        new = _ARTICLE.sub("", new)
                    text, carried = again(turn, old.start, old.end, new)
                    return (text, carried) if carried else None
        return None

    def _beside(self, old: Mention, new: Mention, *, sure: bool) -> bool:
        """Whether one can stand in the other's place; cells are given as treatments are."""
        if wording.is_part(old.core) or holds(self.asked.plain, old) or not (old.weight >= ABOUT or new.living):
            return False
        both = old.sorts | new.sorts
        if sure:
            return bool(old.sorts & new.sorts) or (bool(old.sorts and new.sorts) and both <= wording.GIVEN)
        return old.named and not (old.sorts and new.sorts)
