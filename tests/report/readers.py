"""What a reader makes of each format: its skeleton, in which no text of a repository may show, and its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt

Reading = tuple[list[str], list[str]]
"""The skeleton and the texts."""


def read_text(text: str) -> Reading:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert "##[" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    # Long lines are wrapped at spaces, so that lines say nothing; paths and rules are never broken.
    return [], [" ".join(text.split())]


def read_json(text: str) -> Reading:
    assert text.isascii()
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return list(_shape(value, "")), list(_strings(value))


def _shape(value: Any, path: str) -> Iterator[str]:
    yield f"{path}:{type(value).__name__}"
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _shape(item, f"{path}/{key}")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in items:
        yield from _strings(item)


def read_sarif(text: str) -> Reading:
    skeleton, texts = read_json(text)
    uris = re.findall(r'"uri": "([^"]*)"', text)
    assert all(re.fullmatch(r"[\w.~/%-]+", uri) for uri in uris), "a URI's text is encoded"
    return skeleton, [*(item.replace("\\[", "[").replace("\\]", "]") for item in texts), *map(unquote, uris)]


def read_junit(text: str) -> Reading:
    root = ET.fromstring(text.encode("utf-8"))
    elements = list(root.iter())
    skeleton = [f"{element.tag} {' '.join(sorted(element.attrib))}" for element in elements]
    return skeleton, [t for e in elements for t in (e.text or "", *e.attrib.values())]


def read_github(text: str) -> Reading:
    """Read as the runner does: see ActionCommand.cs and OutputManager.cs of actions/runner."""
    skeleton: list[str] = []
    texts: list[str] = []
    for line in re.split(r"\r\n|\r|\n", text):
        command = re.match(r"^\s*::(\w[\w-]*)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$", line)
        if command is None:
            assert "##[" not in line
            texts.append(line)
            continue
        pairs = [pair.partition("=") for pair in (command[2] or "").split(",")]
        skeleton.append(f"{command[1]} {' '.join(key for key, _, _ in pairs)}")
        values = [value.replace("%3A", ":").replace("%2C", ",") for _, _, value in pairs]
        texts += [_undone(value) for value in (*values, command[3])]
    return skeleton, texts


def _undone(value: str) -> str:
    return value.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


class _Page(HTMLParser):
    """Collects tags with the names of their attributes, and texts with the attributes' values."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.texts: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {' '.join(name for name, _ in attrs)}".strip())
        self.texts += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def read_html(text: str) -> Reading:
    page = _Page()
    page.feed(text)
    return page.tags, ["".join(page.texts), *page.texts]


def read_markdown(text: str) -> Reading:
    outside_of_fences = re.sub(r"^(`{3,})diff\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    own_links = re.sub(r"\]\(https://github\.com/gitlint-ops/[^)]*\)", "", outside_of_fences)
    assert not re.search(r"@|://|www\.|(?<!&)#\d", own_links), "nothing that a reader links by itself"
    page = _Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    # A word that could be a reference is written as code; that is all that a text may change.
    return [tag for tag in page.tags if tag != "code"], ["".join(page.texts)]


READERS: dict[str, Callable[[str], Reading]] = {
    "text": read_text,
    "json": read_json,
    "sarif": read_sarif,
    "github": read_github,
    "gitlab": read_json,
    "junit": read_junit,
    "markdown": read_markdown,
    "html": read_html,
}
