"""Checks of namespaces: where a delivery says that it goes, where its objects land, and whether that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.checks.repeated import called, declaration_of
from gitlint_ops.lint.checks.sync_policy import option_path
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.narrowing import mapping

_SYSTEM = frozenset({"default", "kube-node-lease", "kube-public", "kube-system"})
_KINDS = ("Namespace", "Project", "ProjectRequest")
_FEW = 3
"""A delivery into more namespaces configures a cluster: it has no environment's namespace of its own."""
_UNKNOWN = re.compile(r"[{}<>$%]")
_NAMESPACE = ("metadata", "namespace")
Use = tuple[Delivery, RenderedObject | None]
"""A delivery that needs a namespace, and an object of it that lands there (None where nothing was rendered)."""
_CONTROL_GROUPS = ("argoproj.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io")


# Where objects land


def namespace_mismatch(context: CheckContext) -> Iterator[Violation]:
    """Report Applications nothing of which lands in their namespace, and objects in another environment's namespace."""
    said: set[str] = set()
    for delivery in context.deliveries:
        if is_sample(delivery):
            continue
        landed = _landed(context, delivery)
        elsewhere = delivery.controller == "argocd" and _is_elsewhere(context, delivery, landed)
        if elsewhere and declaration_of(delivery) not in said:
            said.add(declaration_of(delivery))
            yield _elsewhere(context, delivery, landed)
        yield from _of_other_environment(context, delivery, landed)


def _landed(context: CheckContext, delivery: Delivery) -> Mapping[str, RenderedObject]:
    """Give the namespaces in which a delivery's objects land, each with the first of them; no orders to controllers."""
    found: dict[str, RenderedObject] = {}
    for item in context.objects_of(delivery):
        if item.namespace and group_of(item.api_version) not in _CONTROL_GROUPS:
            found.setdefault(item.namespace, item)
    return found


def _is_elsewhere(context: CheckContext, delivery: Delivery, landed: Mapping[str, RenderedObject]) -> bool:
    """Whether all that a delivery applies names one namespace, which is not the delivery's.

    What lands beside a root's orders to their controller (a repository's credentials, say) belongs there.
    """
    target = delivery.target_namespace
    if not target or target in _SYSTEM | vocabulary.CONTROLLER_NAMESPACES or _UNKNOWN.search(target):
        return False
    orders = (item for item in context.objects_of(delivery) if group_of(item.api_version) in _CONTROL_GROUPS)
    return len(landed) == 1 and target not in landed and not any(item.namespace in landed for item in orders)


def _elsewhere(context: CheckContext, delivery: Delivery, landed: Mapping[str, RenderedObject]) -> Violation:
    actual, item = next(iter(landed.items()))
    created = " (and CreateNamespace makes an empty one)" if _creates(delivery) else ""
    message = (
        f"{delivery.kind} {delivery.name} says that it goes to the namespace {delivery.target_namespace}{created}, but "
        f"all that it applies names the namespace {actual} itself and lands there: Argo CD fills a namespace in only "
        "where none is written. Write the same in both places, or take the namespace out of the manifests"
    )
    related = (item, _NAMESPACE, f"the namespace {actual} is written here")
    violation = Violation(message, related_fields=(related,))
    return at_field(context, delivery, ("spec", "destination", "namespace"), violation)


def _of_other_environment(
    context: CheckContext, delivery: Delivery, landed: Mapping[str, RenderedObject]
) -> Iterator[Violation]:
    own = vocabulary.rank_of(delivery.environment)
    if own is None or len(landed) > _FEW:
        return
    made = {item.name for item in context.objects_of(delivery) if item.kind in _KINDS}
    ranks = context.once("environments-by-rank", lambda: _by_rank(context))
    said = {rank for text in _says(delivery) for rank in [_told(text)] if rank is not None}
    for namespace, item in landed.items():
        rank = _told(namespace)
        if rank in ranks and rank != own and rank not in said and namespace not in made:
            message = (
                f"{item.label} of the environment {delivery.environment} goes to the namespace {namespace}, which by "
                f"its name is {ranks[rank]}'s: it overwrites what runs there. Write {delivery.environment}'s namespace"
            )
            yield Violation(message, object=item, field_path=_NAMESPACE)


def _by_rank(context: CheckContext) -> dict[int, str]:
    """Give the name of the first environment of each rank."""
    return {environment.rank: name for name, environment in sorted(context.graph.environments.items(), reverse=True)}


def _says(delivery: Delivery) -> Iterator[str]:
    """Give what says of which environment a delivery is meant to be: its name, and its folders."""
    yield delivery.name
    for unit in delivery.units:
        yield from unit.path.split("/")


@lru_cache(maxsize=4096)
def _told(name: str) -> int | None:
    """Give the rank of the environment that a name tells at its start or end, None where it tells none."""
    word = name if vocabulary.is_environment_name(name) else vocabulary.word_in_name(name)
    return vocabulary.rank_of(word) if word and not vocabulary.is_ambiguous(word) else None


# Whether it is there


def namespace_missing(context: CheckContext) -> Iterator[Violation]:
    """Report namespaces that deliveries need and nothing creates, where nearly all others are created."""
    used: dict[str, list[Use]] = {}
    for delivery, name, item in _used(context):
        used.setdefault(name, []).append((delivery, item))
    created = _created(context)
    missing = [name for name in used if name not in created]
    if len(missing) * context.options["created_for_each_missing"] <= len(used) - len(missing):
        yield from (_missing(context, names, used) for names in _by_cause(missing, used))


def _by_cause(missing: list[str], used: Mapping[str, list[Use]]) -> Iterator[list[str]]:
    """Group the namespaces of one ApplicationSet's Applications: its template is what does not create them."""
    groups: dict[str, list[str]] = {}
    for name in missing:
        groups.setdefault(used[name][0][0].generator or f"namespace {name}", []).append(name)
    yield from groups.values()


def _used(context: CheckContext) -> Iterator[tuple[Delivery, str, RenderedObject | None]]:
    """Give the namespaces that deliveries need, each with an object that lands there (None: nothing was rendered)."""
    for delivery in context.deliveries:
        if delivery.controller == "none" or is_sample(delivery):
            continue
        objects: Mapping[str, RenderedObject | None] = {**_landed(context, delivery)}
        if not context.objects_of(delivery):
            objects = {delivery.target_namespace: None}
        for name, item in objects.items():
            if (
                name
                and name not in vocabulary.CONTROLLER_NAMESPACES
                and not _UNKNOWN.search(name)
                and not _provided(context, name)
            ):
                yield delivery, name, item


def _provided(context: CheckContext, name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in context.options["provided"])


def _created(context: CheckContext) -> frozenset[str]:
    """Give every namespace that something creates: manifests wherever they are, and deliveries asked to."""
    return frozenset(_creations(context))


def _creations(context: CheckContext) -> Iterator[str]:
    for item in context.of_kinds(_KINDS):
        yield item.name
    for document in context.tree.objects():
        if document.value["kind"] in _KINDS:
            yield str(mapping(document.value, "metadata").get("name") or "")
    for delivery in context.deliveries:
        if delivery.controller != "none":
            yield delivery.namespace
        # CreateNamespace=false is a decision: somebody else creates it.
        if _creates(delivery) or option_path(delivery, "CreateNamespace=false"):
            yield delivery.target_namespace


def _creates(delivery: Delivery) -> bool:
    """Whether a delivery's controller creates the namespace that it goes to."""
    if delivery.controller == "argocd":
        return option_path(delivery, "CreateNamespace=true") is not None
    return mapping(delivery.object, "spec", "install").get("createNamespace") is True


def _missing(context: CheckContext, names: list[str], used: Mapping[str, list[Use]]) -> Violation:
    uses = [use for name in names for use in used[name]]
    delivery, item = uses[0]
    others = {called(context, d): d for d, _ in uses if called(context, d) != called(context, delivery)}
    more = f" (and {len(others)} more)" if others else ""
    what = f"the namespace {names[0]}" if len(names) == 1 else f"the namespaces {', '.join(names[:_FEW])}{_rest(names)}"
    message = (
        f"nothing here creates {what} that {called(context, delivery)}{more} goes to, while the others' namespaces are "
        f"created: on a new cluster its sync fails. {_advice(delivery, names[0])}"
    )
    violation = Violation(
        message,
        deliveries=tuple(d for d, _ in uses),
        related=tuple(Related(d.span, f"{who} goes there too") for who, d in others.items() if d.span),
    )
    if item is not None and mapping(item.data, "metadata").get("namespace"):
        return replace(violation, object=item, field_path=_NAMESPACE)
    path = ("destination", "namespace") if delivery.controller == "argocd" else ("targetNamespace",)
    return at_field(context, delivery, ("spec", *path), violation)


def _rest(names: list[str]) -> str:
    return f" and {len(names) - _FEW} more" if len(names) > _FEW else ""


def _advice(delivery: Delivery, name: str) -> str:
    if delivery.controller == "argocd" and name == delivery.target_namespace:
        return "Add CreateNamespace=true to its syncOptions, or a Namespace to what it applies"
    if delivery.kind == "HelmRelease" and name == delivery.target_namespace:
        return "Set install.createNamespace: true, or add a Namespace to what is applied before it"
    return "Add a Namespace to what it applies, or name it in the option 'provided' where the platform brings it"
