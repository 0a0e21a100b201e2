"""A report narrowed to a part of the repository or to some environments."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from gitlint_ops.lint.model import Finding, Report


def within_folder(report: Report, folder: str, delivery_paths: Mapping[str, Collection[str]]) -> Report:
    """Keep the findings that concern ``folder`` (POSIX, ``.`` for all; a file is taken too).

    A finding concerns it where its place, a related place, or a folder that one of its deliveries applies
    (``delivery_paths``, by delivery id) lies in it. The coverage stays that of the whole repository.
    """
    if folder == ".":
        return report
    kept = tuple(finding for finding in report.findings if _concerns(finding, folder, delivery_paths))
    return dataclasses.replace(report, findings=kept)


def _concerns(finding: Finding, folder: str, delivery_paths: Mapping[str, Collection[str]]) -> bool:
    paths = [finding.span.path, *(related.span.path for related in finding.related)]
    applied = (path for delivery in finding.deliveries for path in delivery_paths.get(delivery, ()))
    return any(lies_in(path, folder) for path in (*paths, *applied))


def lies_in(path: str, folder: str) -> bool:
    """Tell whether a repository-relative POSIX path is ``folder`` or lies in it."""
    return folder in (".", path) or path.startswith(folder + "/")


def in_environments(report: Report, environments: Collection[str]) -> Report:
    """Keep the findings of ``environments`` (empty: all), and those of none, which may concern any."""
    if not environments:
        return report
    kept = tuple(f for f in report.findings if not f.environments or set(f.environments) & set(environments))
    return dataclasses.replace(report, findings=kept)
