"""What a kustomization builds by itself: the proof of its fixes where something that includes it does not render.

A folder that builds to the same objects gives the same to whatever includes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.fix.model import Candidate
from gitlint_ops.fix.proof import Objection
from gitlint_ops.lint.model import Effect
from gitlint_ops.repo.model import RepoGraph

Builds = Mapping[str, Sequence[Mapping[str, Any]]]
"""The objects that folders build to, by folder; those that do not build are left out."""


def folder_of(fix: Candidate, graph: RepoGraph) -> str | None:
    """Give the folder of the kustomization that a fix edits; None for another file, or where objects are to change."""
    paths = {edit.span.path for edit in fix.fix.edits}
    path = min(paths) if len(paths) == 1 else ""
    folder = path.rpartition("/")[0] or "."
    kustomization = graph.kustomizations.get(folder)
    known = kustomization is not None and kustomization.path == path
    return folder if known and fix.fix.effect == Effect() else None


def built_alone(root: Path, folders: Collection[str]) -> Builds:
    """Build each folder below a root by itself, as ``kustomize build`` would."""
    wanted = sorted(folders)
    requests = [{"verb": "kustomize", "path": folder, "load_restrictor": "none"} for folder in wanted]
    with EngineClient(root) as engine:
        answers = engine.call_many(requests) if requests else []
    pairs = zip(wanted, answers, strict=True)
    return {folder: answer["objects"] for folder, answer in pairs if not isinstance(answer, EngineError)}


def rebuilt(before: Builds, after: Builds, folders: Sequence[str | None]) -> Iterator[Objection]:
    """Give the folders that build to something else; ``folders`` has that of each fix, None where it needs none."""
    for at, folder in enumerate(folders):
        if folder is not None and before.get(folder) != after.get(folder):
            yield Objection(f"{folder} would build to something else", frozenset({at}))
