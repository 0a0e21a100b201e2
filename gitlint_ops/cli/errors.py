"""The error that a user can mend."""

from __future__ import annotations

from collections.abc import Iterable

from gitlint_ops.cli import exit_codes


class CommandError(Exception):
    """Something that the user can mend: what is wrong, how to mend it, and the exit code."""

    def __init__(self, message: str, advice: str, exit_code: int = exit_codes.USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.exit_code = exit_code


def check_known(what: str, name: str, known: Iterable[str], advice: str = "") -> None:
    """Raise CommandError, with the nearest name, where ``name`` is none of ``known``; ``what`` says of what kind.

    ``advice`` is, where none is given, what shows the repository's environments and deliveries.
    """
    from gitlint_ops.lint.loader import nearest

    names = set(known)
    if name not in names:
        raise CommandError(
            f"there is no {what} '{name}'{nearest(name, names) or '; none was recognised'}",
            advice or "'gitlint-ops inspect' shows the layout",
        )
