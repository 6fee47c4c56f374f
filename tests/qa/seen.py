"""A message of the page as its elements and their texts, after checking that nothing foreign is markup in it."""

from __future__ import annotations

from html.parser import HTMLParser

TAGS = {
    "a", "b", "blockquote", "button", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "li", "mark", "p",
    "pre", "section", "small", "span", "summary", "ul",
}  # fmt: skip
ATTRIBUTES = {"class", "dir", "href", "lang", "open", "role", "title", "type"}


class Seen(HTMLParser):
    """The elements of a message, the text of those named, and every attribute."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.open: list[int] = []
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(message)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.open.append(len(self.found))
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        assert self.open, data
        for number in self.open:
            self.found[number][2].append(data)

    def of(self, tag: str, kind: str = "") -> list[str]:
        """The texts of the elements of this name and class."""
        return ["".join(text) for _, text in self._are(tag, kind)]

    def values(self, attribute: str, tag: str, kind: str = "") -> list[str | None]:
        """An attribute of the elements of this name and class."""
        return [attributes.get(attribute) for attributes, _ in self._are(tag, kind)]

    def _are(self, tag: str, kind: str) -> list[tuple[dict[str, str | None], list[str]]]:
        return [
            (attributes, text)
            for name, attributes, text in self.found
            if name == tag and (not kind or kind in (attributes.get("class") or "").split())
        ]


def check(message: str) -> Seen:
    """One line of balanced HTML, opened by a block element: Markdown cannot act in it."""
    assert message.startswith("<div class=")
    assert not set(message) & set("\r\n\t")
    return Seen(message)
