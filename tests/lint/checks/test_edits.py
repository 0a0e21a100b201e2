from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from gitlint_ops.fix.text import apply_edits
from gitlint_ops.lint.checks.edits import removed, renamed_key, together
from gitlint_ops.lint.model import Edit, Effect, Fix
from gitlint_ops.source import SourceTree, Span
from gitlint_ops.source.model import FieldPath

Open = Callable[[Mapping[str, str]], SourceTree]


def without(open_files: Open, text: str, path: FieldPath) -> tuple[str, FieldPath] | None:
    """Give the text without a field, and what was taken out."""
    (open_files({"a.yaml": text}).root / "a.yaml").write_text(text, "utf-8", newline="")
    tree = open_files({})
    taken = removed(tree, tree.read("a.yaml").documents[0], path)
    return (apply_edits(text.encode(), [taken[0]]).decode(), taken[1]) if taken else None


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param("a: 1\nb: # why\n  c: 2\nd: 3\n", ("b", "c"), ("a: 1\nd: 3\n", ("b",)), id="the only key"),
        pytest.param("a: 1\nb: {c: 2}\nd: 3\n", ("b",), ("a: 1\nd: 3\n", ("b",)), id="a mapping on one line"),
        pytest.param("a:\n- b\n- c\nd: 3\n", ("a",), ("d: 3\n", ("a",)), id="a list that is not indented"),
        pytest.param("a:\n- b: 1\n  c: 2\n- d\n", ("a", 0), ("a:\n- d\n", ("a", 0)), id="an item of several lines"),
        pytest.param(
            "a:\n- b\n- |\n  text\n\n  more\nc: 1\n", ("a", 1), ("a:\n- b\nc: 1\n", ("a", 1)), id="a long text"
        ),
        pytest.param("a: [b, c, d]\n", ("a", 0), ("a: [c, d]\n", ("a", 0)), id="the first on a line"),
        pytest.param("a: ['b', \"c\"] # two\n", ("a", 1), ("a: ['b'] # two\n", ("a", 1)), id="the last on a line"),
        pytest.param("a: 1\r\nb: 2\r\nc: 3\r\n", ("b",), ("a: 1\r\nc: 3\r\n", ("b",)), id="other line ends"),
        pytest.param("a: 1\nb:\n  - c", ("b", 0), ("a: 1", ("b",)), id="no final line end"),
        pytest.param("{a: 1, b: 2}\n", ("b",), None, id="a key beside others on its line"),
        pytest.param("a: [b,\n  c]\nd: 1\n", ("a", 1), None, id="an item of a list over several lines"),
    ],
)
def test_a_field_goes_with_its_lines(
    open_files: Open, text: str, path: FieldPath, expected: tuple[str, FieldPath] | None
) -> None:
    assert without(open_files, text, path) == expected


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("a:\n  sise: 1 # big\n", "size", "a:\n  size: 1 # big\n"),
        ("a: {sise: 1}\n", "size", "a: {size: 1}\n"),
        ("a:\n  sise: 1\n  size: 2\n", "size", ""),
        ("a:\n  'sise': 1\n", "size", ""),
    ],
)
def test_a_key_is_renamed_where_that_is_plain(open_files: Open, text: str, new: str, expected: str) -> None:
    tree = open_files({"a.yaml": text})
    edit = renamed_key(tree, tree.read("a.yaml").documents[0], ("a", "sise"), new)
    assert (apply_edits(text.encode(), [edit]).decode() if edit else "") == expected


def test_fixes_come_together_only_where_all_are_there() -> None:
    edits = [Edit(Span("a.yaml", line, 1), "") for line in (1, 2)]
    one, other = (Fix("Do it", (edit,), safe=safe) for edit, safe in zip(edits, (True, False), strict=True))
    assert together([one, other, one]) == Fix("Do it", tuple(edits), safe=False, effect=Effect())
    assert together([one, None]) is None
    assert together([]) is None
