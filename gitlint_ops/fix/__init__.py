"""The fix room: findings become changes of files.

In: a run (its tree, rendering and report) and how to repeat it. Out: the files as they are to be, each change proven by
a second run over a copy (``propose``); then the same on disk (``write``) or as a diff (``unified_diff``).
"""

from gitlint_ops.fix.checking import checking
from gitlint_ops.fix.diff import unified_diff
from gitlint_ops.fix.fixer import applicable, propose
from gitlint_ops.fix.model import Check, Checked, FileChange, Narrow, Outcome, Refused
from gitlint_ops.fix.workspace import Workspace, WorkspaceError
from gitlint_ops.fix.writing import WriteError, write

__all__ = [
    "Check",
    "Checked",
    "FileChange",
    "Narrow",
    "Outcome",
    "Refused",
    "Workspace",
    "WorkspaceError",
    "WriteError",
    "applicable",
    "checking",
    "propose",
    "unified_diff",
    "write",
]
