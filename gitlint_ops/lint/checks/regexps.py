"""Regular expressions of a repository or a user: the engine matches them, in time linear in the text (Go regexp)."""

from __future__ import annotations

from collections.abc import Iterable

from gitlint_ops.lint.context import CheckContext


def go_matches(context: CheckContext, pattern: str, texts: Iterable[str]) -> frozenset[str]:
    """Give those of the texts that a Go regexp matches anywhere. Raises EngineError where it does not compile."""
    distinct = sorted(set(texts))
    answer = context.engine.call("match", syntax="regexp", patterns=[pattern], paths=distinct)
    return frozenset(distinct[at] for at in answer["matches"][0])


def go_matches_whole(context: CheckContext, pattern: str, texts: Iterable[str]) -> frozenset[str]:
    """Give those of the texts that a Go regexp matches from end to end. Raises EngineError as ``go_matches`` does."""
    go_matches(context, pattern, ())  # By itself first: what does not compile is told as it is written.
    return go_matches(context, rf"\A(?:{pattern})\z", texts)
