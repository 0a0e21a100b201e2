from __future__ import annotations

from datetime import date

import pytest

from gitlint_ops.lint.suppression.syntax import Ignore, last_day, parse_comment, parse_ignore


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-rule", Ignore(("a-rule",))),
        ("a-rule, b-rule reason=we know", Ignore(("a-rule", "b-rule"), "we know")),
        ('a-rule reason="quoted" ', Ignore(("a-rule",), "quoted")),
        ("a-rule reason=in a template */ -}}", Ignore(("a-rule",), "in a template")),
        ("a-rule reason=in a template */}} # more", Ignore(("a-rule",), "in a template")),
        ("a-rule until=2030-12-31 reason=until then", Ignore(("a-rule",), "until then", "2030-12-31")),
        ("a-rule reason=until then until=2030-12-31", Ignore(("a-rule",), "until then", "2030-12-31")),
        ('a-rule reason="says until=soon" until=2030-12-31', Ignore(("a-rule",), "says until=soon", "2030-12-31")),
        ("a-rule environments=dev,stage reason=r", Ignore(("a-rule",), "r", "", ("dev", "stage"))),
        ("a-rule reason=because x=1 holds", Ignore(("a-rule",), "because x=1 holds")),
        ("a-rule we know", Ignore(("a-rule",))),
        ("rule_2/x", Ignore(("rule_2/x",))),
    ],
)
def test_parse_ignore(text: str, expected: Ignore) -> None:
    assert parse_ignore(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it names no rule; write 'gitlint-ops: ignore=RULE reason=WHY'"),
        (" reason=why", "it names no rule; write 'gitlint-ops: ignore=RULE reason=WHY'"),
        (
            "a-rule expires=2030-01-01",
            "'expires=' is not known in a suppression; there are: reason, until, environments",
        ),
        (
            "a-rule reason=why expires=2030-01-01",
            "'expires=' is not known in a suppression; there are: reason, until, environments",
        ),
        (
            "a-rule reason=why environment=prod",
            "'environment=' is not known in a suppression; there are: reason, until, environments",
        ),
        ("a-rule x=1 reason=why", "'x=' is not known in a suppression; there are: reason, until, environments"),
    ],
)
def test_what_is_not_understood_is_said(text: str, problem: str) -> None:
    assert parse_ignore(text).problem == problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ignore=a-rule reason=r", Ignore(("a-rule",), "r")),
        (f" ignore=a-rule reason=r{' ' * 100_000}s", Ignore(("a-rule",), "r s")),
        ("ignore = a-rule", Ignore(("a-rule",))),
        (" renders this file", None),
        ("", None),
        (" ignore a-rule", "'gitlint-ops: ignore' is not understood; write 'gitlint-ops: ignore=RULE reason=WHY'"),
        (
            " disable-line=a-rule",
            "'gitlint-ops: disable' is not understood; write 'gitlint-ops: ignore=RULE reason=WHY'",
        ),
    ],
)
def test_parse_comment(text: str, expected: Ignore | str | None) -> None:
    found = parse_comment(text)
    assert (found.problem if isinstance(expected, str) and found else found) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2030-12-31", date(2030, 12, 31)),
        ("2030-02-30", None),
        ("20301231", None),
        ("2030-W01-1", None),
        ("soon", None),
    ],
)
def test_last_day(until: str, expected: date | None) -> None:
    assert last_day(until) == expected
