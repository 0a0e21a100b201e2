"""Names that programs' arguments and custom objects give: what is named so, something may make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.makers import Makers
from gitlint_ops.lint.references.pods import is_custom, pods_of, standard_pods
from gitlint_ops.lint.references.scopes import Scope, scope_of
from gitlint_ops.lint.references.wants import Want
from gitlint_ops.lint.references.world import world_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.source.model import Json
from gitlint_ops.source.narrowing import items, mapping

_WORD = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
_MAX_TEXT = 64 * 1024
"""Characters of one text that are looked at; a longer one is no list of names."""
_TEXTS = ("args", "command")
_READERS = frozenset(
    {
        "Application",
        "ApplicationSet",
        "GitRepository",
        "GRPCRoute",
        "HTTPRoute",
        "IngressRoute",
        "Kustomization",
        "PodMonitor",
        "Probe",
        "Rollout",
        "Route",
        "ScaledObject",
        "ServiceMonitor",
        "TCPRoute",
        "TLSRoute",
        "UDPRoute",
        "VirtualService",
    }
)
"""Custom kinds that only use what they name."""


def mentioned(context: CheckContext, wanted: Want) -> bool:
    """Say whether, in a reference's own place, a program's arguments or a custom object give the name that it needs.

    A custom object's own name is given too where nothing says what its operator makes: most name it like the object.
    """
    scopes = context.once("mentioned-names", lambda: _mentions(context)).get(wanted.name, ())
    own = scope_of(context, wanted.item.delivery)
    return any(scope.may_share(own) for scope in scopes)


def _mentions(context: CheckContext) -> dict[str, set[Scope]]:
    found: dict[str, set[Scope]] = {}
    makers = world_of(context).makers
    for item in context.objects:
        scope = scope_of(context, item.delivery)
        for text in _texts(item, makers):
            for word in _WORD.findall(text[:_MAX_TEXT]):
                found.setdefault(word, set()).add(scope)
    return found


def _texts(item: RenderedObject, makers: Makers) -> Iterator[str]:
    if is_custom(item) and standard_pods(item) is None and item.kind not in _READERS:
        yield from _strings(item.data.get("spec"))
        if not makers.know(api_group(item.api_version), item.kind):
            yield item.name
    for pods in pods_of(item):
        for _, container in pods.containers():
            for field in _TEXTS:
                yield from _strings(container.get(field))
            for _, entry in items(container.get("env")):
                yield from _strings(entry.get("value"))
    if item.kind == "ConfigMap" and not api_group(item.api_version):
        yield from (text for text in mapping(item.data.get("data")).values() if isinstance(text, str))


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
