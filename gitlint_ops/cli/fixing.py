"""``check --fix`` and ``check --diff``: from a run to changed files, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from gitlint_ops.cli import exit_codes
from gitlint_ops.cli.errors import CommandError
from gitlint_ops.cli.options import PlaceOptions
from gitlint_ops.cli.streams import deliver, diagnose

if TYPE_CHECKING:
    from gitlint_ops.fix import Check, Checked, Narrow, Outcome, Refused
    from gitlint_ops.lint.model import Report


@dataclass(frozen=True, kw_only=True)
class FixOptions(PlaceOptions):
    """The options of ``check`` that change files, or show how they would."""

    fix: bool = False
    diff: bool = False
    unsafe_fixes: bool = False


def fix_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--fix``, ``--diff`` and ``--unsafe-fixes``: the fields of FixOptions."""
    options = (
        ("--fix", "Mend what can be mended, in the files; each change is proven first."),
        ("--diff", "Print what --fix would change and write nothing; the exit code is 1 where that is anything."),
        ("--unsafe-fixes", "With --fix or --diff: also drop settings, and change what a controller does."),
    )
    for name, text in reversed(options):
        command = click.option(name, is_flag=True, help=text)(command)
    return command


class Mender:
    """Applies the fixes of one run of ``check``, as its options ask for.

    ``outcome`` is what came of it: None before, and where nothing was to be fixed.
    """

    def __init__(self, options: FixOptions) -> None:
        if options.unsafe_fixes and not (options.fix or options.diff):
            raise CommandError("--unsafe-fixes does nothing by itself", "add --fix or --diff")
        self._options = options
        self.outcome: Outcome | None = None

    def mend(self, checked: Checked, check: Check, narrow: Narrow) -> Report:
        """Give the report on what remains once the files are changed; it writes them, unless only a diff is asked for.

        ``check`` repeats the run on another tree. Raises CommandError where nothing can be written.
        """
        if not (self._options.fix or self._options.diff):
            return narrow(checked)
        from gitlint_ops.fix import WorkspaceError, WriteError, propose, write

        try:
            self.outcome = propose(checked, check, narrow, unsafe=self._options.unsafe_fixes)
            if not self._options.diff:
                write(checked.tree.root, self.outcome.changes)
        except (WorkspaceError, WriteError) as error:
            raise CommandError(f"{error}; nothing was written", "mend that, and run it again") from error
        return self.outcome.report

    def tell(self) -> None:
        """Say on stderr what was fixed and what was not; with ``--diff`` print the diff, and end with its exit code."""
        if self.outcome is None:
            return
        from gitlint_ops.fix import unified_diff

        if self._options.diff:
            deliver(unified_diff(self.outcome.changes), None)
        for line in summary(self.outcome, written=not self._options.diff):
            diagnose(line)
        if self._options.diff:
            hint = "" if self._options.unsafe_fixes else _unsafe_hint(self.outcome)
            if hint:
                diagnose(hint)
            raise click.exceptions.Exit(exit_codes.FINDINGS if self.outcome.changes else exit_codes.OK)


def summary(outcome: Outcome, *, written: bool) -> list[str]:
    """Give the lines that say what was fixed (or would be), file by file, and which fixes were left out and why."""
    from gitlint_ops.report.escape import printable
    from gitlint_ops.report.page import plural

    did = "Fixed" if written else "Would fix"
    count = f"{did} {plural(len(outcome.fixed), 'finding')} in {plural(len(outcome.changes), 'file')}"
    lines = [f"{count}{':' if outcome.changes else '.'}"]
    lines += [f"  {printable(path)}: {number}" for path, number in outcome.fixed_by_path().items()]
    return lines + [_refusal(refused) for refused in outcome.refused]


def _unsafe_hint(outcome: Outcome) -> str:
    """Say how many findings have fixes that were not asked for, '' for none; a report would say it too."""
    from gitlint_ops.fix import applicable
    from gitlint_ops.report.page import plural

    unsafe = sum(not candidate.fix.safe for candidate in applicable(outcome.report.findings, unsafe=True))
    return f"{plural(unsafe, 'finding is', 'findings are')} fixable with --unsafe-fixes only." if unsafe else ""


def _refusal(refused: Refused) -> str:
    from gitlint_ops.report.escape import printable

    finding = refused.finding
    place = f"{finding.span.path}:{finding.span.line}"
    return printable(f"Not fixed: {finding.rule} at {place}: {refused.reason}")
