from __future__ import annotations

from datetime import date

import pytest

from gitlint_ops.lint.suppression.directive import Directive
from gitlint_ops.lint.suppression.syntax import Ignore
from gitlint_ops.source import Span


@pytest.mark.parametrize(
    ("until", "problem", "counts"),
    [
        ("", "", True),
        ("", "not understood", False),
        ("2030-06-15", "", True),
        ("2030-06-14", "", False),
        ("soon", "", False),
    ],
)
def test_it_counts_up_to_its_last_day(until: str, problem: str, *, counts: bool) -> None:
    directive = Directive("comment", Span("a.yaml", 1), Ignore(("a-rule",), until=until, problem=problem))
    assert directive.counts(lambda: date(2030, 6, 15)) is counts
