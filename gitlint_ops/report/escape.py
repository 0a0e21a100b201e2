"""The one place that makes text from a repository safe to print.

A repository is hostile until shown otherwise: a file name or a value may hold control sequences that drive a
terminal, bidirectional controls that reorder what is read, newlines that forge lines, or workflow commands that a CI
runner obeys.
"""

from __future__ import annotations

import re
import unicodedata

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "\x07": "\\a", "\x08": "\\b", "\x00": "\\0"}

# Cc: C0, DEL and C1. Cf: bidirectional controls, zero-width and tag characters.
# Cs: bytes of a file name that are not UTF-8. Zl, Zp: line ends.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# A runner trims leading whitespace before it looks for `::`, and finds `##[` anywhere in a line; ANSI colour may stand
# between. A carriage return ends a line for it.
_ANSI = r"(?:\x1b\[[0-9;]*m)*"
_COMMAND = re.compile(rf"(?:^|(?<=\r))((?:\s|\x1b\[[0-9;]*m)*):(?={_ANSI}:)", re.MULTILINE)
_JSON_ESCAPE = re.compile(r"\\\\|\\ud[89ab]..\\ud[c-f]..|(?P<lone>\\ud[89a-f]..)")
_LEGACY_COMMAND = re.compile(rf"#({_ANSI})#(?={_ANSI}\[)")


def printable(text: str) -> str:
    r"""Give ``text`` on one line, what a terminal would obey or hide in it shown as an escape (``\u202e``)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def break_commands(text: str) -> str:
    r"""Break GitHub workflow commands: ``::`` that starts a line becomes ``\x3a:``, ``##[`` becomes ``#\x23[``.

    Use it on everything that is printed where ``GITHUB_ACTIONS`` is ``true``: the runner scans stdout and stderr alike,
    and obeys ``set-output``, ``add-mask`` or ``stop-commands`` from either.
    Source: actions/runner, src/Runner.Common/ActionCommand.cs.
    """
    return _LEGACY_COMMAND.sub(r"#\1\\x23", _COMMAND.sub(r"\1\\x3a", text))


def safe_json(text: str) -> str:
    r"""Write what ASCII JSON leaves open so that every reader takes it: ``##[`` and the delete character as escapes.

    The value that a JSON reader gets stays the same, but for bytes of a file name that are not UTF-8: no JSON text can
    hold them (strict readers refuse all of it), so they are shown as the text ``\udcff``.
    """
    return _JSON_ESCAPE.sub(_whole, text).replace("##[", "#\\u0023[").replace("\x7f", "\\u007f")


def _whole(escape: re.Match[str]) -> str:
    return "\\" + escape.group() if escape.group("lone") else escape.group()
