"""Which pods a label selector selects, as seen from a delivery."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.pods import Pods, pods_of
from gitlint_ops.lint.references.scopes import Scope, scope_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import Json
from gitlint_ops.source.narrowing import items, mapping

_ADDED = frozenset(
    {
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/job-name",
        "controller-revision-hash",
        "controller-uid",
        "deployment",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "statefulset.kubernetes.io/pod-name",
    }
)
"""Labels that controllers of Kubernetes, OpenShift and Argo Rollouts put on pods; no template tells their values."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A label selector: what labels must be, and further requirements (key, operator, values)."""

    labels: Mapping[str, str]
    expressions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels satisfy it; those that only the cluster knows are taken to."""
        plain = all(key in _ADDED or labels.get(key) == value for key, value in self.labels.items())
        return plain and all(_satisfies(labels, *expression) for expression in self.expressions)


def _satisfies(labels: Mapping[str, str], key: str, operator: str, values: tuple[str, ...]) -> bool:
    if key in _ADDED and key not in labels:
        return True
    if operator == "In":
        return labels.get(key) in values
    if operator == "NotIn":
        return labels.get(key) not in values
    return (key in labels) == (operator == "Exists")


def selector_of(value: object) -> Selector:
    """Give the selector of a ``{matchLabels, matchExpressions}`` mapping."""
    fields = mapping(value)
    expressions = tuple(
        (str(entry.get("key")), str(entry.get("operator")), _texts(entry.get("values")))
        for _, entry in items(fields.get("matchExpressions"))
    )
    return Selector(plain_labels(fields.get("matchLabels")), expressions)


def _texts(values: Json) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def plain_labels(value: object) -> Mapping[str, str]:
    """Give a mapping of labels with texts for values."""
    return {str(key): str(text) for key, text in mapping(value).items()}


class PodIndex:
    """All pods of a run, by label."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._all: list[Pods] = []
        self._by_namespace: dict[str, list[Pods]] = {}
        self._by_label: dict[tuple[str, str], list[Pods]] = {}
        for item in context.objects:
            for pods in pods_of(item):
                self._all.append(pods)
                self._by_namespace.setdefault(item.namespace, []).append(pods)
                for label in pods.labels.items():
                    self._by_label.setdefault(label, []).append(pods)

    def selected(self, selector: Selector, delivery: Delivery, namespace: str) -> list[Pods]:
        """Give the pods that a selector of an object of this delivery and namespace selects."""
        return [p for p in self._near(self._candidates(selector), delivery, namespace) if selector.selects(p.labels)]

    def anywhere(self, selector: Selector, namespace: str) -> list[Pods]:
        """Give the pods that a selector would select in any namespace and environment, those of its own first."""
        found = [pods for pods in self._candidates(selector) if selector.selects(pods.labels)]
        return sorted(found, key=lambda pods: (pods.item.namespace != namespace, pods.item.delivery.id))

    def _candidates(self, selector: Selector) -> Iterable[Pods]:
        fixed = [self._by_label.get(label, []) for label in selector.labels.items() if label[0] not in _ADDED]
        return min(fixed, key=len, default=self._all)

    def beside(self, delivery: Delivery, namespace: str) -> Iterator[Pods]:
        """Give the pods that run in that namespace, as far as Git tells."""
        told = (pods for name in (namespace, "") for pods in self._by_namespace.get(name, ()))
        return self._near(told if namespace else self._all, delivery, namespace)

    def carries(self, key: str) -> bool:
        """Say whether any pods carry a label of this key."""
        return key in self._context.once("pod-label-keys", lambda: frozenset(k for k, _ in self._by_label))

    def _near(self, candidates: Iterable[Pods], delivery: Delivery, namespace: str) -> Iterator[Pods]:
        scope = scope_of(self._context, delivery)
        for pods in candidates:
            item = pods.item
            fits = item.namespace == namespace or "" in (item.namespace, namespace)
            if fits and (item.delivery is delivery or self._scope(item).may_share(scope)):
                yield pods

    def _scope(self, item: RenderedObject) -> Scope:
        return scope_of(self._context, item.delivery)


def pod_index(context: CheckContext) -> PodIndex:
    """Give the pods of a run, indexed once for all rules."""
    return context.once("pod-index", lambda: PodIndex(context))


def is_selective(value: Any) -> bool:
    """Say whether a value is a selector that selects by something, without variables of a template."""
    texts = [str(text) for pair in mapping(value).items() for text in pair]
    return bool(texts) and not any(mark in text for text in texts for mark in ("{{", "${", "<"))
