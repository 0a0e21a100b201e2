"""A page of styled lines: every text on it is made safe, wrapped to the width, and coloured only where asked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gitlint_ops.lint.model import Severity
from gitlint_ops.report.escape import printable

if TYPE_CHECKING:
    from rich.text import Text

Part = str | tuple[str, str]
"""A text, or a text with its rich style."""

STYLES: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}
"""The rich style of each severity."""
NOUNS: dict[Severity, tuple[str, str]] = {
    "error": ("error", ""),
    "warning": ("warning", ""),
    "info": ("info", "infos"),
}
"""The words for one and for many, as ``plural`` takes them."""


class Page:
    """Collects lines and gives them as one text.

    ``width`` is in terminal cells; ``unicode`` says whether box-drawing characters may be used.
    """

    def __init__(self, *, color: bool, width: int, unicode: bool = True) -> None:
        from rich.console import Console

        self.width = max(width, 40)
        self.unicode = unicode
        self._sink = io.StringIO()
        self._console = Console(
            file=self._sink,
            width=self.width,
            force_terminal=color,
            color_system="standard" if color else None,
            markup=False,
            highlight=False,
            emoji=False,
            legacy_windows=False,
            _environ={},
        )

    def line(self, *parts: Part, indent: int = 0, hanging: int = 0) -> None:
        """Add ``parts``, wrapped at words, behind ``indent`` cells; all lines but the first behind ``hanging`` more."""
        if not parts:
            self._sink.write("\n")
            return
        text = _join(parts)
        first = text.wrap(self._console, self.width - indent)[0]
        first.rstrip()
        self._put(" " * indent, first)
        rest = text[len(first) :]
        rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
        for piece in rest.wrap(self._console, self.width - indent - hanging) if rest else ():
            piece.rstrip()
            self._put(" " * (indent + hanging), piece)

    def raw(self, *parts: Part, indent: int = 0) -> None:
        """Add one line of ``parts`` that is never wrapped."""
        self._put(" " * indent, _join(parts))

    def flow(self, *pieces: Sequence[Part], lead: str, below: str) -> None:
        """Add pieces, two cells apart, behind ``lead``; one that does not fit begins a line behind ``below``.

        No piece is broken: a path stays one word.
        """
        line: list[Part] = [(lead, "dim")]
        used = cells(lead)
        for number, piece in enumerate(pieces):
            wide = cells(_join(tuple(piece)).plain)
            if number and used + 2 + wide > self.width:
                self.raw(*line)
                line, used = [(below, "dim"), *piece], cells(below) + wide
            else:
                line += [*(["  "] if number else []), *piece]
                used += wide + 2 * bool(number)
        self.raw(*line)

    def prose(self, text: str, indent: int = 0) -> None:
        """Add prose as its author laid it out: paragraphs are wrapped, indented and listed lines are kept."""
        paragraph: list[str] = []
        for line in [*text.strip().split("\n"), ""]:
            if line.strip() and not line.startswith((" ", "-", "*", "```")):
                paragraph.append(line.strip())
                continue
            if paragraph:
                self.line(" ".join(paragraph), indent=indent)
                paragraph = []
            if line.strip():
                self.raw(line.rstrip(), indent=indent)

    def text(self) -> str:
        """Give everything on the page; it ends with a newline unless it is empty."""
        return self._sink.getvalue()

    def _put(self, prefix: str, text: Text) -> None:
        from rich.text import Text

        self._console.print(Text(prefix) + text, soft_wrap=True)


def _join(parts: tuple[Part, ...]) -> Text:
    from rich.text import Text

    text = Text()
    for part in parts:
        content, style = (part, "") if isinstance(part, str) else part
        text.append(printable(content), style=style or None)
    return text


def plural(count: int, noun: str, many: str = "") -> str:
    """Give ``1 error`` or ``2 errors``; ``many`` where the plural is not formed with an s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def cells(text: str) -> int:
    """Give the width of a text in terminal cells."""
    from rich.cells import cell_len

    return cell_len(text)
