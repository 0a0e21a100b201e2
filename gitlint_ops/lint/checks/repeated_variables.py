"""The check that a container sets each of its variables once."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.references.pods import Pods, pods_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.views import sync_options
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import items

_SERVER_SIDE = "ServerSideApply=true"


def repeated_variable(context: CheckContext) -> Iterator[Violation]:
    """Report variables that a container lists again, at the later place; one that adds to the earlier is meant so."""
    for item in context.objects:
        for pods in pods_of(item):
            # The lists of a custom kind are keyed by its own definition.
            if pods.standard:
                yield from _repeated(pods)


def _repeated(pods: Pods) -> Iterator[Violation]:
    for path, container in pods.containers():
        seen: dict[str, FieldPath] = {}
        for at, entry in items(container.get("env")):
            name, place = str(entry.get("name") or ""), (*path, "env", at, "name")
            if name and name in seen and f"$({name})" not in str(entry.get("value")):
                yield _violation(pods.item, str(container.get("name")), name, place, seen[name])
            seen.setdefault(name, place)


def _violation(item: RenderedObject, container: str, name: str, place: FieldPath, first: FieldPath) -> Violation:
    refused = _is_server_side(item)
    effect = (
        "it is applied server-side, and the API server refuses the object"
        if refused
        else "the last one counts, and a later apply may drop it"
    )
    return Violation(
        f"{item.label} sets the variable '{name}' of the container {container} more than once: {effect}. Keep one",
        object=item,
        field_path=place,
        severity="error" if refused else None,
        related_fields=((item, first, "set here first"),),
        cause=f"repeats {name}",
    )


def _is_server_side(item: RenderedObject) -> bool:
    """Whether the controller applies an object server-side: Flux's Kustomizations do, Argo CD where it is told to."""
    if item.delivery.controller == "flux":
        return item.delivery.kind == "Kustomization"
    return _SERVER_SIDE in (*item.delivery.sync.options, *sync_options(item.data))
