from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from gitlint_ops.lint.suppression.comments import find_comments
from gitlint_ops.source import SourceTree, Span

Open = Callable[[Mapping[str, str]], SourceTree]

LINES = """
a: 1  # gitlint-ops: ignore=a-rule reason=same line
# gitlint-ops: ignore=b-rule reason=above
# another remark
b: 2
c: 3
{{- /* gitlint-ops: ignore=c-rule reason=template */ -}}
d: 4
{{/*
A remark of several lines.
gitlint-ops: ignore=d-rule reason=within it
*/}}
e: 5
gitlint-ops: ignore=e-rule
f: 6 # gitlint-ops: renders this
# gitlint-ops: ignore=f-rule reason=above nothing"""


def reaches(tree: SourceTree, path: str) -> list[tuple[str, int, int, bool]]:
    """Give (rule, first line, last line, whole object) of each comment of a file."""
    found = find_comments(tree).get(path, ())
    return [(item.directive.ignore.rules[0], item.first, item.last, item.whole_object) for item in found]


def test_a_comment_counts_for_its_line_and_for_the_one_below(open_files: Open) -> None:
    assert reaches(open_files({"a.tpl": LINES}), "a.tpl") == [
        ("a-rule", 1, 1, False),
        ("b-rule", 2, 4, False),
        ("c-rule", 6, 7, False),
        ("d-rule", 10, 12, False),
        ("f-rule", 15, 15, False),
    ]


OBJECTS = """
# a licence
# gitlint-ops: ignore=a-rule reason=in front of the separator
---
apiVersion: v1
kind: ConfigMap # gitlint-ops: ignore=b-rule reason=beside the kind
metadata:
  # gitlint-ops: ignore=c-rule reason=the name
  name: web
# gitlint-ops: ignore=d-rule reason=the data
data:
  kind: none # gitlint-ops: ignore=e-rule reason=a key of the data
---
{{- if .Values.on }}
{{- /* gitlint-ops: ignore=f-rule reason=head of a template */}}
"apiVersion": v1
kind: Secret
# gitlint-ops: ignore=g-rule reason=above metadata
metadata: {name: web}
{{- end }}
"""


def test_a_comment_at_the_head_of_an_object_counts_for_all_of_it(open_files: Open) -> None:
    assert reaches(open_files({"a.yaml": OBJECTS}), "a.yaml") == [
        ("a-rule", 1, 11, True),
        ("b-rule", 1, 11, True),
        ("c-rule", 7, 8, False),
        ("d-rule", 9, 10, False),
        ("e-rule", 11, 11, False),
        ("f-rule", 12, 20, True),
        ("g-rule", 12, 20, True),
    ]


def test_a_file_that_is_no_object_has_no_head(open_files: Open) -> None:
    tree = open_files({"values.yaml": "# gitlint-ops: ignore=a-rule reason=r\nimage: nginx\ntag: latest\n"})
    assert reaches(tree, "values.yaml") == [("a-rule", 1, 2, False)]


def test_prose_and_files_without_comments_hold_none(open_files: Open) -> None:
    text = "# gitlint-ops: ignore=a-rule reason=r\n"
    tree = open_files({"README.md": text, "a.yaml": "a: gitlint-ops\n", "run.sh": text})
    assert list(find_comments(tree)) == ["run.sh"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_place_of_a_comment_is_its_words(open_files: Open, end: str) -> None:
    tree = open_files({"a.yaml": f"a: 1{end}b: 2 # gitlint-ops: ignore=a-rule reason=r{end}c: 3{end}"})
    (found,) = find_comments(tree)["a.yaml"]
    assert found.directive.span == Span("a.yaml", 2, 8, 2, 43)
    assert (found.first, found.last) == (2, 2)


def test_words_before_and_within_a_comment_are_not_taken_for_it(open_files: Open) -> None:
    tree = open_files({"a.yaml": "a: gitlint-ops:1 # gitlint-ops: ignore=a-rule reason=as gitlint-ops: says\n"})
    (found,) = find_comments(tree)["a.yaml"]
    assert found.directive.span == Span("a.yaml", 1, 20, 1, 74)
    assert found.directive.ignore.reason == "as gitlint-ops: says"
    assert [found.holds(line) for line in (0, 1, 2)] == [False, True, False]


def test_a_head_is_that_of_its_own_object(open_files: Open) -> None:
    one = "data: {}\nkind: A # gitlint-ops: ignore=a-rule reason=r\napiVersion: v1\n"
    two = "'data': {} # gitlint-ops: ignore=b-rule reason=r\n'kind': B\n'apiVersion': v1 # gitlint-ops: ignore=c-rule\n"
    assert reaches(open_files({"a.yaml": f"{one}---\n{two}"}), "a.yaml") == [
        ("a-rule", 1, 3, True),
        ("b-rule", 5, 5, False),
        ("c-rule", 4, 8, True),
    ]


PRAGMAS = """
a: 1  # pragma: allowlist secret
b: 2  // pragma: whitelist secret
# pragma: allowlist nextline secret
c: 3
d: "pragma: allowlist secret"
e: 5  # pragma: allowlist secrets
# pragma: no cover"""


def test_what_detect_secrets_is_told_counts_for_values(open_files: Open) -> None:
    tree = open_files({"a.yaml": PRAGMAS})
    found = find_comments(tree)["a.yaml"]
    assert [(item.first, item.last, item.directive.ignore.reason) for item in found] == [
        (1, 1, "pragma: allowlist secret"),
        (2, 2, "pragma: whitelist secret"),
        (4, 4, "pragma: allowlist nextline secret"),
    ]
    assert {item.directive.ignore.rules for item in found} == {("secret-value",)}
    assert found[0].directive.span == Span("a.yaml", 1, 7, 1, 33)
