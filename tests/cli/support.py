"""The command line as a user runs it, within this process."""

from __future__ import annotations

import pytest

from gitlint_ops.cli import main


def run(capfd: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    """Run gitlint-ops with these arguments; give its exit code, standard output and standard error."""
    code = main([str(argument) for argument in argv])
    return code, *capfd.readouterr()
