"""Units become engine requests; identical requests are answered once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.answers import Answer, Answers
from gitlint_ops.repo.model import DirectoryUnit, FluxBuild, HelmUnit, KustomizeUnit, Unit

LoadRestrictor = Literal["root", "none"]
Request = dict[str, Any]


def request_for(unit: Unit, kubernetes_version: str = "") -> Request:
    """Give the engine request that renders a unit as its controller would.

    ``kubernetes_version`` (``1.33``, '' for the newest) stands in where the unit itself names none.
    """
    if isinstance(unit, KustomizeUnit):
        return _kustomize(unit, kubernetes_version)
    if isinstance(unit, HelmUnit):
        return _helm(unit, kubernetes_version)
    return _directory(unit)


def key_of(request: Request) -> str:
    """Give a text that is the same for equal requests only."""
    return json.dumps(request, sort_keys=True, default=str)


def _kustomize(unit: KustomizeUnit, kubernetes_version: str) -> Request:
    request: Request = {"verb": "kustomize", "path": unit.path, "load_restrictor": unit.load_restrictor}
    if unit.edits:
        request["edits"] = [list(edit) for edit in unit.edits]
    if unit.enable_helm:
        versions = {"kube_version": unit.kube_version or kubernetes_version, "api_versions": list(unit.api_versions)}
        request |= {"enable_helm": True, "helm": unit.helm, **versions}
    if unit.remotes:
        request["remotes"] = dict(unit.remotes)
    if unit.charts:
        request["charts"] = dict(unit.charts)
    if unit.flux:
        request["flux"] = _flux(unit.flux)
    return request


def _flux(build: FluxBuild) -> Request:
    # Strict substitution is kustomize-controller's default since 1.9.
    return ({"ignore": build.ignore} if build.ignore else {}) | {
        "spec": build.spec,
        "name": build.name,
        "namespace": build.namespace,
        "vars": dict(build.variables),
        "strict": True,
    }


def _helm(unit: HelmUnit, kubernetes_version: str) -> Request:
    request: Request = {
        "verb": "helm",
        "chart": unit.path,
        "helm": unit.helm,
        "release": unit.release,
        "namespace": unit.namespace,
        "layers": [{layer.form: layer.value} for layer in unit.layers],
        "kube_version": unit.kube_version or kubernetes_version,
        "api_versions": list(unit.api_versions),
        "include_crds": unit.include_crds,
        "skip_tests": unit.skip_tests,
        "hooks": True,
        "skip_schema_validation": unit.skip_schema_validation,
    }
    if unit.charts:
        request["charts"] = dict(unit.charts)
    if unit.chart_values_files:
        request["chart_values_files"] = list(unit.chart_values_files)
    if unit.post_renderers:
        request["post_renderers"] = [dict(item) for item in unit.post_renderers]
    if unit.common_metadata:
        request["common_metadata"] = dict(unit.common_metadata)
    return request


def _directory(unit: DirectoryUnit) -> Request:
    return {
        "verb": "directory",
        "path": unit.path,
        "recurse": unit.recurse,
        "include": unit.include,
        "exclude": unit.exclude,
        "jsonnet": True,
    }


class Pool:
    """Renders batches of requests, each distinct request once in the pool's life.

    ``known`` are answers that hold here too; what is rendered is added to them, for another tree to use.
    """

    def __init__(self, engine: EngineClient, known: Answers | None = None) -> None:
        self._engine = engine
        self._known = known
        self._answers: dict[str, Answer | EngineError] = {}

    def answer_all(self, requests: Sequence[Request]) -> list[Answer | EngineError]:
        """Give the answers, or the errors, in the order of the requests. Equal requests share one answer."""
        keys = list(map(key_of, requests))
        new = {key: request for key, request in zip(keys, requests, strict=True) if not self._has(key)}
        if self._known is not None:
            new = {key: {**request, "reads": True} for key, request in new.items()}
        for key, answer in zip(new, self._engine.call_many(list(new.values())), strict=True):
            self._answers[key] = answer
            if self._known is not None and not isinstance(answer, EngineError):
                self._known.keep(key, answer)
        return [self._answers[key] for key in keys]

    def _has(self, key: str) -> bool:
        known = self._known.recall(key) if self._known is not None and key not in self._answers else None
        if known is not None:
            self._answers[key] = known
        return key in self._answers
