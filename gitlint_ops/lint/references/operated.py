"""Pods that operators make with labels of their own: a selector that means them finds no template in Git."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.scopes import Scope, scope_of
from gitlint_ops.lint.references.selection import Selector, pod_index
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.source.model import Json
from gitlint_ops.source.narrowing import mapping

_Word = tuple[str, str]
"""A namespace, and a text that labels in it may have."""
_COMMON_PREFIXES = ("app.kubernetes.io/", "kustomize.", "helm.sh/", "argocd.argoproj.io/")
"""Prefixes of labels that people write into templates; others' labels are put on pods by what they belong to."""
_NO_PODS = (
    "cert-manager.io",
    "cilium.io",
    "external-secrets.io",
    "fluxcd.io",
    "gateway.networking.k8s.io",
    "istio.io",
    "keda.sh",
    "kyverno.io",
    "projectcontour.io",
    "secrets.hashicorp.com",
    "traefik.containo.us",
    "traefik.io",
    "bitnami.com",
)
"""API groups whose objects make no pods, also as the end of a longer group."""
_READ = frozenset(
    {"Application", "ApplicationSet", "AppProject", "PodMonitor", "Probe", "PrometheusRule", "ServiceMonitor"}
)


def may_be_operated(context: CheckContext, item: RenderedObject, selector: Selector) -> bool:
    """Say whether a selector of an object means pods that an operator labels."""
    index = pod_index(context)
    for key, value in selector.labels.items():
        if "/" in key and not key.startswith(_COMMON_PREFIXES) and not index.carries(key):
            return True
        told: Mapping[_Word, set[Scope]] = context.once("operated-words", lambda: _words(context))
        scopes = told.get((item.namespace, value), set()) | told.get(("", value), set())
        if any(scope.may_share(scope_of(context, item.delivery)) for scope in scopes):
            return True
    return False


def _words(context: CheckContext) -> dict[_Word, set[Scope]]:
    """Give the names, kinds and label values of objects from which operators make pods, and where these are."""
    found: dict[_Word, set[Scope]] = defaultdict(set)
    for item in filter(_makes_pods, context.objects):
        for word in (item.name, item.kind.lower(), *_label_values(item.data, "")):
            found[item.namespace, word].add(scope_of(context, item.delivery))
    return found


def _makes_pods(item: RenderedObject) -> bool:
    group = api_group(item.api_version)
    custom = "." in group and not group.endswith(".k8s.io") and item.kind not in _READ
    return custom and not any(group == end or group.endswith(f".{end}") for end in _NO_PODS)


def _label_values(value: Json, key: str) -> Iterator[str]:
    """Give the values in mappings called ``labels``, ``podLabels`` and so on, selectors left out."""
    if isinstance(value, Mapping):
        is_labels = key.lower().endswith("labels") and key != "matchLabels"
        for name, below in value.items():
            if is_labels and isinstance(below, str):
                yield below
            yield from _label_values(below, name)
    elif isinstance(value, list):
        for below in value:
            yield from _label_values(mapping(below), key)
