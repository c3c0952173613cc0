"""Reads a page as a browser would, strictly: tags that do not balance are an error."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})


class PageReader(HTMLParser):
    """Collects tags, ids, text and captions of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.captioned: list[bool] = []
        self.faults: list[str] = []
        self.feed(page)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and that it is open."""
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"attribute twice in {tag}")
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.captioned.append(False)
        if tag == "caption":
            self.captioned[-1] = True
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that closes itself, as SVG's do."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag, which must be this one."""
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]} at {self.getpos()}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Note text with the tag that it stands in."""
        self.texts.append((self.open[-1] if self.open else "", data))

    def ids(self) -> list[str]:
        """Return every id, in order."""
        return [str(attrs["id"]) for _, attrs in self.tags if "id" in attrs]

    def count(self, tag: str) -> int:
        """Return how many tags of a name there are."""
        return sum(name == tag for name, _ in self.tags)

    def said(self) -> str:
        """Return the text that a reader sees, spaces run together."""
        words = [text for tag, text in self.texts if tag not in {"style", "script"}]
        return " ".join(" ".join(words).split())
