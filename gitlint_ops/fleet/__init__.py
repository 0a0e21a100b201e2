"""The fleet room: many repositories, each checked by a process of its own, here or on a cluster.

In: repositories by name, the options of a check, and where it is to be done. Out: for each repository its report, or
why there is none. A process that dies, or takes too long, costs the repository that it was about, and nothing else.
What a state folder knows already is not checked again.
"""

from __future__ import annotations

from gitlint_ops.fleet.listing import Repository, list_entries, named, repositories_in
from gitlint_ops.fleet.merging import merged
from gitlint_ops.fleet.model import Answer, Executor, ExecutorError, Outcome, Task
from gitlint_ops.fleet.run import check_fleet
from gitlint_ops.fleet.state import State

__all__ = [
    "Answer",
    "Executor",
    "ExecutorError",
    "Outcome",
    "Repository",
    "State",
    "Task",
    "check_fleet",
    "list_entries",
    "merged",
    "named",
    "repositories_in",
]
