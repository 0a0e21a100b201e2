"""Documents with a value of another type here and there, made line by line: the rest of a text stays as it is."""

from __future__ import annotations

import re
from random import Random

_FIELD = re.compile(r"(?P<head> *(?:- +)?)(?P<key>[\w./$\"'-]+):(?P<rest>[ \t].*|$)")
_ITEM = re.compile(r"(?P<head> *- +)(?P<rest>\S.*)")
_INLINE = re.compile(r"(?<=[{\[,:] )[^\s,{}\[\]#][^,{}\[\]#\n]*|(?<=[{\[])[^\s,{}\[\]#:]+(?=[,\]])")
"""A scalar of a flow mapping or list, or the plain one of a field."""
_LONG = 5000
VALUES = (
    *("", "null", "true", "0", "-1", "1.5", ".nan", ".inf", "1e400", "0x10", "010", "2024-01-01", "1e999999999"),
    *("[]", "{}", "[1]", "[null]", "[[]]", "[a, a]", "[{}]", "[{a: 1}]", "[name: [a]]", "[{path: /a/\u00b2}]"),
    *("{a: 1}", "{a: {b: null}}", "{name: null}", "{path: {}}", "{kind: [a], apiVersion: {}}", "{'': x}", "{1: x}"),
    *("{true: x}", "{null: x}", "{2024-01-01: x}", "{? [a] : b}", "{<<: {a: b}}", "&x a", "*x", "!!binary aGVsbG8="),
    *("''", "' '", "'*'", "'['", "(", "'%'", "'\u00b2%'", "'{0}'", "a{b}c", r"\1", r'"\ud800"', r'"\u0000"', "!x y"),
    *("'{{ x }}'", "'{{ .Values.x }}'", "'{{'", "${X}", "'$('", "/", "'../..'", "://", "'a:b@c'", "'a@sha256:'"),
    *(
        r'"a\nb: c\n"',
        "'*/0 * * * *'",
        "a=b",
        ">=1.0",
        "\u0663",
        "2024-01-01T00:00:00Z",
        "x" * 300,
        f"'{'long ' * 400}'",
    ),
    *("9" * _LONG, f"'{'9' * _LONG}'", f"1.{'9' * _LONG}", f"'/spec/{'9' * _LONG}'", f"v{'9' * _LONG}.1"),
)
"""Values as YAML writes them, of every type, and texts that mean something to one reader or another."""
KEYS = ("1", "true", "null", "2024-01-01", "''", "? [a]", "'a/b'", "a.b", "name", "kind", "metadata", "<<", "k" * 300)


def mutated(text: str, dice: Random) -> str:
    """Give a YAML text with one node of another type, another key, doubled, moved, or gone; it may not parse."""
    lines = text.split("\n")
    fields = [at for at, line in enumerate(lines) if _FIELD.fullmatch(line)]
    items = [at for at, line in enumerate(lines) if _ITEM.fullmatch(line)]
    change = dice.choice((_field, _field, _field, _inline, _inline, _key, _item))
    if items and (change is _item or not fields):
        _item(lines, dice.choice(items), dice)
    elif fields:
        (change if change is not _item else _field)(lines, dice.choice(fields), dice)
    return "\n".join(lines)


def _field(lines: list[str], at: int, dice: Random) -> None:
    """Replace a field with all that is below it, or take it away."""
    found = _FIELD.fullmatch(lines[at])
    if found is not None:
        value = dice.choice(VALUES)
        kept = [f"{found['head']}{found['key']}: {value}"] if dice.random() < 0.9 or "-" in found["head"] else []
        lines[at : _end(lines, at, len(found["head"]), lists=1)] = kept


def _inline(lines: list[str], at: int, dice: Random) -> None:
    """Replace one scalar of a line."""
    found = list(_INLINE.finditer(lines[at]))
    if found:
        start, end = dice.choice(found).span()
        lines[at] = lines[at][:start] + dice.choice(VALUES) + lines[at][end:]


def _key(lines: list[str], at: int, dice: Random) -> None:
    """Give a field another key, which may stand beside it already."""
    found = _FIELD.fullmatch(lines[at])
    if found is not None:
        lines[at] = f"{found['head']}{dice.choice(KEYS)}:{found['rest']}"


def _item(lines: list[str], at: int, dice: Random) -> None:
    """Double an element of a list, take it away, or replace it."""
    found = _ITEM.fullmatch(lines[at])
    if found is not None:
        end = _end(lines, at, found["head"].index("-"), lists=0)
        whole = lines[at:end]
        lines[at:end] = dice.choice((whole * 2, [], [f"{found['head']}{dice.choice(VALUES)}"]))


def _end(lines: list[str], at: int, depth: int, *, lists: int) -> int:
    """Give where a node ends that begins on a line; with ``lists`` those are its own that stand as deep as its key."""
    for end in range(at + 1, len(lines)):
        line = lines[end].lstrip(" ")
        if line and len(lines[end]) - len(line) <= depth - lists * line.startswith("- "):
            return end
    return len(lines)
