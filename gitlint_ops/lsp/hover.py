"""What a hover says, in Markdown: the rule behind a finding, and where a line's value goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from gitlint_ops.lint.model import Rule
from gitlint_ops.report.escape import printable
from gitlint_ops.report.markdown import text_of

_MAX_CHAINS = 12
_MAX_NAMES = 8


def hover_text(rules: Iterable[Rule], chains: Sequence[dict[str, Any]], path: str, line: int) -> str:
    """Give the text for a place: the rules that it breaks, then the rendered fields that it shapes; '' for neither.

    ``chains`` are as ``Analysis.shaped_by`` gives them; ``path`` and the 1-based ``line`` are the place.
    """
    parts = [*map(_rule, rules), *([_goes_to(chains, (path, line))] if chains else [])]
    return "\n\n---\n\n".join(parts)


def _rule(rule: Rule) -> str:
    # A user's own rule comes from the repository: its text must stay text.
    texts = (rule.summary, rule.why, rule.fix)
    summary, why, fix = (text.strip() if rule.builtin else text_of(text) for text in texts)
    return f"**{rule.name}**: {summary}\n\n{why}\n\n**How to fix**: {fix}"


def _goes_to(chains: Sequence[dict[str, Any]], place: tuple[str, int]) -> str:
    lines = ["**Rendered as**", *(_chain(chain, place) for chain in chains[:_MAX_CHAINS])]
    if len(chains) > _MAX_CHAINS:
        lines.append(f"- and {len(chains) - _MAX_CHAINS} more")
    return "\n".join((lines[0], "", *lines[1:]))


def _chain(chain: dict[str, Any], place: tuple[str, int]) -> str:
    objects = chain["objects"]
    owners = _listed(chain["environments"] or [item["delivery"] for item in objects])
    names = _listed(f"{item['kind']} {item['name']}" for item in objects)
    value = "a secret value" if chain["masked"] else code_span(str(chain["value"]))
    return f"- {owners}: {code_span(chain['field'])} of {names} is {value}, {_cause(chain['origins'], place)}"


def _cause(origins: Sequence[dict[str, Any]], place: tuple[str, int]) -> str:
    """Say which lines set the value, the place itself first; where none is known to, which is near."""
    setters = [_place(origin) for origin in origins if origin["exact"]]
    others = [code_span(f"{path}:{line}") for path, line in dict.fromkeys(setters) if (path, line) != place]
    if place in setters:
        return " and ".join(["set here", *(f"by {other}" for other in others)])
    if others:
        return f"set by {' and '.join(others)}"
    path, line = _place(origins[0])
    return f"near {code_span(f'{path}:{line}')}"


def _place(origin: dict[str, Any]) -> tuple[str, int]:
    return origin["location"]["path"], origin["location"]["line"]


def _listed(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - _MAX_NAMES} more" if len(known) > _MAX_NAMES else ""
    return ", ".join(map(code_span, known[:_MAX_NAMES])) + more


def code_span(text: str) -> str:
    """Write a repository's text as code, which no Markdown reader obeys: fenced by more backquotes than any in it."""
    shown = printable(text) or " "
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
