"""Which units a change cannot touch: told from the graph and from what charts load, before anything is rendered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.render.answers import Difference
from gitlint_ops.render.claims import Claims
from gitlint_ops.render.plan import Request
from gitlint_ops.repo import Context
from gitlint_ops.repo.kustomizations import FILE_NAMES
from gitlint_ops.repo.model import DirectoryUnit, HelmUnit, Kustomization, KustomizeUnit, Unit
from gitlint_ops.repo.references import built_folders

_SOURCE_IGNORE = ".sourceignore"
_IMPORTING = (".jsonnet", ".libsonnet")
"""Files of a directory source that may import others, wherever these lie."""
_STATIC_FIELDS = frozenset(
    {
        "apiVersion",
        "bases",
        "buildMetadata",
        "commonAnnotations",
        "commonLabels",
        "components",
        "configMapGenerator",
        "configurations",
        "crds",
        "generatorOptions",
        "images",
        "kind",
        "labels",
        "metadata",
        "namePrefix",
        "nameSuffix",
        "namespace",
        "openapi",
        "patches",
        "patchesJson6902",
        "patchesStrategicMerge",
        "replacements",
        "replicas",
        "resources",
        "secretGenerator",
        "sortOptions",
        "vars",
    }
)
"""Fields of a kustomization that read nothing but what its references name. Plugins and charts read more."""


class Untouched:
    """Answers which units come out the same in another tree, given the same request. What cannot be told is touched."""

    def __init__(self, context: Context, claims: Claims, difference: Difference) -> None:
        self._context = context
        self._claims = claims
        self._difference = difference
        self._kustomizations: dict[str, bool] = {}

    def among(self, work: Sequence[tuple[Unit, Request]]) -> list[bool]:
        """Tell for each unit, with the request that renders it, whether the difference cannot touch it."""
        charts = iter(self._loads([request for unit, request in work if isinstance(unit, HelmUnit)]))
        return [next(charts) if isinstance(unit, HelmUnit) else self._is_untouched(unit) for unit, _ in work]

    def _loads(self, requests: Sequence[Request]) -> list[bool]:
        """Let the engine load charts with their values, and judge by what it reads."""
        asked = [{**request, "only_reads": True, "reads": True} for request in requests]
        return [self._holds(answer) for answer in self._context.engine.call_many(asked)]

    def _holds(self, answer: dict[str, Any] | EngineError) -> bool:
        return not isinstance(answer, EngineError) and not any(map(self._difference.meets, answer["reads"]))

    def _is_untouched(self, unit: Unit) -> bool:
        files = self._claims.files_of(unit)
        if self._difference.has_one_of(files) or self._difference.leads_elsewhere([unit.path, *files]):
            return False
        if isinstance(unit, DirectoryUnit):
            return self._is_whole(unit.path, unit.recurse) and not any(path.endswith(_IMPORTING) for path in files)
        return isinstance(unit, KustomizeUnit) and self._kustomize(unit)

    def _is_whole(self, folder: str, recurse: bool = True) -> bool:
        """Whether all that can be found in a folder is there, and nothing of it differs."""
        difference = self._difference
        linked = difference.leads_elsewhere([folder]) or difference.has_link_below(folder)
        return not (linked or difference.is_in(folder, recurse=recurse))

    def _kustomize(self, unit: KustomizeUnit) -> bool:
        ignores_others = unit.flux is not None and self._difference.has_named(_SOURCE_IGNORE)
        if ignores_others or any(map(_reads_more, unit.edits)):
            return False
        return all(self._is_built_alike(unit, folder) for folder in self._claims.folders_of(unit))

    def _is_built_alike(self, unit: KustomizeUnit, folder: str) -> bool:
        """Whether a folder's kustomizations, or those that Flux generates for it, read nothing that differs."""
        if folder not in self._context.kustomizations and not (unit.flux and self._is_whole(folder)):
            return False
        return all(self._is_static(reached) for reached in built_folders(self._context, folder))

    def _is_static(self, folder: str) -> bool:
        if folder not in self._kustomizations:
            self._kustomizations[folder] = self._judge(self._context.kustomizations[folder])
        return self._kustomizations[folder]

    def _judge(self, kustomization: Kustomization) -> bool:
        """Whether a kustomization reads just what it refers to, and no other one comes or goes beside it."""
        prefix = "" if kustomization.folder == "." else f"{kustomization.folder}/"
        return (
            kustomization.data.keys() <= _STATIC_FIELDS
            and all(reference.exists for reference in kustomization.references)
            and not self._difference.leads_elsewhere(reference.target for reference in kustomization.references)
            and not self._difference.has_one_of(frozenset(prefix + name for name in FILE_NAMES))
        )


def _reads_more(edit: tuple[str, ...]) -> bool:
    """Whether an edit of Argo CD's names files that the graph does not know: a patch's, or components by a pattern."""
    if edit[:2] == ("append", "patches"):
        return any("path" in patch for patch in json.loads(edit[2]))
    return edit[:2] == ("add", "component") and "*" in edit[2]
