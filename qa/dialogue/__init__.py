"""Follow-up questions, understood without a language model: what "那发病率呢？" or "And in mice?" asks, in full.

By rule, from the words of the questions; an answer is never read. Where a question may well stand alone, it does.
"""

from qa.dialogue.follow_up import Understood, understand
from qa.dialogue.names import Names, known_names

__all__ = ["Names", "Understood", "known_names", "understand"]
