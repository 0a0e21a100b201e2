"""One written suppression and the place where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from gitlint_ops.lint.model import Suppression
from gitlint_ops.lint.suppression.syntax import Ignore, last_day
from gitlint_ops.source import Span

Kind = Literal["comment", "annotation", "config"]
Today = Callable[[], date]
"""Gives the day of the run: asked only where something ends, as what then is found holds for that day alone."""


@dataclass(frozen=True, slots=True)
class Directive:
    """A suppression as a comment, an annotation or an entry of the configuration, and its place."""

    kind: Kind
    span: Span
    ignore: Ignore
    is_foreign: bool = False
    """It is another tool's word too, which need not hide anything here."""

    def is_over(self, today: Today) -> bool:
        """Whether its last day has passed, or is no date, so that nobody can say that it has not."""
        if not self.ignore.until:
            return False
        day = last_day(self.ignore.until)
        return day is None or day < today()

    @property
    def has_last_day(self) -> bool:
        """Whether its end is a date."""
        return last_day(self.ignore.until) is not None

    def counts(self, today: Today) -> bool:
        """Whether it may hide anything at all."""
        return not self.ignore.problem and not self.is_over(today)

    @property
    def suppression(self) -> Suppression:
        """What a finding that it hides says of it."""
        return Suppression(self.kind, self.ignore.reason, self.ignore.until)


Use = tuple[Directive, str]
"""A suppression and one of the rules that it names."""
