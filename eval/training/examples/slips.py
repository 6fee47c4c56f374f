"""Questions as people type them, and half in the words of the other language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import regex

from eval.training.examples.data import Asked
from eval.training.examples.terms import ASKING, terms
from index.lexical import glossary

# Of a question that is put half in the other language's words, each word that the dictionary knows, this often.
SWITCHED_WORDS = 0.67


class Slips:
    """Makes slips; words are exchanged by CC-CEDICT, for those that stand in some of these questions."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.switch(0.0, 0.0)
        words = {
            language: {term.lower() for a in asked if a.language == language for term in terms(a.text)}
            for language in ("zh", "en")
        }
        self.glosses: dict[str, dict[str, list[str]]] = {"zh": defaultdict(list), "en": defaultdict(list)}
        for word, gloss in glossary.cedict():
            english = " ".join(gloss.split()).removeprefix("to ")
            if word in words["zh"] and len(gloss) < 25:
                self.glosses["zh"][word].append(english)
            if english in words["en"] and len(word) > 1:
                self.glosses["en"][english].append(word)

    def switch(self, chinese: float, english: float) -> None:
        """Set the shares of questions of each language that are put half in the other's words."""
        self._shares = {"zh": chinese, "en": english}

    def made(self, text: str, language: str, rng: np.random.Generator) -> str:
        """A question as it may be asked."""
        text = noisy(text, rng)
        share = self._shares[language]
        return self.switched(text, language, rng) if share and rng.random() < share else text

    def switched(self, text: str, language: str, rng: np.random.Generator) -> str:
        """A question with two thirds of the words that the dictionary knows in the other language."""
        for term in sorted(set(terms(text)), key=lambda term: (-len(term), term)):
            glosses = self.glosses[language].get(term if language == "zh" else term.lower())
            if glosses and not ASKING.match(term) and rng.random() < SWITCHED_WORDS:
                text = text.replace(term, f" {glosses[rng.integers(len(glosses))]} ", 1)
        return " ".join(text.split())


def noisy(text: str, rng: np.random.Generator) -> str:
    """A question as people type it: no mark at the end, keywords only, small letters, a slip."""
    if rng.random() < 0.25:
        text = regex.sub(r"[?？。.]+$", "", text)
    if rng.random() < 0.08:
        words = [w for w in (terms(text) if regex.search(r"\p{Han}", text) else text.split()) if not ASKING.match(w)]
        if len(words) > 2:
            text = " ".join(words)
    if rng.random() < 0.15:
        text = text.lower()
    if rng.random() < 0.08 and len(text) > 6:
        at = int(rng.integers(1, len(text) - 1))
        swapped = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        text = text[:at] + text[at + 1 :] if rng.random() < 0.5 else swapped
    return text or "?"
