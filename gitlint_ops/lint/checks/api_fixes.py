"""When a new apiVersion may be written in place of an old one without looking at anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitlint_ops.lint.checks.schema import verdict_as
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Edit, Effect, Fix
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import HelmUnit

_ALIKE = frozenset(
    {
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
        ("batch/v1beta1", "CronJob"),
        ("coordination.k8s.io/v1beta1", "Lease"),
        ("extensions/v1beta1", "NetworkPolicy"),
        ("node.k8s.io/v1beta1", "RuntimeClass"),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRole"),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io/v1beta1", "Role"),
        ("rbac.authorization.k8s.io/v1beta1", "RoleBinding"),
        ("scheduling.k8s.io/v1beta1", "PriorityClass"),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity"),
        ("storage.k8s.io/v1beta1", "StorageClass"),
        ("storage.k8s.io/v1beta1", "VolumeAttachment"),
    }
)
"""Kinds whose successor has the same fields with the same meaning: "no notable changes" in Kubernetes' deprecation
guide (https://kubernetes.io/docs/reference/using-api/deprecation-guide/)."""


def fix_of(context: CheckContext, item: RenderedObject, api_version: str) -> Fix | None:
    """Give the edit of the line that has the apiVersion, where nothing else has to change with it.

    That is where the successor means the same, its schema takes the object as it is, and no patch, chart or other
    document names the old version too.
    """
    if (item.api_version, item.kind) not in _ALIKE or not api_version or isinstance(item.unit, HelmUnit):
        return None
    origin = context.provenance.origins(item, ("apiVersion",))[0]
    span = origin.span
    written = context.tree.line_text(span.path, span.line)[span.column - 1 : span.end_column - 1]
    if not origin.exact or written.strip("'\"") != item.api_version or _is_named_elsewhere(context, item):
        return None
    if verdict_as(context, item, api_version):
        return None
    effect = Effect((("apiVersion",),))
    return Fix(f"Use {api_version}, which has the same fields", (Edit(span, api_version),), effect=effect)


def _is_named_elsewhere(context: CheckContext, item: RenderedObject) -> bool:
    """Whether a second document has the kind in the old version, or a patch targets it: they may belong together."""
    known = context.once("api_fixes.named", lambda: list(_named(context)))
    return known.count((item.api_version, item.kind, _source_name(context, item))) != 1 or any(
        (version, kind) == (item.api_version, item.kind) for version, kind, name in known if not name
    )


def _source_name(context: CheckContext, item: RenderedObject) -> str:
    """Give the name under which the object stands in its file: a kustomization may change it."""
    for document in context.tree.read(item.source_path).documents if context.tree.is_file(item.source_path) else ():
        if document.is_object and (document.value["apiVersion"], document.value["kind"]) == (
            item.api_version,
            item.kind,
        ):
            name = _name(document.value)
            if name and name in item.name:
                return name
    return item.name


def _named(context: CheckContext) -> Iterator[tuple[str, str, str]]:
    """Give apiVersion, kind and name of every object in a file; of the targets of patches, with '' for the name."""
    for document in context.tree.objects():
        yield document.value["apiVersion"], document.value["kind"], _name(document.value)
    for kustomization in context.graph.kustomizations.values():
        for key in ("patches", "patchesJson6902"):
            entries = kustomization.data.get(key)
            for entry in entries if isinstance(entries, list) else ():
                target = entry.get("target") if isinstance(entry, Mapping) else None
                if isinstance(target, Mapping) and target.get("version"):
                    group = f"{target['group']}/" if target.get("group") else ""
                    yield f"{group}{target['version']}", str(target.get("kind", "")), ""


def _name(value: Mapping[str, object]) -> str:
    metadata = value.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
