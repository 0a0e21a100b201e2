"""Checks that what objects name is there: service accounts, volume claims, classes, scale targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.absence import Absence, absence_of, is_told, violations
from gitlint_ops.lint.references.pods import Pods, pods_of
from gitlint_ops.lint.references.wants import Want, want
from gitlint_ops.lint.references.world import Thing, world_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.narrowing import items, mapping

_SCALERS = {
    ("HorizontalPodAutoscaler", "autoscaling"): "scaleTargetRef",
    ("ScaledObject", "keda.sh"): "scaleTargetRef",
    ("VerticalPodAutoscaler", "autoscaling.k8s.io"): "targetRef",
    ("WatermarkPodAutoscaler", "datadoghq.com"): "scaleTargetRef",
}
"""The autoscalers, and the field of each that names what it scales."""
_WORKLOADS = (("Deployment", "apps"), ("StatefulSet", "apps"), ("Rollout", "argoproj.io"))
_NO_PODS = "no pod of it is created"


def dangling_service_account(context: CheckContext) -> Iterator[Violation]:
    """Report pods that run as a ServiceAccount that is not there."""
    wants = (wanted for pods in _all_pods(context) for wanted in _account(pods))
    yield from violations(_absences(context, wants), "runs as", _NO_PODS)


def _all_pods(context: CheckContext) -> Iterator[Pods]:
    for item in context.objects:
        yield from pods_of(item)


def _account(pods: Pods) -> Iterator[Want]:
    # serviceAccount is the deprecated name of the field; the API server lets serviceAccountName win.
    for field in ("serviceAccountName", "serviceAccount"):
        found = want(pods.item, (*pods.spec_path, field), "ServiceAccount", pods.spec.get(field))
        if found is not None:
            yield found
            return


def _absences(context: CheckContext, wants: Iterator[Want]) -> Iterator[Absence]:
    """Give the references that find nothing."""
    world = world_of(context)
    for wanted in wants:
        absence = None if world.find(wanted) else absence_of(context, wanted)
        if absence is not None:
            yield absence


def dangling_volume_claim(context: CheckContext) -> Iterator[Violation]:
    """Report pods that mount a PersistentVolumeClaim that is not there."""
    wants = (wanted for pods in _all_pods(context) for wanted in _claims(pods))
    yield from violations(_absences(context, wants), "mounts", "the pods wait for it and never start")


def _claims(pods: Pods) -> Iterator[Want]:
    for at, volume in items(pods.spec.get("volumes")):
        path = (*pods.spec_path, "volumes", at, "persistentVolumeClaim", "claimName")
        name = mapping(volume, "persistentVolumeClaim").get("claimName")
        found = want(pods.item, path, "PersistentVolumeClaim", name)
        if found is not None:
            yield found


def dangling_priority_or_class(context: CheckContext) -> Iterator[Violation]:
    """Report names of priority, storage, ingress and runtime classes that are not there.

    Most clusters bring classes that Git does not show: one is reported where a clue says that the name is wrong, or
    where Git has others of its kind and ``closed_kinds`` says that it has all.
    """
    wants = (wanted for item in context.objects for wanted in _classes(item))
    found = [
        absence for absence in _absences(context, wants) if absence.has_clue or _is_closed(context, absence.wanted)
    ]
    for kind, effect in _CLASS_EFFECTS.items():
        yield from violations((absence for absence in found if absence.wanted.kind == kind), "names", effect)


def _is_closed(context: CheckContext, wanted: Want) -> bool:
    """Whether Git has all classes of this kind."""
    return wanted.kind in context.options["closed_kinds"] and world_of(context).has_any(wanted)


_CLASS_EFFECTS = {
    "IngressClass": "no controller serves it",
    "PriorityClass": _NO_PODS,
    "RuntimeClass": _NO_PODS,
    "StorageClass": "no volume is made, and the pods that mount it never start",
}


def _classes(item: RenderedObject) -> Iterator[Want]:
    fields: list[Want | None] = []
    for pods in pods_of(item):
        fields.append(
            want(item, (*pods.spec_path, "priorityClassName"), "PriorityClass", pods.spec.get("priorityClassName"))
        )
        fields.append(
            want(item, (*pods.spec_path, "runtimeClassName"), "RuntimeClass", pods.spec.get("runtimeClassName"))
        )
    spec = mapping(item.data, "spec")
    if item.kind == "PersistentVolumeClaim":
        fields.append(want(item, ("spec", "storageClassName"), "StorageClass", spec.get("storageClassName")))
    if item.kind == "Ingress":
        fields.append(want(item, ("spec", "ingressClassName"), "IngressClass", spec.get("ingressClassName")))
    for at, template in items(spec.get("volumeClaimTemplates")):
        path = ("spec", "volumeClaimTemplates", at, "spec", "storageClassName")
        fields.append(want(item, path, "StorageClass", mapping(template, "spec").get("storageClassName")))
    yield from (found for found in fields if found is not None)


def dangling_scale_target(context: CheckContext) -> Iterator[Violation]:
    """Report autoscalers of a workload that is not there."""
    wants = (wanted for item in context.objects for wanted in _targets(item))
    absences = (replace(a, other_kind=_of_another_kind(context, a.wanted)) for a in _absences(context, wants))
    told = (absence for absence in absences if is_told(context, absence))
    yield from violations(told, "scales", "nothing is scaled")


def _of_another_kind(context: CheckContext, wanted: Want) -> Thing | None:
    """Give the workload of that name, of another kind than is named."""
    for kind, group in _WORKLOADS:
        found = world_of(context).find(replace(wanted, kind=kind, group=group))
        if found:
            return found[0]
    return None


def _targets(item: RenderedObject) -> Iterator[Want]:
    field = _SCALERS.get((item.kind, group_of(item.api_version)))
    if field is None:
        return
    reference = mapping(item.data, "spec", field)
    kind = str(reference.get("kind") or "Deployment")
    group = group_of(str(reference.get("apiVersion") or "apps/v1"))
    # The API server serves what was called extensions/v1beta1 as apps/v1.
    found = want(
        item, ("spec", field, "name"), kind, reference.get("name"), group="apps" if group == "extensions" else group
    )
    if found is not None:
        yield found
