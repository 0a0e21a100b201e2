"""Pods that operators make with labels of their own: a selector that means them finds no template in Git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.pods import mapping
from gitlint_ops.lint.references.selection import Selector, pod_index
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.source.model import Json

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
        told: Mapping[str, frozenset[str]] = context.once("operated-words", lambda: _words_by_namespace(context))
        if any(value in told.get(namespace, ()) for namespace in {item.namespace, ""}):
            return True
    return False


def _words_by_namespace(context: CheckContext) -> dict[str, frozenset[str]]:
    """Give the names, kinds and label values of objects from which operators make pods."""
    found: dict[str, set[str]] = {}
    for item in context.objects:
        if _makes_pods(item):
            words = found.setdefault(item.namespace, set())
            words.update((item.name, item.kind.lower()), _label_values(item.data, ""))
    return {namespace: frozenset(words) for namespace, words in found.items()}


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
