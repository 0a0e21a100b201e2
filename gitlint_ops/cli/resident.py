"""``python -m gitlint_ops.cli.resident``: checks one repository after the other, as ``fleet`` asks (not for people).

Standard input has a task a line, standard output an answer a line (``gitlint_ops.fleet``). The process ends at once
when its input does, whatever it is doing, and when it was not asked for a while.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gitlint_ops.cli.signals import end_at_once

if TYPE_CHECKING:
    from gitlint_ops.cli.check_options import CheckOptions
    from gitlint_ops.fleet import Answer, Task

IDLE_SECONDS = 60.0
_NOTHING = "there is no YAML, JSON or chart file in it"


def main() -> None:
    """Answer until the input ends, or nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from gitlint_ops.fleet import Task

    answers, tasks = _own_output(), _read(sys.stdin.buffer)
    while True:
        try:
            line = tasks.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return
        answers.write(answer(Task.read(line)).line().encode("ascii") + b"\n")
        answers.flush()
        _tidy()


def _own_output() -> BinaryIO:
    """Keep standard output for the answers: whatever else is printed goes to standard error."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _read(source: BinaryIO) -> queue.SimpleQueue[bytes]:
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        for line in source:
            tasks.put(line)
        end_at_once(0)

    threading.Thread(target=read, daemon=True).start()
    return tasks


def _tidy() -> None:
    """Free what the last repository took; what stays is not looked at again."""
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()


def answer(task: Task) -> Answer:
    """Check one repository. Raises nothing: an error is an answer too."""
    from gitlint_ops.cli.boundary import explained
    from gitlint_ops.fleet import Answer

    try:
        return _checked(task)
    except Exception as error:  # noqa: BLE001 - whatever it is, it costs this repository alone
        reason, code = explained(error)
        return Answer(reason=reason, exit_code=code)


def _checked(task: Task) -> Answer:
    from dataclasses import asdict, replace

    from gitlint_ops.cli.boundary import explained
    from gitlint_ops.cli.check import UnchangedError, check_since
    from gitlint_ops.cli.errors import CommandError
    from gitlint_ops.fleet import Answer
    from gitlint_ops.fleet.packing import packed
    from gitlint_ops.report.remembered import basis_of
    from gitlint_ops.source.listing import is_marked

    if not is_marked(Path(task.root)):
        raise CommandError("it is no repository", "it has neither .git nor .gitlint-ops.yaml")
    try:
        report, basis = check_since(_options(task), basis_of(task.basis))
    except UnchangedError:
        return Answer(unchanged=True)
    flaws = [explained(defect) for defect in report.defects] or ([] if report.coverage.files else [(_NOTHING, 0)])
    return Answer(
        packed(replace(report, defects=())),
        asdict(basis) if basis else None,
        reason=", ".join(reason for reason, _ in flaws),
        exit_code=max((code for _, code in flaws), default=0),
    )


def _options(task: Task) -> CheckOptions:
    """Give the options of a check of the whole repository; those that are paths travel as texts."""
    from gitlint_ops.cli.check_options import CheckOptions

    root, given = Path(task.root), dict(task.options)
    paths = {name: Path(given[name]) for name in ("config_file", "cache_dir") if given.get(name)}
    return CheckOptions(
        **{**given, **paths, "rules": tuple(given.get("rules", ())), "paths": (root,), "root": root, "quiet": True}
    )


if __name__ == "__main__":
    main()
