"""The shape of a repository, from its figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gitlint_ops.lint.shape.facts import Facts

Name = Literal[
    "app-repository", "environment-repository", "monorepo", "base-and-overlays", "app-of-apps", "mixed", "none"
]
_SHOWN = 3
_MIXED_BUILDS = 2
_PROMOTED_SHARE = 0.25
"""With fewer of its applications in several environments, promotion is not what the repository is for."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A repository's shape: what it is kept for, the ways in which it is laid out, and why."""

    name: Name
    patterns: tuple[Literal["base-and-overlays", "app-of-apps"], ...]
    reasons: tuple[str, ...]

    def has(self, *names: str) -> bool:
        """Whether the shape, or one of its patterns, is one of these."""
        return self.name in names or bool(set(self.patterns) & set(names))


def judge(facts: Facts) -> Shape:
    """Give the shape of a repository with these figures."""
    patterns = tuple(_patterns(facts))
    name, reason = _kind(facts, [pattern for pattern, _ in patterns])
    reasons = (*((reason,) if reason else ()), *(why for _, why in patterns))
    return Shape(name, tuple(pattern for pattern, _ in patterns), reasons)


def _patterns(facts: Facts) -> Iterator[tuple[Literal["base-and-overlays", "app-of-apps"], str]]:
    overlays = {folder for used in facts.overlays.values() for folder in used}
    named = {environment.name for environment in facts.environments}
    if len(overlays) > 1 or any(folder.rpartition("/")[2] in named for folder in overlays):
        yield (
            "base-and-overlays",
            f"{counted(len(overlays), 'overlay builds', 'overlays build')} on {counted(len(facts.overlays), 'base')}",
        )
    if facts.roots:
        largest, children = max(facts.roots, key=lambda root: root[1])
        others = len(facts.roots) - 1
        more = f", and so {'does' if others == 1 else 'do'} {counted(others, 'other root')}" if others else ""
        yield "app-of-apps", f"{largest} creates {counted(children, 'delivery', 'deliveries')}{more}"
    elif facts.generators > 1:
        yield "app-of-apps", f"{counted(facts.generators, 'ApplicationSet')} generate the Applications"


def _kind(facts: Facts, patterns: list[str]) -> tuple[Name, str]:
    """Give what the repository is kept for, and why; '' where its layout says all there is to say."""
    if not (facts.apps or patterns or facts.deliveries):
        return "none", "nothing here is deployed"
    return next(_purposes(facts), _layout(facts, patterns))


def _purposes(facts: Facts) -> Iterator[tuple[Name, str]]:
    """Give what the figures say of the repository's purpose, the strongest first."""
    sources = f"{counted(facts.source_files, 'file')} of source code, built in {_listed(facts.build_folders)}"
    has_apps = bool(facts.application_folders) or len(facts.apps) > 1
    if facts.owns_source:
        yield "app-repository", f"the application's own source code lies beside its manifests: {sources}"
    if facts.infrastructure and has_apps:
        yield "monorepo", _monorepo(facts, f"folder {_listed(facts.infrastructure)}")
    if len(facts.build_folders) >= _MIXED_BUILDS:
        yield "mixed", f"manifests of {counted(len(facts.apps), 'application')} beside {sources}"
    if facts.system_namespaces and has_apps:
        yield "monorepo", _monorepo(facts, f"namespace {_listed(facts.system_namespaces)}")
    if facts.promoted > 1 and facts.promoted >= _PROMOTED_SHARE * len(facts.apps):
        yield "environment-repository", f"{_environments(facts)}, and no source code"


def _layout(facts: Facts, patterns: list[str]) -> tuple[Name, str]:
    if not patterns and facts.promoted:
        return "environment-repository", f"{_environments(facts)}, and no source code"
    if not patterns:
        return "none", "manifests without environments, overlays or a root"
    if len(patterns) > 1:
        return "mixed", ""
    return ("app-of-apps", "") if patterns == ["app-of-apps"] else ("base-and-overlays", "")


def _environments(facts: Facts) -> str:
    names = tuple(environment.name for environment in facts.environments)
    return f"{counted(facts.promoted, 'application')} in {counted(len(names), 'environment')} ({_listed(names)})"


def _monorepo(facts: Facts, infrastructure: str) -> str:
    apps = facts.application_folders
    what = f"applications (folder {_listed(apps)})" if apps else counted(len(facts.apps), "application")
    return f"{what} and infrastructure ({infrastructure}) lie in one repository"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join("the root" if name == "." else name for name in names[:_SHOWN]) + more


def counted(number: int, noun: str, many: str = "") -> str:
    """Give a number with its noun: ``1 overlay``, ``3 policies``; ``many`` where the plural is not formed with an s."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
