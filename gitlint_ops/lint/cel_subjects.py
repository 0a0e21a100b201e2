"""What a CEL rule looks at in an object: the object, its pods, containers and security contexts, or items of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gitlint_ops.lint.expressions import EvaluationError, Expression
from gitlint_ops.lint.pods import Container, Pod, containers_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source import FieldPath
from gitlint_ops.source.narrowing import mapping

_SECURITY = "securityContext"
MakeValues = Callable[[Mapping[str, Any]], Any]
"""Converts the variables of a subject for the binding."""


def variables_of(match: Mapping[str, Any]) -> frozenset[str]:
    """Give the variables that may have a value at the subjects that a rule's ``match`` means."""
    pods = {"pod", "pod_metadata"}
    containers = pods | {"container", "role"}
    more = {"pod": pods, "container": containers, "security_context": containers | {"security"}}
    items = {"item"} if match.get("items") else set[str]()
    return frozenset({"object", "environment", "options"} | more.get(match.get("each", ""), set()) | items)


@dataclass(frozen=True)
class Subject:
    """A part of an object with the variables that an expression has there; they are converted once for all rules."""

    field_path: FieldPath
    value: Any
    variables: Mapping[str, Any]
    make_values: MakeValues

    @cached_property
    def _values(self) -> Any:
        return self.make_values(self.variables)

    def fits(self, expression: Expression) -> bool:
        """Evaluate an expression here. Raises EvaluationError where it does not fit the values.

        A null is taken for an absent field where the expression cannot take it, as Kubernetes does.
        """
        try:
            return expression.holds(self._values)
        except EvaluationError:
            return expression.holds(self.make_values(_without_nulls(self.variables)))

    @property
    def container(self) -> str:
        """The name of the container that this is, or is a part of; '' for others."""
        return str(mapping(self.variables.get("container")).get("name") or "")


class ObjectSubjects:
    """The subjects of one object, made when a rule first asks for them."""

    def __init__(
        self, item: RenderedObject, pods: Sequence[Pod], variables: Mapping[str, Any], make_values: MakeValues
    ) -> None:
        self._item = item
        self._pods = pods
        self._variables = {"object": item.data, **variables}
        self._make = make_values
        self._known: dict[tuple[str, str, bool], list[Subject]] = {}

    def of(self, match: Mapping[str, Any]) -> list[Subject]:
        """Give the subjects that a rule's ``match`` means."""
        key = (match.get("each", "object"), match.get("items", ""), bool(match.get("parts", False)))
        if key not in self._known:
            self._known[key] = list(self._find(*key))
        return self._known[key]

    def _find(self, each: str, listed: str, parts: bool) -> Iterator[Subject]:
        if listed:
            for subject in self.of({"each": each, "parts": parts}):
                yield from self._listed(subject, tuple(listed.split(".")))
        elif each == "object":
            yield self._subject((), self._item.data, {})
        else:
            for pod in self._pods:
                if pod.whole or parts:
                    yield from self._of_pod(pod, each)

    def _of_pod(self, pod: Pod, each: str) -> Iterator[Subject]:
        variables = {"pod": pod.spec, "pod_metadata": pod.metadata}
        if each == "pod":
            yield self._subject(pod.field_path, pod.spec, variables)
        elif each == "container":
            for container in containers_of(pod):
                yield self._subject(container.field_path, container.value, {**variables, **_named(container)})
        else:
            yield from self._contexts(pod, variables)

    def _contexts(self, pod: Pod, variables: Mapping[str, Any]) -> Iterator[Subject]:
        own = pod.spec.get(_SECURITY)
        if isinstance(own, Mapping):
            yield self._subject((*pod.field_path, _SECURITY), own, {**variables, "security": own})
        for container in containers_of(pod):
            its = container.value.get(_SECURITY)
            if isinstance(its, Mapping):
                path = (*container.field_path, _SECURITY)
                yield self._subject(path, its, {**variables, **_named(container), "security": its})

    def _listed(self, subject: Subject, steps: FieldPath) -> Iterator[Subject]:
        value = subject.value
        for step in steps:
            value = mapping(value).get(str(step))
        path = (*subject.field_path, *steps)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield self._subject((*path, index), item, {**subject.variables, "item": item})

    def _subject(self, path: FieldPath, value: Any, variables: Mapping[str, Any]) -> Subject:
        return Subject(path, value, {**self._variables, **variables}, self._make)


def _named(container: Container) -> Mapping[str, Any]:
    return {"container": container.value, "role": container.role}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def values_at(value: Any, steps: Iterable[str | int]) -> Any:
    """Give the value at a path, None where there is none."""
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
