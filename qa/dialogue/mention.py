"""A noun phrase of a question: its sorts, and how likely the next question means it."""

from __future__ import annotations

from dataclasses import dataclass

from qa.dialogue import wording
from qa.dialogue.names import Names, fold

# What makes it likely that the next question is about a phrase, in steps that were tried on the tuning half's
# questions: a name; the subject of its sentence; the noun of a relative clause or behind "of"; not the object of a
# verb or preposition; not what is asked for, nor a part of something else, nor people.
NAMED, SUBJECT, HEAD, OF, OBJECT, ASKED, PART, PERSON = 2.0, 0.5, 1.5, 1.0, -1.0, -3.0, -3.0, -2.0
# Several things together are a little likelier than the first of them.
JOINED = 0.25


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase of a question, with half-open offsets there.

    `text` is how to repeat it; `core` its folded words without article and without what follows the noun. The
    greater `weight`, the likelier the next question is about it; `joined` where "and" joins several.
    """

    text: str
    start: int
    end: int
    core: str
    named: bool
    sorts: frozenset[str]
    plural: bool
    weight: float
    joined: bool = False

    @property
    def living(self) -> bool:
        """Whether it is of people or animals."""
        return bool(self.sorts & wording.LIVING)


def sorts_of(core: str, names: Names) -> frozenset[str]:
    """The sorts of a folded phrase, by its last word, by its other name, and by what names begin with it."""
    known = [core, fold(names.twin(core))]
    known += [core + tail for tail in ("细胞", "治疗", "疗法", "细胞疗法") if core + tail in names]
    known += [core.removesuffix("s")] if core.removesuffix("s") != core else []
    return frozenset(sort for sort, pattern in wording.SORTS.items() if any(map(pattern.search, known)))
