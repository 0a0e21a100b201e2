from __future__ import annotations

import pytest

from gitlint_ops.repo.pipelines.shell import ShellText, parse_shell


def words(text: ShellText) -> list[tuple[int, list[str]]]:
    return [(command.line, [word.expanded({}) for word in command.words]) for command in text.commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kubectl apply -f x # -f y", [(1, ["kubectl", "apply", "-f", "x"])]),
        ("kubectl \\\n  apply \\\n  -f x", [(1, ["kubectl", "apply", "-f", "x"])]),
        ("a && b || c; d | e &\nf", [(1, ["a"]), (1, ["b"]), (1, ["c"]), (1, ["d"]), (1, ["e"]), (2, ["f"])]),
        ("echo 'a b' \"c d\" e\\ f", [(1, ["echo", "a b", "c d", "e f"])]),
        ("x ${{ github.event.a || 'b c' }}/y", [(1, ["x", "${{ github.event.a || 'b c' }}/y"])]),
        ("x $A ${B} ${C:-d} ${E##*/}", [(1, ["x", "${A}", "${B}", "d", "${E##*/}"])]),
        ("if [ -f x ]; then\n  go\nfi", [(1, ["[", "-f", "x", "]"]), (2, ["go"])]),
        ("deploy() {\n  go\n}", [(2, ["go"])]),
        ("go 2>&1 >/dev/null <in", [(1, ["go"])]),
        ("x=$(a 'b)') go", [(1, ["x=$(a 'b)')", "go"])]),
        ('go "" x', [(1, ["go", "", "x"])]),
        ("a\r\nb", [(1, ["a"]), (2, ["b"])]),
    ],
)
def test_words_and_lines(text: str, expected: list[tuple[int, list[str]]]) -> None:
    assert words(parse_shell(text)) == expected


def test_a_heredoc_is_no_command_but_the_input_of_one() -> None:
    text = parse_shell("cat <<EOF | kubectl apply -f -\nkind: 'Pod\nEOF\nnext")
    assert words(text) == [(1, ["cat"]), (1, ["kubectl", "apply", "-f", "-"]), (4, ["next"])]
    assert text.commands[0].stdin == "kind: 'Pod"
    assert text.commands[1].piped
    assert text.problem == ""


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a\necho 'b", "the quote ' is not closed", 2),
        ('a\n\necho "b', 'the quote " is not closed', 3),
        ("echo $(a", "the substitution $( is not closed", 1),
        ("cat <<EOF\nx", "the heredoc is not closed by a line 'EOF'", 1),
    ],
)
def test_what_does_not_parse_is_named(text: str, problem: str, line: int) -> None:
    found = parse_shell(text)
    assert (found.problem, found.problem_line) == (problem, line)


def test_known_variables_are_filled_in() -> None:
    (command,) = parse_shell("go $A '$A' \"${A}x\"").commands
    assert [word.expanded({"A": "1"}) for word in command.words] == ["go", "1", "$A", "1x"]


def test_variables_that_multiply_stay_as_they_are_written() -> None:
    (command,) = parse_shell("go $A$A x$A").commands
    assert [len(word.expanded({"A": "a" * 8_192})) for word in command.words] == [2, 8_192 + len("$A"), 8_193]


def test_expressions_that_are_never_closed_take_no_time() -> None:
    (command,) = parse_shell("echo " + "${{" * 20_000).commands
    assert len(command.words) == 2
