"""Shell texts as commands: words with their variables, pipes, heredocs and the line of each command.

Reads what POSIX shells and bash read (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html),
without running anything: every branch of a condition counts. A CI expression ``${{ ... }}`` is one piece of a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

_OPERATOR = re.compile(r"&>>|<<<|<<-|&&|\|\||;;&?|;&|\|&|<<|>>|&>|>&|<&|>\||<>|[|&;()<>]")
_HEREDOCS = frozenset({"<<", "<<-"})
_REDIRECTIONS = frozenset({">", ">>", "&>", "&>>", ">|", "<", "<>", ">&", "<&", "<<<", *_HEREDOCS})
_OUTPUTS = frozenset({">", ">>", "&>", "&>>", ">|"})
_KEYWORDS = frozenset({"if", "then", "elif", "else", "fi", "do", "done", "while", "until", "esac", "{", "}", "!"})
_VARIABLE = re.compile(
    r"\$(?:\{\{.{0,1000}?\}\}|\{(?P<braced>\w+)(?::?[-=](?P<default>[^{}]*))?\}|(?P<plain>[A-Za-z_]\w*|[0-9@*#?$!-]))"
)
_TRANSFORMED = re.compile(r"\$\{[^{}]*\}")
MAX_CHARACTERS = 200_000
"""A longer text is not read."""
MAX_COMMANDS = 5_000
"""A script with more commands is no script that a person wrote; the rest is not read."""
MAX_EXPANSION = 8_192
"""What the variables of a word come to, in characters; one that goes beyond stays as it is written."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a variable: its name, its default, and how it is written."""

    name: str
    default: str
    written: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """A command substitution: the shell text inside, how it is written, and the line on which it begins."""

    text: str
    written: str
    line: int


Part = str | Variable | Substitution


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command, in its parts. ``quoted`` is True where any of it stands in quotes."""

    parts: tuple[Part, ...]
    line: int
    quoted: bool = False

    def expanded(self, variables: Mapping[str, str]) -> str:
        """Give the word's text; a variable without a known value stays ``${NAME}``, a substitution as written."""
        room, texts = MAX_EXPANSION, list[str]()
        for part in self.parts:
            text = _text(part, variables)
            if isinstance(part, Variable):
                room -= len(text)
            texts.append(part.written if isinstance(part, Variable) and room < 0 else text)
        return "".join(texts)

    @property
    def is_lone_variable(self) -> bool:
        """Whether a shell would split the word's value into several words."""
        return not self.quoted and len(self.parts) == 1 and isinstance(self.parts[0], Variable)


@dataclass(frozen=True, slots=True)
class RawCommand:
    """A simple command as written. ``piped`` says that the command before it in the list feeds it."""

    words: tuple[Word, ...]
    line: int
    stdin: str = ""
    """The text of a heredoc or here-string."""
    inputs: tuple[Word, ...] = ()
    outputs: tuple[Word, ...] = ()
    piped: bool = False


@dataclass(frozen=True, slots=True)
class ShellText:
    """The commands of a script, in order; ``problem`` says what does not parse, at ``problem_line``."""

    commands: tuple[RawCommand, ...]
    problem: str = ""
    problem_line: int = 0


@lru_cache(maxsize=256)
def parse_shell(text: str) -> ShellText:
    """Read a shell text. Never raises: what does not parse is named, and what was read before it is given."""
    if len(text) > MAX_CHARACTERS:
        return ShellText((), f"it is longer than {MAX_CHARACTERS:,} characters", 1)
    lexer = _Lexer(text.replace("\r\n", "\n"))
    tokens = lexer.tokens()
    return ShellText(tuple(_commands(tokens)), lexer.problem, lexer.problem_line)


def _text(part: Part, variables: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Substitution):
        return part.written
    if part.name in variables:
        return variables[part.name]
    return part.default or f"${{{part.name}}}"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["word", "operator", "newline"]
    line: int
    text: str = ""
    word: Word | None = None
    body: str = ""
    """For a heredoc's operator: its text."""


@dataclass(slots=True)
class _Lexer:
    text: str
    at: int = 0
    line: int = 1
    problem: str = ""
    problem_line: int = 0
    found: list[_Token] = field(default_factory=list)
    waiting: list[tuple[int, str, bool]] = field(default_factory=list)
    """Heredocs whose text is still to come: the operator's index, the delimiter, whether tabs are stripped."""

    def tokens(self) -> list[_Token]:
        while self.at < len(self.text):
            self._next()
        return self.found

    def _next(self) -> None:
        character = self.text[self.at]
        if character == "\n":
            self.found.append(_Token("newline", self.line))
            self._advance(1)
            self._take_heredocs()
        elif character in " \t\r":
            self._advance(1)
        elif character == "#":
            self._advance(_distance(self.text, "\n", self.at))
        elif self.text.startswith("\\\n", self.at):
            self._advance(2)
        elif (operator := _OPERATOR.match(self.text, self.at)) and not self._is_process_substitution():
            self.found.append(_Token("operator", self.line, operator[0]))
            self._advance(len(operator[0]))
        else:
            self._take_word()

    def _advance(self, count: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _is_process_substitution(self) -> bool:
        return self.text.startswith(("<(", ">("), self.at)

    def _take_word(self) -> None:
        line, start, parts, quoted = self.line, self.at, list[Part](), False
        while self.at < len(self.text) and not self._ends_word():
            quoted = quoted or self.text[self.at] in "'\""
            parts += self._piece()
        following = self.text[self.at : self.at + 1]
        if following and following in "<>" and self.text[start : self.at].isdigit():
            return  # A file descriptor before a redirection.
        word = Word(_joined(parts), line, quoted)
        self.found.append(_Token("word", line, word=word))
        self._note_heredoc(word)

    def _ends_word(self) -> bool:
        if self._is_process_substitution():
            return False
        return self.text[self.at] in " \t\r\n|&;()<>"

    def _note_heredoc(self, word: Word) -> None:
        before = self.found[-2] if len(self.found) > 1 else None
        if before is not None and before.kind == "operator" and before.text in _HEREDOCS:
            self.waiting.append((len(self.found) - 2, word.expanded({}), before.text == "<<-"))

    def _take_heredocs(self) -> None:
        for index, delimiter, strips in self.waiting:
            lines: list[str] = []
            opened = self.line - 1
            while self.at < len(self.text):
                end = self.at + _distance(self.text, "\n", self.at)
                text = self.text[self.at : end]
                self._advance(end - self.at + 1)
                if (text.lstrip("\t") if strips else text).rstrip("\r") == delimiter:
                    break
                lines.append(text)
            else:
                self._refuse(f"the heredoc is not closed by a line '{delimiter}'", opened)
            self.found[index] = replace(self.found[index], body="\n".join(lines))
        self.waiting.clear()

    def _piece(self) -> list[Part]:
        """Take one piece of a word: a quoted text, a variable, an escaped or a plain character."""
        character = self.text[self.at]
        if character == "'":
            return [self._until("'")]
        if character == '"':
            return self._double_quoted()
        if character in "$`" or self._is_process_substitution():
            return [self._dollar()]
        if character == "\\":
            escaped = self.text[self.at + 1 : self.at + 2]
            self._advance(2)
            return ["" if escaped == "\n" else escaped]
        self._advance(1)
        return [character]

    def _until(self, quote: str) -> str:
        line, start = self.line, self.at + 1
        end = self.text.find(quote, start)
        if end < 0:
            self._refuse(f"the quote {quote} is not closed", line)
            end = len(self.text)
        self._advance(end + 1 - self.at)
        return self.text[start:end]

    def _double_quoted(self) -> list[Part]:
        line, parts = self.line, list[Part]()
        self._advance(1)
        while self.at < len(self.text) and self.text[self.at] != '"':
            character = self.text[self.at]
            if character == "\\" and self.text[self.at + 1 : self.at + 2] in ('"', "\\", "$", "`", "\n"):
                parts.append(self.text[self.at + 1].strip("\n"))
                self._advance(2)
            elif character in "$`":
                parts.append(self._dollar())
            else:
                parts.append(character)
                self._advance(1)
        if self.at >= len(self.text):
            self._refuse('the quote " is not closed', line)
        self._advance(1)
        return parts

    def _dollar(self) -> Part:
        """Take a variable, an expression or a substitution; a lone ``$`` is a plain character."""
        if self.text[self.at] == "`":
            line, inner = self.line, self._until("`")
            return Substitution(inner, f"$({inner})", line)
        if self.text.startswith(("$(", "<(", ">("), self.at):
            return self._substitution()
        found = _VARIABLE.match(self.text, self.at)
        if found is None:
            found = _TRANSFORMED.match(self.text, self.at)
            text = found[0] if found else "$"
            self._advance(len(text))
            return text
        self._advance(len(found[0]))
        name = found["braced"] or found["plain"]
        return Variable(name, found["default"] or "", found[0]) if name else found[0]

    def _substitution(self) -> Part:
        line, start = self.line, self.at + 2
        end = _closing(self.text, start)
        if end < 0:
            self._refuse("the substitution $( is not closed", line)
            end = len(self.text)
        self._advance(end + 1 - self.at)
        inner = self.text[start:end]
        if inner.startswith("("):
            return f"$({inner})"
        return Substitution(inner, f"$({' '.join(inner.split())})", line)

    def _refuse(self, problem: str, line: int) -> None:
        if not self.problem:
            self.problem, self.problem_line = problem, line


def _closing(text: str, start: int) -> int:
    """Give the index of the parenthesis that closes the one before ``start``, -1 where there is none."""
    depth, at, quote = 1, start, ""
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return at
        at += 1
    return -1


def _distance(text: str, wanted: str, start: int) -> int:
    end = text.find(wanted, start)
    return (len(text) if end < 0 else end) - start


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Join neighbouring plain texts."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


@dataclass(slots=True)
class _Draft:
    """A command while its words are collected."""

    words: list[Word] = field(default_factory=list)
    stdin: str = ""
    inputs: list[Word] = field(default_factory=list)
    outputs: list[Word] = field(default_factory=list)
    piped: bool = False

    def finish(self) -> RawCommand | None:
        if not self.words:
            return None
        return RawCommand(
            tuple(self.words), self.words[0].line, self.stdin, tuple(self.inputs), tuple(self.outputs), self.piped
        )


def _commands(tokens: list[_Token]) -> list[RawCommand]:
    found: list[RawCommand] = []
    draft, at = _Draft(), 0
    while at < len(tokens) and len(found) < MAX_COMMANDS:
        token = tokens[at]
        if token.word is not None:
            _add_word(draft, token.word)
        elif token.text in _REDIRECTIONS:
            at = _redirect(draft, tokens, at)
        elif token.text == "(" and _is_function(tokens, at):
            draft, at = _Draft(), at + 1
        else:
            command = draft.finish()
            found += [command] if command else []
            is_pipe = token.text in ("|", "|&") and bool(found)
            goes_on = command is None and token.kind == "newline" and draft.piped
            draft = _Draft(piped=is_pipe or goes_on)
        at += 1
    last = draft.finish()
    return [*found, last] if last else found


def _add_word(draft: _Draft, word: Word) -> None:
    is_keyword = not draft.words and not word.quoted and word.parts in {(keyword,) for keyword in _KEYWORDS}
    if (word.parts or word.quoted) and not is_keyword:
        draft.words.append(word)


def _is_function(tokens: list[_Token], at: int) -> bool:
    """Whether a parenthesis opens the ``()`` of a function's definition."""
    return at + 1 < len(tokens) and tokens[at + 1].text == ")"


def _redirect(draft: _Draft, tokens: list[_Token], at: int) -> int:
    """Take a redirection and its target; give the index of the last token taken."""
    target = tokens[at + 1].word if at + 1 < len(tokens) else None
    if target is None:
        return at
    operator = tokens[at]
    if operator.text in _HEREDOCS:
        draft.stdin = operator.body
    elif operator.text == "<<<":
        draft.stdin = target.expanded({})
    elif operator.text in _OUTPUTS:
        draft.outputs.append(target)
    elif operator.text == "<":
        draft.inputs.append(target)
    return at + 1
