"""The words of a suppression, as a comment has them after ``gitlint-ops:`` and as the annotation has them."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date

FIELDS = ("reason", "until", "environments")
_FIELD = re.compile(
    r"(?:^|(?<=\s))(?P<name>reason|until|environments)=(?P<value>\"[^\"]*\"|'[^']*'|.*?)"
    r"(?=\s+(?:reason|until|environments)=|\s*$)"
)
_NAME = r"[\w./-]+(?![\w./=-])"
_RULES = re.compile(rf"\s*(?P<rules>{_NAME}(?:\s*,\s*{_NAME})*)?\s*")
_VERB = re.compile(r"\s*(?P<verb>[A-Za-z]+)(?:[-_]\w+)*\s*(?P<equals>=?)")
_OTHER_VERBS = frozenset({"disable", "skip", "suppress", "noqa", "nolint", "accept", "allow", "ignores", "ignored"})
"""What other linters call it: who writes these wants something hidden."""
_OTHER_FIELD = re.compile(r"(?:^|(?<=\s))(?P<name>[A-Za-z_-]+)=")
_OTHER_NAMES = frozenset({"expires", "expiry", "end", "ends", "env", "envs", "because", "why"})
"""What other linters call the fields."""
_COMMENT_END = re.compile(r"\s*(?:\*/\s*-?\}\}.*|\*/|-->)\s*$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FORM = "gitlint-ops: ignore=RULE reason=WHY"


@dataclass(frozen=True, slots=True)
class Ignore:
    """A suppression as written: the rules it names, its reason, its last day and its environments ('' and () if none).

    ``problem`` says why it cannot be understood, so that it hides nothing; '' where it can.
    """

    rules: tuple[str, ...] = ()
    reason: str = ""
    until: str = ""
    environments: tuple[str, ...] = ()
    problem: str = ""


def parse_comment(text: str) -> Ignore | None:
    """Read what follows ``gitlint-ops:`` in a comment; None where it asks for nothing to be hidden."""
    found = _VERB.match(text)
    verb = found["verb"].lower() if found else ""
    if found is None or (verb != "ignore" and verb not in _OTHER_VERBS):
        return None
    if found["verb"] != "ignore" or not found["equals"]:
        written = text[: found.end("verb")].strip()
        return Ignore(problem=f"'gitlint-ops: {written}' is not understood; write '{FORM}'")
    return parse_ignore(text[found.end() :])


def parse_ignore(text: str) -> Ignore:
    """Read ``rule[,rule] [until=2030-12-31] [environments=a,b] [reason=...]``; a reason goes on to the next field.

    Blanks are one blank: a long run of them would take the patterns the square of its length.
    """
    text = _COMMENT_END.sub("", " ".join(text.split())).strip()
    found = _RULES.match(text)
    rules = _names(found["rules"] or "") if found else ()
    rest = text[found.end("rules") :] if rules and found else text
    fields = {item["name"]: item["value"].strip().strip("\"'").strip() for item in _FIELD.finditer(rest)}
    problem = "" if rules else f"it names no rule; write '{FORM}'"
    return Ignore(
        rules,
        fields.get("reason", ""),
        fields.get("until", ""),
        _names(fields.get("environments", "")),
        problem or _unknown_field(rest),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _unknown_field(rest: str) -> str:
    """Say which field is none of ours: before the reason any, in its text one that is plainly meant as a field."""
    reason = rest.find("reason=")
    for found in _OTHER_FIELD.finditer(rest):
        name = found["name"]
        is_text = 0 <= reason < found.start() and name not in _OTHER_NAMES
        if name not in FIELDS and not (is_text and not difflib.get_close_matches(name, FIELDS, 1, 0.8)):
            return f"'{name}=' is not known in a suppression; there are: {', '.join(FIELDS)}"
    return ""


def last_day(until: str) -> date | None:
    """Give the last day on which a suppression counts; None for a text that is no date such as 2030-12-31."""
    try:
        return date.fromisoformat(until) if _DAY.fullmatch(until) else None
    except ValueError:
        return None
