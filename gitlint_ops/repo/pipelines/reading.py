"""What the readers of all CI systems share: the files, what could not be read, and bounds on what calls itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from gitlint_ops.repo.pipelines.model import Gap, Job, Step
from gitlint_ops.source import SourceTree

MAX_JOBS = 500
"""Jobs of a pipeline beyond these are not read: shared parts that call each other multiply without end."""
MAX_STEPS = 500
"""Likewise the steps (or scripts) of a job."""
MAX_CALLS = 5_000
"""Calls of shared parts (workflows, actions, templates, commands) that are followed in the files of one CI system."""


@dataclass(slots=True)
class Reading:
    """The reading of one CI system's files."""

    tree: SourceTree
    gaps: list[Gap] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    """Files that another one includes or calls: they are read there and not by themselves."""
    calls_left: int = MAX_CALLS

    def gap(self, path: str, reason: str) -> None:
        """Remember a part that cannot be read."""
        self.gaps.append(Gap(path, reason))

    def may_follow(self, path: str) -> bool:
        """Whether one more call, in the file ``path``, is to be followed; the first that is not becomes a gap."""
        self.calls_left -= 1
        if self.calls_left == -1:
            self.gap(path, f"shared parts are called over {MAX_CALLS:,} times; the rest is not checked")
        return self.calls_left >= 0


def first_jobs(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Give as many jobs as are read of one pipeline."""
    return tuple(islice(jobs, MAX_JOBS))


def first_steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Give as many steps as are read of one job."""
    return tuple(islice(steps, MAX_STEPS))
