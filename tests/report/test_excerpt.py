from __future__ import annotations

from gitlint_ops.report.excerpt import excerpt
from gitlint_ops.source.model import Span


def test_the_place_is_marked() -> None:
    shown = excerpt("    newTag: latest  # moves", Span("a", 14, 13, 14, 19), 80)
    assert (shown.before, shown.marked, shown.after) == ("    newTag: ", "latest", "  # moves")
    assert (shown.offset, shown.length) == (12, 6)


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    shown = excerpt("spec:  ", Span("a", 1, 1, 9, 4), 80)
    assert (shown.marked, shown.after) == ("spec:", "")


def test_a_place_behind_the_line_has_one_caret() -> None:
    shown = excerpt("key:", Span("a", 1, 9, 1, 10), 80)
    assert (shown.marked, shown.offset, shown.length) == ("", 4, 1)


def test_a_long_line_is_cut_around_the_place() -> None:
    shown = excerpt("x" * 300 + "HERE" + "y" * 300, Span("a", 1, 301, 1, 305), 60)
    assert shown.before == "..." + "x" * 24
    assert shown.marked == "HERE"
    assert shown.after == "y" * 26 + "..."


def test_a_long_place_is_cut() -> None:
    shown = excerpt("k: " + "v" * 300, Span("a", 1, 4, 1, 304), 40)
    assert shown.marked == "v" * 34 + "..."
    assert shown.after == ""


def test_cells_not_characters_are_counted() -> None:
    shown = excerpt("名前: 値段", Span("a", 1, 5, 1, 7), 40)
    assert (shown.offset, shown.length) == (6, 4)


def test_control_characters_are_shown_and_counted() -> None:
    shown = excerpt("a\x1b[2J: b", Span("a", 1, 8, 1, 9), 40)
    assert shown.before == "a\\e[2J: "
    assert shown.offset == 8
