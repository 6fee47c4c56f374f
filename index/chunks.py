"""What is searched: every sentence and every paragraph of the documents, as rows with their terms.

References are left out. A table's row is searched with the table's head, as a sentence is with its title.

A chunk is a view for searching and never replaces a paragraph's id. A sentence is searched together
with the title it stands under, because a text does not repeat its subject in every sentence; and with
the other language's words for its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from index.lexical.glossary import Glossary, Pair
from index.records import Document, Language, Paragraph, Span
from index.text.tokens import Tokenizer, normal

# A Latin word and the Chinese one it leans on (T细胞) are one term if they stand together this often.
COMPOUND_COUNT = 3

_HAN_NUMBER = "[一二三四五六七八九十]+"
_NUMBER = regex.compile(
    rf"^(?:{_HAN_NUMBER}、|第{_HAN_NUMBER}[章节]|[（(]{_HAN_NUMBER}[)）]|\d+\.\s*|\d+(?:\.\d+)*\s)\s*"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of the library: its place, and the row of its paragraph."""

    document: Document
    paragraph: Paragraph
    sentence: Span
    number: int  # the sentence's place in its paragraph
    paragraph_row: int

    @property
    def text(self) -> str:
        """Its display text."""
        return self.document.display(self.sentence.start, self.sentence.end)


def rows(documents: Iterable[Document], first: int = 0) -> tuple[list[Row], list[tuple[Document, Paragraph]]]:
    """Every sentence and every paragraph but the references, in the order of the documents.

    `first` is the row of the first paragraph. A table's head is no row of its own, unless it is all there is: it is
    read before each of the others.
    """
    sentences: list[Row] = []
    paragraphs: list[tuple[Document, Paragraph]] = []
    for document in documents:
        for paragraph in document.paragraphs:
            if paragraph.kind == "reference":
                continue
            headed = paragraph.kind == "table" and len(paragraph.sentences) > 1
            for number, span in enumerate(paragraph.sentences[headed:], start=headed):
                sentences.append(Row(document, paragraph, span, number, first + len(paragraphs)))
            paragraphs.append((document, paragraph))
    return sentences, paragraphs


def counts(document: Document) -> tuple[int, int]:
    """How many sentences and paragraphs `rows` makes of a document."""
    kept = [paragraph for paragraph in document.paragraphs if paragraph.kind != "reference"]
    heads = sum(paragraph.kind == "table" and len(paragraph.sentences) > 1 for paragraph in kept)
    return sum(len(paragraph.sentences) for paragraph in kept) - heads, len(kept)


def titles(paragraph: Paragraph) -> list[str]:
    """The titles a paragraph stands under, without their numbers and without those that are ours."""
    printed = [t for t in paragraph.section.titles if not t.startswith("[")]
    return [_NUMBER.sub("", t) for t in printed]


def lead(row: Row) -> str:
    """What a sentence is read after: the last title it stands under, and in a table its head."""
    words = titles(row.paragraph)[-1:]
    if row.paragraph.kind == "table" and row.number:
        head = row.paragraph.sentences[0]
        words.append(row.document.display(head.start, head.end))
    return " ".join(words)


def sentence_text(row: Row) -> str:
    """A sentence after what it is read after."""
    return " ".join(filter(None, [lead(row), row.text]))


def paragraph_text(document: Document, paragraph: Paragraph) -> str:
    """A paragraph after all its titles."""
    return " ".join([*titles(paragraph), document.display(paragraph.start, paragraph.end)])


def compounds(documents: Sequence[Document], tokenizer: Tokenizer) -> list[str]:
    """Terms of a Latin and a Chinese part that the documents use often: `T细胞`, `CAR-T疗法`."""
    pattern = regex.compile(r"(?<![\p{L}\d-])([A-Za-z][A-Za-z\d-]{0,7})(\p{Han}+)")
    counts: Counter[str] = Counter()
    for document in documents:
        for paragraph in document.paragraphs:
            for latin, han in pattern.findall(document.display(paragraph.start, paragraph.end)):
                word = tokenizer.first(han)
                if len(word) > 1:
                    counts[normal(latin + word)] += 1
    return sorted(term for term, count in counts.items() if count >= COMPOUND_COUNT)


def terms(
    text: str, language: Language, tokenizer: Tokenizer, glossary: Glossary, own: list[str] | None = None
) -> list[str]:
    """The terms of a text, `own` where they are known, and those of the other language that the glossary gives."""
    own = tokenizer.terms(text) if own is None else own
    if language == "zh":
        return own + glossary.english(own)
    return own + [term for zh in glossary.chinese(text) for term in tokenizer.of_word(zh)]


def vocabulary(pairs: Iterable[Pair]) -> list[str]:
    """The mined Chinese terms worth keeping whole in segmentation."""
    return sorted({pair.zh for pair in pairs if pair.source == "text"})
