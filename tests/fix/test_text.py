from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlint_ops.fix.text import EditError, FileText, apply_edits
from gitlint_ops.lint.model import Edit
from gitlint_ops.source import Span, split_lines

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x85\u2028\u2029\ufeff"), max_size=8))
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(Span("a.yaml", line, column, end_line, end_column), text)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Draw a text with mixed line ends, and edits of it that do not overlap, in any order."""
    lines = draw(LINES)
    text = "".join(line + draw(ENDS) for line in lines) + draw(st.sampled_from(["", "last"]))
    shown = split_lines(text)
    places = [(at, column) for at, line in enumerate(shown, 1) for column in range(1, len(line) + 2)]
    cuts = sorted(draw(st.sets(st.integers(0, len(places) - 1), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = [edit(*places[a], *places[b], draw(st.sampled_from(["", "new", "two\nlines"]))) for a, b in pairs]
    # A span cannot be empty: one that would be is made to hold a character, and may then reach past its line.
    fitting = [e for e in edits if e.span.end_column <= len(shown[e.span.end_line - 1]) + 1]
    return text, draw(st.permutations(fitting))


def place(text: str, line: int, column: int) -> int:
    """Give the offset of a place by counting, as a reader does."""
    at, seen = 0, 1
    while seen < line:
        at += 2 if text[at : at + 2] == "\r\n" else 1
        seen += text[at - 1] in "\r\n"
    return at + column - 1


@given(files())
def test_what_lies_between_edits_stays_byte_for_byte(drawn: tuple[str, list[Edit]]) -> None:
    text, edits = drawn
    result = apply_edits(text.encode(), edits).decode()
    rest, at = result, 0
    for item in sorted(edits, key=lambda e: e.span):
        start, end = (
            place(text, *where)
            for where in ((item.span.line, item.span.column), (item.span.end_line, item.span.end_column))
        )
        assert rest.startswith(text[at:start])
        rest = rest[start - at :]
        written = next(
            item.text.replace("\n", end)
            for end in ("\n", "\r\n", "\r")
            if rest.startswith(item.text.replace("\n", end))
        )
        rest, at = rest[len(written) :], end
    assert rest == text[at:]


@given(files())
def test_the_order_of_edits_and_repeated_ones_make_no_difference(drawn: tuple[str, list[Edit]]) -> None:
    text, edits = drawn
    assert apply_edits(text.encode(), edits) == apply_edits(text.encode(), [*reversed(edits), *edits])


@given(files())
def test_a_byte_order_mark_stays_in_front(drawn: tuple[str, list[Edit]]) -> None:
    text, edits = drawn
    mark = b"\xef\xbb\xbf"
    assert apply_edits(mark + text.encode(), edits) == mark + apply_edits(text.encode(), edits)


@given(st.binary(max_size=40))
def test_no_edits_change_no_byte(raw: bytes) -> None:
    try:
        same = apply_edits(raw, [])
    except EditError:
        same = raw
    assert same == raw


def test_a_new_line_ends_like_the_line_it_stands_on() -> None:
    raw = b"a: 1\r\nb: 2\nc: 3"
    assert apply_edits(raw, [edit(1, 4, 1, 5, "1\nx: y")]) == b"a: 1\r\nx: y\r\nb: 2\nc: 3"
    assert apply_edits(raw, [edit(2, 4, 2, 5, "2\nx: y")]) == b"a: 1\r\nb: 2\nx: y\nc: 3"
    assert apply_edits(raw, [edit(3, 4, 3, 5, "3\nx: y")]) == b"a: 1\r\nb: 2\nc: 3\r\nx: y"


def test_columns_count_code_points() -> None:
    assert apply_edits("é: 🎈 # ü\n".encode(), [edit(1, 4, 1, 5, "b")]) == "é: b # ü\n".encode()


@pytest.mark.parametrize(
    ("raw", "edits", "message"),
    [
        (b"\xff", [], "the file is not UTF-8"),
        ("a: b\u2028".encode(), [], "the file has a line end that not every reader takes for one"),
        (b"a: b\n", [edit(3, 1, 3, 2, "")], "the file has no line 3"),
        (b"a: b\n", [edit(1, 7, 1, 8, "")], "line 1 has no column 7"),
        (b"a: b\n", [edit(1, 1, 1, 3, ""), edit(1, 2, 1, 4, "")], "two edits overlap"),
        (b"a: b\n", [edit(1, 1, 1, 3, ""), edit(1, 1, 1, 3, "x")], "two edits overlap"),
    ],
)
def test_what_cannot_be_applied_is_refused(raw: bytes, edits: list[Edit], message: str) -> None:
    with pytest.raises(EditError, match=message):
        apply_edits(raw, edits)


def test_pieces_that_touch_do_not_overlap() -> None:
    file = FileText(b"abcd")
    one, other = file.piece(edit(1, 1, 1, 3, "")), file.piece(edit(1, 3, 1, 5, ""))
    assert not one.overlaps(other)
    assert file.with_pieces([other, one]) == b""
