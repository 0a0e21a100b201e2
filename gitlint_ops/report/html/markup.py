"""HTML and SVG elements whose texts and attributes are always escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

from gitlint_ops.report.escape import printable

_VOID = frozenset({"br", "input", "meta"})


class Markup(str):
    """Text that is HTML already: made by ``element`` from escaped parts, or a part of this program."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str | int | bool) -> Markup:
    """Give an element. Content that is not Markup is escaped, control characters are shown.

    Attributes: ``class_`` is ``class``, an underscore within a name is a hyphen; True writes the bare name, False
    nothing.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not False)
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(content)}</{name}>")


def join(parts: Iterable[str]) -> Markup:
    """Put parts together, escaped where they are not Markup."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def escape(text: str) -> Markup:
    """Give a repository's text as HTML that shows it as it is."""
    return Markup(html.escape(printable(text), quote=True))


def _attribute(key: str, value: str | int | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
