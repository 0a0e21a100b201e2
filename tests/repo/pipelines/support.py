"""Pipelines of written files, and what they run in a short form."""

from __future__ import annotations

from gitlint_ops.repo.pipelines import Pipelines, command_span, commands_of, find_pipelines
from gitlint_ops.source import SourceTree

Line = tuple[str, str, str]


def pipelines(tree: SourceTree) -> Pipelines:
    return find_pipelines(tree)


def commands(tree: SourceTree, job: str = "") -> list[Line]:
    """Give (job, place, command) of each command of the jobs of that name, or of all."""
    found = []
    for pipeline in find_pipelines(tree).pipelines:
        for item in pipeline.jobs:
            for command in commands_of(tree, item) if job in ("", item.name) else ():
                span = command_span(tree, command)
                found.append((item.name, f"{span.path}:{span.line}", " ".join(command.words)))
    return found
