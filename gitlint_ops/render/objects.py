"""Engine answers become rendered objects, as their controller would apply them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.render.answers import Answer
from gitlint_ops.render.model import RenderedObject, SubstitutionError
from gitlint_ops.render.scope import Scopes
from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit, Unit
from gitlint_ops.source.model import FieldPath

_ARGO_HOOK = "argocd.argoproj.io/hook"
_HELM_HOOK = "helm.sh/hook"
_APPLIED_HELM_HOOKS = frozenset(
    {"crd-install", "pre-install", "pre-upgrade", "post-install", "post-upgrade", "pre-delete", "post-delete"}
)


@dataclass(frozen=True, slots=True)
class Item:
    """One object of an answer: its value, its position in the unit's output, the file and 1-based line it is from."""

    data: Mapping[str, Any]
    index: int
    path: str
    line: int
    document: int | None
    repeated: tuple[FieldPath, ...] = ()


def metadata_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give an object's metadata, an empty mapping where it has none."""
    metadata = data.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def items_of(answer: Answer, unit: Unit, delivery: Delivery) -> Iterator[Item]:
    """Give the objects of an answer that the delivery's controller applies, lists expanded."""
    origins = answer.get("origins") or ()
    for index, value in enumerate(answer.get("objects") or ()):
        origin = origins[index] if index < len(origins) else {}
        for data in _expand(value):
            if _is_applied(data, unit, delivery):
                document = origin.get("document")
                repeated = tuple(tuple(path) for path in origin.get("repeated") or ())
                yield Item(data, index, str(origin.get("path") or ""), int(origin.get("line") or 0), document, repeated)


def _expand(value: object) -> Iterable[Mapping[str, Any]]:
    """Expand a list as Argo CD and Flux do: whatever has an ``items`` list; a List with null items is nothing."""
    if not isinstance(value, Mapping):
        return ()
    items = value.get("items")
    if isinstance(items, list):
        return [item for item in items if isinstance(item, Mapping)]
    if items is None and "items" in value and str(value.get("kind")).endswith("List"):
        return ()
    return (value,)


def _is_applied(data: Mapping[str, Any], unit: Unit, delivery: Delivery) -> bool:
    if delivery.controller == "argocd":
        return _argo_applies(metadata_of(data).get("annotations"))
    if isinstance(unit, KustomizeUnit) and unit.flux:
        # kustomize-controller drops the build's own Kustomization files among the objects.
        return api_group(str(data.get("apiVersion"))) != "kustomize.config.k8s.io"
    return True


def _argo_applies(annotations: object) -> bool:
    """Whether Argo CD applies an object with these annotations: not with hook Skip, nor Helm's test and rollback hooks.

    As in gitops-engine's pkg/sync/hook: Helm's hooks count only where there is no hook of Argo CD's own.
    """
    if not isinstance(annotations, Mapping):
        return True
    argo = _names(annotations.get(_ARGO_HOOK))
    if argo:
        return "Skip" not in argo
    helm = _names(annotations.get(_HELM_HOOK))
    return not helm or bool(helm & _APPLIED_HELM_HOOKS)


def _names(value: object) -> set[str]:
    return {name.strip() for name in value.split(",") if name.strip()} if isinstance(value, str) else set()


def rendered_objects(
    delivery: Delivery, answers: Sequence[tuple[Unit, Answer]], scopes: Scopes
) -> tuple[tuple[RenderedObject, ...], tuple[SubstitutionError, ...]]:
    """Give a delivery's objects in its sources' order, and the Flux variables in them that nothing defines.

    Where several sources of an Application give one object, the last wins, as in Argo CD's controller/state.go.
    """
    objects: list[RenderedObject] = []
    errors: list[SubstitutionError] = []
    for unit, answer in answers:
        made = [_rendered(item, unit, delivery, scopes) for item in items_of(answer, unit, delivery)]
        objects += made
        errors += _substitution_errors(answer, made)
    return tuple(_last_of_each(objects) if delivery.controller == "argocd" else objects), tuple(errors)


def _rendered(item: Item, unit: Unit, delivery: Delivery, scopes: Scopes) -> RenderedObject:
    data = item.data
    metadata = metadata_of(data)
    api_version, kind = str(data.get("apiVersion") or ""), str(data.get("kind") or "")
    written = str(metadata.get("namespace") or "")
    cluster_scoped = scopes.is_cluster_scoped(api_group(api_version), kind)
    namespace = "" if cluster_scoped else written or _default_namespace(unit, delivery)
    name = str(metadata.get("name") or metadata.get("generateName") or "")
    return RenderedObject(
        api_version, kind, namespace, name, data, delivery, unit, item.index, item.path, item.line, item.repeated
    )


def _default_namespace(unit: Unit, delivery: Delivery) -> str:
    """Give the namespace that the controller gives to a namespaced object without one."""
    if delivery.controller == "argocd":
        return delivery.target_namespace
    if delivery.controller == "flux" and isinstance(unit, HelmUnit):
        return unit.namespace
    return ""


def _last_of_each(objects: Sequence[RenderedObject]) -> list[RenderedObject]:
    kept: dict[object, RenderedObject] = {}
    for position, item in enumerate(objects):
        identity = (api_group(item.api_version), item.kind, item.namespace, item.name)
        named = bool(metadata_of(item.data).get("name"))
        kept[identity if named else position] = item
    return list(kept.values())


def _substitution_errors(answer: Answer, objects: Sequence[RenderedObject]) -> Iterator[SubstitutionError]:
    for error in answer.get("substitution_errors") or ():
        for item in objects:
            if item.index == error.get("object"):
                yield SubstitutionError(item, str(error.get("variable") or ""), str(error.get("message") or ""))
                break
