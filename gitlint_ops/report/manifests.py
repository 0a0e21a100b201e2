"""Kubernetes objects as a YAML stream that every YAML reader, of version 1.1 or 1.2, reads back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*\Z")
"""Texts that need no quotes: no indicator, nothing that starts like a number."""
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Plain words that YAML 1.1 or 1.2 reads as something other than a text, in any case."""
_MAX_SIMPLE_KEY = 1000
"""A key that stands before its colon may have 1,024 characters; a longer one is written behind a question mark."""
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\x1b": "\\e"}
_BLOCK = re.compile(r"[^\s\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def render_yaml(objects: Iterable[Mapping[str, Any]]) -> str:
    """Give ``objects`` as YAML documents between ``---`` lines, keys in their own order."""
    return "---\n".join("\n".join(_lines(item, "")) + "\n" for item in objects)


def _lines(value: Any, indent: str) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [line for key, item in value.items() for line in _pair(_scalar(str(key)), item, indent)]
    if isinstance(value, list) and value:
        return [line for item in value for line in _item(item, indent)]
    return [indent + _scalar(value)]


def _pair(key: str, item: Any, indent: str) -> list[str]:
    if len(key) <= _MAX_SIMPLE_KEY:
        return _entry(f"{indent}{key}:", item, indent)
    nested = indent + "  " if isinstance(item, list) else indent
    return [f"{indent}? {key}", *_entry(f"{indent}:", item, nested)]


def _entry(head: str, item: Any, indent: str) -> list[str]:
    """Give ``key: value``: a nested mapping is indented, a nested list is not (as kubectl prints them)."""
    if isinstance(item, Mapping) and item:
        return [head, *_lines(item, indent + "  ")]
    if isinstance(item, list) and item:
        return [head, *_lines(item, indent)]
    return _text(head + " ", item, indent + "  ")


def _item(item: Any, indent: str) -> list[str]:
    if isinstance(item, (Mapping, list)) and item:
        first, *rest = _lines(item, indent + "  ")
        return [f"{indent}- {first[len(indent) + 2 :]}", *rest]
    return _text(f"{indent}- ", item, indent + "  ")


def _text(head: str, item: Any, indent: str) -> list[str]:
    """Give a scalar behind ``head``: a text of several lines as a literal block where one can hold it."""
    if not (isinstance(item, str) and "\n" in item and _fits_block(item)):
        return [head + _scalar(item)]
    body = item.removesuffix("\n")
    return [
        head + ("|" if item.endswith("\n") else "|-"),
        *(indent + line if line else "" for line in body.split("\n")),
    ]


def _fits_block(text: str) -> bool:
    """Tell whether a literal block keeps ``text``: starts and ends with ink, no blanks at line ends, all printable.

    A line that a CI runner would obey goes between quotes too.
    """
    body = text.removesuffix("\n")
    return bool(
        body
        and not body[0].isspace()
        and not body.endswith("\n")
        and all(line == line.rstrip() and not line.lstrip().startswith("::") for line in body.split("\n"))
        and "##[" not in body
        and all(character in " \n" or _BLOCK.match(character) for character in body)
    )


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.match(value) and value.lower() not in _WORDS else _quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, Sequence):
        return "[]"
    text = json.dumps(value)
    # YAML 1.1 takes 1e+16 for a text.
    return text.replace("e", ".0e") if isinstance(value, float) and "e" in text and "." not in text else text


def _quoted(text: str) -> str:
    """Give a double-quoted scalar; what is not printable, or a command to a CI runner (``##[``), is escaped."""
    return '"' + "".join(map(_in_quotes, text)).replace("##[", "#\\x23[") + '"'


def _in_quotes(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return _SHORT_ESCAPES.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
