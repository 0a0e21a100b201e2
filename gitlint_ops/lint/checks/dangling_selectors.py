"""Checks that label selectors select pods: of Services, their ports too, and of NetworkPolicies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.absence import is_provided, is_unseen
from gitlint_ops.lint.references.likeness import is_misspelt, likeness_of, nearest_name
from gitlint_ops.lint.references.operated import may_be_operated
from gitlint_ops.lint.references.pods import Pods
from gitlint_ops.lint.references.scopes import scope_of
from gitlint_ops.lint.references.selection import Selector, is_selective, plain_labels, pod_index, selector_of
from gitlint_ops.lint.references.wants import Want
from gitlint_ops.lint.references.world import world_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import items, mapping

_SELECTOR: FieldPath = ("spec", "selector")
_NOTHING = "selects nothing"


def dangling_service_selector(context: CheckContext) -> Iterator[Violation]:
    """Report Services whose selector selects no pods, and named target ports that none of their pods has."""
    for item in context.of_kinds(("Service",), ("",)):
        spec = mapping(item.data, "spec")
        if spec.get("type") == "ExternalName" or not is_selective(spec.get("selector")):
            continue
        selector = Selector(plain_labels(spec["selector"]))
        pods = pod_index(context).selected(selector, item.delivery, item.namespace)
        if pods:
            yield from _ports(context, item, pods)
        elif not _has_endpoints(context, item):
            yield from _nothing(context, item, selector, _SELECTOR, "it has no endpoints")


def _has_endpoints(context: CheckContext, item: RenderedObject) -> bool:
    """Whether somebody writes the Service's endpoints by hand."""
    wanted = Want(item, _SELECTOR, "Endpoints", item.name, item.namespace)
    return bool(world_of(context).find(wanted))


def network_policy_selects_nothing(context: CheckContext) -> Iterator[Violation]:
    """Report NetworkPolicies whose podSelector selects no pods."""
    for item in context.of_kinds(("NetworkPolicy",), ("networking.k8s.io",)):
        written = mapping(item.data, "spec", "podSelector")
        selector = selector_of(written)
        if not is_selective(written) or not (selector.labels or selector.expressions):
            continue
        if not pod_index(context).selected(selector, item.delivery, item.namespace):
            yield from _nothing(context, item, selector, ("spec", "podSelector"), "it protects nothing")


def _nothing(
    context: CheckContext, item: RenderedObject, selector: Selector, path: FieldPath, effect: str
) -> Iterator[Violation]:
    """Report a selector that selects nothing, unless pods that Git does not show may be meant."""
    wanted = Want(item, path, "Pod", item.name, item.namespace)
    if is_sample(item.delivery) or is_provided(context, wanted) or may_be_operated(context, item, selector):
        return
    near = _nearest(context, item, selector)
    unseen = is_unseen(context, wanted)
    if near is not None and _is_meant(context, item, selector, near, unseen=unseen):
        yield _violation(item, selector, near, path, effect)
        return
    # Requirements without labels select by chance in other places.
    found = pod_index(context).anywhere(selector, item.namespace) if selector.labels and not unseen else []
    elsewhere = next((pods for pods in found if _is_for(context, item, pods.item)), None)
    if elsewhere is not None:
        yield _away(item, selector, elsewhere, path, effect)


def _is_for(context: CheckContext, item: RenderedObject, work: RenderedObject) -> bool:
    """Whether pods in another place are those that a selector means, and not such as have common labels by chance.

    Those are that its own delivery has in another namespace, and in another environment what is in its namespace there
    or stands beside the same object.
    """
    if work.delivery is item.delivery:
        return True
    if scope_of(context, work.delivery).may_share(scope_of(context, item.delivery)):
        return False
    twins = (o for o in context.objects_of(work.delivery) if (o.kind, o.source_path) == (item.kind, item.source_path))
    return work.namespace == item.namespace or any(twin.namespace == work.namespace for twin in twins)


def _is_meant(context: CheckContext, item: RenderedObject, selector: Selector, near: Pods, *, unseen: bool) -> bool:
    """Whether those pods are what a selector misses; ``unseen``: there may be others, which Git does not show."""
    missing = [key for key in selector.labels if key not in near.labels]
    if missing and all(key in context.options["runtime_labels"] for key in missing):
        return False
    if _is_slip(selector, near) or _is_namesake(item, near.item):
        return True
    return not unseen and (near.item.delivery is item.delivery or _has_some(selector, near))


def _is_namesake(item: RenderedObject, work: RenderedObject) -> bool:
    """Whether a Service stands beside the workload of its own name: it is for that one's pods."""
    ours = (item.delivery.id, item.namespace, item.name)
    return item.kind == "Service" and ours == (work.delivery.id, work.namespace, work.name)


def _has_some(selector: Selector, pods: Pods) -> bool:
    return any(pods.labels.get(key) == value for key, value in selector.labels.items())


def _nearest(context: CheckContext, item: RenderedObject, selector: Selector) -> Pods | None:
    """Give the pods in the same place whose labels are most like what is selected, None where none are."""
    best: tuple[tuple[int, int, int, float], Pods] | None = None
    wanted = frozenset(selector.labels.values())
    for pods in pod_index(context).beside(item.delivery, item.namespace):
        equal = sum(pods.labels.get(key) == value for key, value in selector.labels.items())
        likeness = sum(likeness_of(value, pods.labels.get(key, "")) for key, value in selector.labels.items())
        # Under another key, the value tells which pods are meant.
        shared = len(wanted.intersection(pods.labels.values()))
        score = (int(pods.item.delivery is item.delivery), equal, shared, likeness)
        if any(score) and (best is None or score > best[0]):
            best = score, pods
    return best[1] if best else None


def _is_slip(selector: Selector, pods: Pods) -> bool:
    """Whether labels differ from what is selected by misspellings alone."""
    wrong = {key: value for key, value in selector.labels.items() if pods.labels.get(key) != value}
    return bool(wrong) and all(is_misspelt(value, pods.labels.get(key, "")) for key, value in wrong.items())


def _message(item: RenderedObject, selector: Selector, effect: str) -> str:
    wanted = ", ".join(f"{key}: {value}" for key, value in selector.labels.items())
    return f"{item.label} selects pods with {wanted}, and none here have that: {effect}"


def _away(item: RenderedObject, selector: Selector, pods: Pods, path: FieldPath, effect: str) -> Violation:
    """Report a selector whose pods are in another environment, cluster or namespace."""
    there = pods.item.delivery
    where = there.environment or f"the cluster {there.cluster}"
    if there is item.delivery:
        where = f"the namespace {pods.item.namespace}"
    message = f"{_message(item, selector, effect)}. The pods of {pods.item.label} in {where} do. Add them here too"
    related = (pods.item, (*pods.path, "metadata", "labels"), f"the pods of {pods.item.label} have it")
    return Violation(message, object=item, field_path=path, related_fields=(related,), cause=_NOTHING)


def _violation(item: RenderedObject, selector: Selector, near: Pods, path: FieldPath, effect: str) -> Violation:
    wrong = [(key, value) for key, value in selector.labels.items() if near.labels.get(key) != value]
    message = _message(item, selector, effect)
    if not wrong:
        return Violation(message, object=item, field_path=path, cause=_NOTHING)
    key, value = wrong[0]
    there = near.labels.get(key)
    have = f"have {key}: {there}" if there is not None else f"have no label {key}{_under_another_key(near, value)}"
    related = (
        near.item,
        (*near.path, "metadata", "labels", *((key,) if there is not None else ())),
        f"the pods of {near.item.label} {have}",
    )
    place = (*path, *(() if path == _SELECTOR else ("matchLabels",)), key)
    return Violation(
        f"{message}. The pods of {near.item.label} {have}",
        object=item,
        field_path=place,
        on_key=there is None,
        related_fields=(related,),
        value=value,
        cause=_NOTHING,
    )


def _under_another_key(pods: Pods, value: str) -> str:
    key = next((key for key, own in pods.labels.items() if own == value), "")
    return f", but {key}: {value}" if key else ""


def _ports(context: CheckContext, item: RenderedObject, pods: Sequence[Pods]) -> Iterator[Violation]:
    """Report target ports by names that no container of the selected pods gives to a port."""
    if not all(one.standard for one in pods):
        return
    names = sorted({name for one in pods for name in _port_names(one)})
    shown = next((one for one in pods if one.item.delivery is item.delivery), pods[0])
    for at, port in items(mapping(item.data, "spec").get("ports")):
        target = port.get("targetPort")
        if not isinstance(target, str) or target.isdigit() or target in names or "{" in target or "$" in target:
            continue
        if target.startswith(tuple(context.options["injected_ports"])):
            continue
        yield _no_port(item, at, target, names, shown)


def _port_names(pods: Pods) -> Iterator[str]:
    for _, container in pods.containers():
        for _, port in items(container.get("ports")):
            if isinstance(port.get("name"), str):
                yield port["name"]


def _no_port(item: RenderedObject, at: int, target: str, names: Sequence[str], pods: Pods) -> Violation:
    near = nearest_name(target, names)
    known = f"its ports are called {', '.join(names)}" if names else "none of its ports has a name"
    hint = f"did you mean '{near}'?" if near else known
    message = (
        f"{item.label} sends to the port '{target}', and no container of {pods.item.label} has a port of that name: "
        f"connections to it are refused; {hint}"
    )
    related = (pods.item, pods.spec_path, f"{pods.item.label} is selected")
    path = ("spec", "ports", at, "targetPort")
    return Violation(message, object=item, field_path=path, related_fields=(related,), cause=f"no port {target}")
