"""Look-up of declared objects by kind, group, namespace and name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from gitlint_ops.repo.model import Declared, Delivery
from gitlint_ops.repo.views import metadata_text
from gitlint_ops.source import Document

CONFIG_GROUPS = frozenset(
    {
        "apiserver.config.k8s.io",
        "audit.k8s.io",
        "backstage.io",
        "builtin",
        "cli.kyverno.io",
        "ctlptl.dev",
        "eksctl.io",
        "k3d.io",
        "kind.x-k8s.io",
        "kubeadm.k8s.io",
        "kubelet.config.k8s.io",
        "kustomize.config.k8s.io",
        "skaffold",
    }
)
"""API groups of files that configure a tool: they look like objects, and no controller applies them."""


_Promise = tuple[Callable[[str, str], bool], Callable[[], object]]


@dataclass(slots=True)
class ObjectIndex:
    """Declared objects, those of files first, rendered ones as they come: some of them only when they are asked for."""

    _by_kind: dict[str, list[Declared]] = field(default_factory=dict)
    _by_name: dict[tuple[str, str], list[Declared]] = field(default_factory=dict)
    _promises: list[_Promise | None] = field(default_factory=list)
    """What was promised, in order; None where it was given."""
    _asked: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many promises there were when a kind and a name were asked for last."""

    def add(self, declared: Declared) -> None:
        """Add an object; it is found from now on, beside what was there."""
        kind = str(declared.data.get("kind", ""))
        self._by_kind.setdefault(kind, []).append(declared)
        self._by_name.setdefault((kind, name_of(declared)), []).append(declared)

    def promise(self, may_give: Callable[[str, str], bool], give: Callable[[], object]) -> None:
        """Put off adding some objects: ``give`` adds them once an object is asked for that may be one of them.

        ``may_give`` tells that of a kind and a name, or of a word that stands in the object.
        """
        self._promises.append((may_give, give))

    def _redeem(self, kind: str, name: str) -> None:
        """Let those promises give that may, of those made since this was asked for last."""
        first = self._asked.get((kind, name), 0)
        self._asked[kind, name] = len(self._promises)
        for at in range(first, len(self._promises)):
            promise = self._promises[at]
            if promise is not None and promise[0](kind, name):
                self._promises[at] = None
                promise[1]()

    def all(self, kind: str, group: str = "", holding: str = "") -> tuple[Declared, ...]:
        """Give all objects of a kind, in order of addition; ``group`` '' means any group (the core group too).

        ``holding`` is a word of those that matter: of what is added when it is asked for, others may lack.
        """
        if holding:
            self._redeem(kind, holding)
        return tuple(d for d in self._by_kind.get(kind, ()) if not group or group_of(d) == group)

    def named(self, kind: str, name: str, group: str = "") -> tuple[Declared, ...]:
        """Give all objects of a kind and a name, as ``all`` does."""
        self._redeem(kind, name)
        return tuple(d for d in self._by_name.get((kind, name), ()) if not group or group_of(d) == group)

    def __iter__(self) -> Iterator[Declared]:
        """Give every object, kind by kind, in order of addition."""
        for declared in self._by_kind.values():
            yield from declared

    def find(
        self, kind: str, namespace: str, name: str, near: str = "", group: str = "", parent: Delivery | None = None
    ) -> Declared | None:
        """Give the object of that name that best fits, or None.

        An object in ``namespace`` comes before one that states none (a kustomization may set it); one in another
        namespace never fits; ``namespace`` '' fits all. Among these: an object that ``parent`` rendered too, then the
        one whose file shares the longest folder prefix with the path ``near``, then a rendered one before a file's,
        then the first added.
        """
        self._redeem(kind, name)
        found = [d for d in self._by_name.get((kind, name), ()) if _fits(d, namespace, group)]
        if not found:
            return None
        prefix = tuple(near.split("/"))
        return max(found, key=lambda d: _closeness(d, namespace, prefix, parent))


def name_of(declared: Declared) -> str:
    """Give an object's metadata.name, '' where it has none."""
    return metadata_text(declared.data, "name")


def namespace_of(declared: Declared) -> str:
    """Give an object's metadata.namespace as written, '' where it states none."""
    return metadata_text(declared.data, "namespace")


def group_of(declared: Declared) -> str:
    """Give an object's API group, '' for the core group."""
    return api_group(declared.data.get("apiVersion"))


def api_group(api_version: object) -> str:
    """Give the group of an apiVersion: ``apps`` of ``apps/v1``, '' of ``v1``, ``builtin`` of ``builtin``."""
    text = str(api_version or "")
    return text.partition("/")[0] if "/" in text or text == "builtin" else ""


def is_applicable(document: Document) -> bool:
    """Whether a document is an object that somebody may apply: no tool's configuration, no ``$patch`` directive."""
    if not document.is_object or "$patch" in document.value:
        return False
    return api_group(document.value["apiVersion"]) not in CONFIG_GROUPS


def build_index(documents: Iterable[Document], patches: Collection[str]) -> ObjectIndex:
    """Index the objects of source documents. ``patches`` are files that hold patches: fragments, not objects."""
    index = ObjectIndex()
    for document in documents:
        if is_applicable(document) and document.path not in patches:
            index.add(Declared(document.value, document.path, document.index, document.line))
    return index


def _fits(declared: Declared, namespace: str, group: str) -> bool:
    if group and group_of(declared) != group:
        return False
    return not namespace or namespace_of(declared) in {"", namespace}


def _closeness(
    declared: Declared, namespace: str, near: tuple[str, ...], parent: Delivery | None
) -> tuple[bool, bool, int, bool]:
    same_parent = parent is not None and declared.parent is not None and declared.parent.id == parent.id
    shared = 0
    for mine, other in zip(declared.path.split("/")[:-1], near, strict=False):
        if mine != other:
            break
        shared += 1
    return namespace_of(declared) == namespace, same_parent, shared, declared.parent is not None
