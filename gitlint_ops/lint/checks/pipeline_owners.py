"""Which deliveries of the repository own what a pipeline writes into a cluster."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.places import is_sample
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.model import Delivery, HelmUnit
from gitlint_ops.repo.pipelines.cluster_writes import ClusterWrite, Target

_ALIASES: Mapping[str, str] = {
    "deploy": "deployment",
    "sts": "statefulset",
    "ds": "daemonset",
    "rs": "replicaset",
    "svc": "service",
    "cm": "configmap",
    "ing": "ingress",
    "ingresses": "ingress",
    "ns": "namespace",
    "sa": "serviceaccount",
    "pvc": "persistentvolumeclaim",
    "hpa": "horizontalpodautoscaler",
    "cj": "cronjob",
    "netpol": "networkpolicy",
    "networkpolicies": "networkpolicy",
    "dc": "deploymentconfig",
    "app": "application",
}
_UNKNOWN = re.compile(r"\$\{\{.*?\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$\w+")
_CONTROLLERS = frozenset(
    {"argocd-server", "argocd-application-controller", "source-controller", "kustomize-controller"}
)
_CONTROLLER_PLACE = re.compile(r"(^|/)(argo-?cd|flux-system|flux|openshift-gitops)$")
_SHARED_NAMESPACES = frozenset(
    {"", "default", "kube-system", "kube-public", "argocd", "flux-system", "openshift-gitops"}
)


@dataclass(frozen=True, slots=True)
class Owned:
    """The deliveries that reconcile what is written; ``what`` names it, ``by`` says how that is known."""

    what: str
    deliveries: tuple[Delivery, ...]
    certain: bool = True
    """False where only the namespace tells."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a job says of where it deploys, strongest first; '' for nothing."""

    namespace: str = ""
    texts: tuple[str, ...] = ()
    """The job's environment, its cluster, its name: texts in which an environment may be named."""


@dataclass(slots=True)
class Owners:
    """Looks up the deliveries of a repository that a controller applies."""

    context: CheckContext
    deliveries: tuple[Delivery, ...]
    namespaces: dict[str, frozenset[str]] = field(default_factory=dict)
    objects: dict[Target, list[Delivery]] = field(default_factory=dict)
    """By kind (lower case) and name."""

    def find(self, write: ClusterWrite, hints: Hints) -> Owned | None:
        """Give what a write touches of these deliveries, None where it touches none."""
        ways: tuple[Callable[[ClusterWrite], Iterator[tuple[str, Delivery]]], ...] = (
            self._named,
            self._applied,
            self._released,
            self._targeted,
        )
        for way in ways:
            found = dict[str, tuple[str, Delivery]]()
            for what, delivery in way(write):
                found.setdefault(delivery.id, (what, delivery))
            # Of a command on the controller's own object the namespace is that object's.
            here = replace(hints, namespace="") if write.delivery[0] else hints
            kept = self._fitting([delivery for _, delivery in found.values()], here)
            if kept:
                whats = dict.fromkeys(found[delivery.id][0] for delivery in kept)
                return Owned(next(iter(whats)), kept)
        return self._by_namespace(write, hints)

    def _named(self, write: ClusterWrite) -> Iterator[tuple[str, Delivery]]:
        kind, name = write.delivery
        for delivery in self.deliveries if name else ():
            in_namespace = _is_open(write.namespace) or write.namespace in ("", delivery.namespace)
            if delivery.kind == kind and delivery.name == name and in_namespace:
                yield f"{kind} {delivery.name}", delivery

    def _applied(self, write: ClusterWrite) -> Iterator[tuple[str, Delivery]]:
        for path in write.paths:
            if not _is_open(path):
                yield from ((path, delivery) for delivery in self._readers(path))
            else:
                pattern = _pattern(path)
                for delivery in self.deliveries:
                    units = [unit.path for unit in delivery.units if fnmatchcase(unit.path, pattern)]
                    yield from ((unit, delivery) for unit in units)

    def _readers(self, path: str) -> Iterator[Delivery]:
        """Give the deliveries that apply a file or folder, those that lie in it as their own declaration left out."""
        exact = [d for d in self.deliveries if any(unit.path == path for unit in d.units)]
        yield from exact
        if exact:
            return
        tree, readers = self.context.tree, self.context.rendering.readers
        files = [path] if tree.is_file(path) else tree.files_under(path) if tree.is_folder(path) else []
        known = {delivery.id: delivery for delivery in self.deliveries}
        for file in files:
            for name in readers.get(file, ()):
                delivery = known.get(name)
                if delivery is not None and not (delivery.span is not None and delivery.span.path == file):
                    yield delivery

    def _released(self, write: ClusterWrite) -> Iterator[tuple[str, Delivery]]:
        for delivery in self.deliveries if write.release and not _is_open(write.release) else ():
            releases = {unit.release for unit in delivery.units if isinstance(unit, HelmUnit)}
            own = delivery.name if delivery.kind == "HelmRelease" else ""
            if write.release in releases | {own}:
                yield f"the release {write.release}", delivery

    def _targeted(self, write: ClusterWrite) -> Iterator[tuple[str, Delivery]]:
        for kind, name in write.targets:
            known = _kind(kind)
            if not _is_open(name):
                yield from ((f"{known} {name}", delivery) for delivery in self.objects.get((known, name), ()))

    def _by_namespace(self, write: ClusterWrite, hints: Hints) -> Owned | None:
        """Give the deliveries that own the namespace, where nothing else of the write is known to be theirs."""
        namespace = hints.namespace
        if namespace in _SHARED_NAMESPACES or _is_open(namespace) or write.delivery[0] or _only_provides(write):
            return None
        found = [d for d in self.deliveries if namespace in self.namespaces[d.id]]
        kept = self._in_environment(found, hints)
        return Owned(f"namespace {namespace}", kept, certain=False) if kept else None

    def _fitting(self, found: list[Delivery], hints: Hints) -> tuple[Delivery, ...]:
        """Leave out the controllers' own installation, other namespaces and other environments."""
        if any(self._is_controller(delivery) for delivery in found):
            return ()
        pattern = _pattern(hints.namespace)
        here = [d for d in found if not pattern or self._may_be_in(d, pattern)]
        return self._in_environment(here, hints)

    def _may_be_in(self, delivery: Delivery, pattern: str) -> bool:
        names = self.namespaces[delivery.id]
        return not names or any(fnmatchcase(name, pattern) for name in names)

    def _is_controller(self, delivery: Delivery) -> bool:
        if any(_CONTROLLER_PLACE.search(unit.path) for unit in delivery.units):
            return True
        return any(item.name in _CONTROLLERS for item in self.context.objects_of(delivery))

    def _in_environment(self, found: Collection[Delivery], hints: Hints) -> tuple[Delivery, ...]:
        """Keep the deliveries of the environment that the job names, where it names one."""
        named = _environment(hints.texts, {d.environment for d in self.deliveries} - {""})
        if not named or not any(d.environment for d in found):
            return tuple(found)
        return tuple(d for d in found if d.environment in named or not d.environment)


def owners(context: CheckContext) -> Owners:
    """Give the look-up for a repository, made once a run."""
    return context.once("pipeline-owners", lambda: _owners(context))


def _owners(context: CheckContext) -> Owners:
    found = Owners(context, tuple(d for d in context.deliveries if d.controller != "none" and not is_sample(d)))
    for delivery in found.deliveries:
        objects = context.objects_of(delivery)
        names = {item.namespace for item in objects if item.namespace} | {delivery.target_namespace}
        found.namespaces[delivery.id] = frozenset(names - {""})
        for item in objects:
            found.objects.setdefault((item.kind.lower(), item.name), []).append(delivery)
    return found


def _only_provides(write: ClusterWrite) -> bool:
    """Whether a write only makes what cannot stand in Git, or what has to be there before: a Secret, a Namespace."""
    return bool(write.targets) and all(_kind(kind) in ("secret", "namespace") for kind, _ in write.targets)


def _kind(written: str) -> str:
    kind = written.partition(".")[0]
    return _ALIASES.get(kind) or _ALIASES.get(kind.removesuffix("s")) or kind.removesuffix("s")


def _is_open(text: str) -> bool:
    return bool(_UNKNOWN.search(text))


def _pattern(text: str) -> str:
    """Give a text with everything unknown in it as a glob's ``*``."""
    return _UNKNOWN.sub("*", text)


def _environment(texts: Iterable[str], known: Collection[str]) -> frozenset[str]:
    """Give the environments that the first telling text names; words for the same rank mean the same."""
    for text in texts:
        parts = vocabulary.tokens(_UNKNOWN.sub(" ", text))
        exact = {name for name in known if _holds(parts, vocabulary.tokens(name))}
        if exact:
            return frozenset(exact)
        ranks = {word.rank for word in vocabulary.known_words(parts)}
        if ranks:
            same = {name for name in known if vocabulary.rank_of(name) in ranks}
            return frozenset(same or {text})
    return frozenset()


def _holds(parts: list[str], own: list[str]) -> bool:
    return any(parts[at : at + len(own)] == own for at in range(len(parts) - len(own) + 1))
