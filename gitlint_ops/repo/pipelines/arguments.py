"""The arguments of a command line program, split into options and the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

UNEXPANDED = r"(?:\$\{\{.{0,1000}?\}\}|\$\{[^}]{0,1000}\}|\$\([^)]{0,1000}\))"
"""A pattern for what is filled in only when the job runs: an expression, a variable in braces, a command's output."""
_LISTED = re.compile(rf"(?:{UNEXPANDED}|[^,])+")


def words_in(text: str) -> frozenset[str]:
    """Give the words of a text, as a table of names."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Arguments:
    """Positional arguments in order, and each option with its values (``''`` where it stands alone)."""

    positional: tuple[str, ...] = ()
    options: dict[str, list[str]] = field(default_factory=dict)

    def value(self, *names: str) -> str:
        """Give the last value of the first of these options that is given, '' for none."""
        return next((self.options[name][-1] for name in names if name in self.options), "")

    def values(self, *names: str) -> tuple[str, ...]:
        """Give every value of these options; a comma separates several, but for one in an expression."""
        found = [value for name in names for value in self.options.get(name, ())]
        return tuple(part for value in found for part in _LISTED.findall(value))

    def has(self, *names: str) -> bool:
        """Whether one of these options is given, and not as ``--option=false``."""
        return any(name in self.options and self.options[name][-1] not in ("false", "none") for name in names)


def parse_arguments(words: Sequence[str], with_value: Collection[str]) -> Arguments:
    """Split the words after a program's name; ``with_value`` are the options whose value may be the next word."""
    positional: list[str] = []
    options: dict[str, list[str]] = {}
    at = 0
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        if word == "--":
            positional += words[at + 1 :]
            break
        if not word.startswith("-") or word == "-":
            positional.append(word)
        elif name in with_value and not equals and at + 1 < len(words):
            at += 1
            options.setdefault(name, []).append(words[at])
        elif not equals and not word.startswith("--") and word[:2] in with_value and len(word) > 2:
            options.setdefault(word[:2], []).append(word[2:])
        else:
            options.setdefault(name, []).append(value)
        at += 1
    return Arguments(tuple(positional), options)
