from __future__ import annotations

from typing import Any

from gitlint_ops.lint.against import against
from gitlint_ops.lint.model import Coverage, Finding, Report, Suppression
from gitlint_ops.source import Span
from gitlint_ops.source.revisions import Revisions

REVISIONS = Revisions("main", "b" * 40, "h" * 40)


def _finding(path: str = "a.yaml", line: int = 1, **fields: Any) -> Finding:
    given: dict[str, Any] = {"severity": "warning", "message": "it is wrong", "place": "Deployment web spec", **fields}
    return Finding(
        rule="some-rule",
        category="workload",
        severity=given.pop("severity"),
        message=given.pop("message"),
        span=Span(path, line),
        exact=True,
        **given,
    )


def _report(*findings: Finding) -> Report:
    return Report(findings, Coverage(0, 0, (), ()))


def _told(head: Report, base: Report, renames: dict[str, str] | None = None) -> tuple[list[int], list[int], list[int]]:
    """Give the lines of the new, the unchanged and the fixed findings."""
    report = against(head, base, REVISIONS, renames or {})
    assert report.compared is not None
    groups = (report.findings, report.compared.unchanged, report.compared.fixed)
    names = ("new", "unchanged", "fixed")
    assert all(f.status == name for group, name in zip(groups, names, strict=True) for f in group)
    return tuple([f.span.line for f in group] for group in groups)  # type: ignore[return-value]


def test_a_moved_line_is_unchanged() -> None:
    assert _told(_report(_finding(line=9)), _report(_finding(line=1))) == ([], [9], [])


def test_a_moved_file_is_unchanged() -> None:
    head, base = _report(_finding("new.yaml", 2)), _report(_finding("old.yaml", 1))
    assert _told(head, base, {"old.yaml": "new.yaml"}) == ([], [2], [])
    assert _told(head, base) == ([2], [], [1])


def test_one_more_of_the_same_is_the_one_with_another_message() -> None:
    head = _report(_finding(line=1, message="the second"), _finding(line=5, message="the first"))
    assert _told(head, _report(_finding(line=1, message="the first"))) == ([1], [5], [])


def test_another_message_at_the_same_place_is_unchanged() -> None:
    assert _told(_report(_finding(message="3 of 4")), _report(_finding(message="2 of 4"))) == ([], [1], [])


def test_what_weighs_more_is_new() -> None:
    assert _told(_report(_finding(severity="error")), _report(_finding())) == ([1], [], [1])
    assert _told(_report(_finding()), _report(_finding(severity="error"))) == ([], [1], [])


def test_what_was_accepted_is_new_where_it_is_not_any_more() -> None:
    accepted = _finding(suppression=Suppression("comment", "for now"))
    assert _told(_report(_finding()), _report(accepted)) == ([1], [], [])
    assert _told(_report(accepted), _report(accepted)) == ([], [1], [])
