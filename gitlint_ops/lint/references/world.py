"""All that objects may refer to, by kind and name, and whether one of them is there as seen from a delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from gitlint_ops.lint.checks.unrendered import unrendered_resources
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.references.contents import Keys, keys_of
from gitlint_ops.lint.references.gaps import Gap, gaps
from gitlint_ops.lint.references.likeness import nearest_name, written_name
from gitlint_ops.lint.references.makers import ANY, Made, Makers, maker_of, own_makers
from gitlint_ops.lint.references.scopes import Scope, scope_of
from gitlint_ops.lint.references.wants import CLUSTER_SCOPED, GROUPS, Want
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.index import api_group
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import Document
from gitlint_ops.source.narrowing import mapping


class Thing(NamedTuple):
    """Something that a reference may mean: an object in Git, or what an operator makes of one."""

    kind: str
    name: str
    namespace: str
    """'' where it is cluster-scoped or Git does not tell; ``*`` for every namespace."""
    scope: Scope
    item: RenderedObject
    """The object, or that of which an operator makes it."""
    keys: Keys | None = None
    """A ConfigMap's or Secret's keys, None where not all are told."""
    made: bool = False

    def fits(self, namespace: str) -> bool:
        """Say whether it may be in that namespace."""
        return self.namespace in ("", ANY, namespace) or not namespace


class World:
    """The objects of a run. Built once; an answer takes time in proportion to the objects of that name.

    ``makers`` are the operators' objects of which it is known what they make.
    """

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._own: dict[tuple[str, str, str], list[Thing]] = {}
        self._own_names: dict[tuple[str, str], dict[str, Thing]] = {}
        self._things: dict[tuple[str, str], dict[object, Thing]] = {}
        self._globs: dict[str, list[Thing]] = {}
        self._names: dict[str, dict[tuple[str, Scope], dict[str, Thing]]] = {}
        self._gaps = tuple(gaps(context))
        self._has_unanswered = any(generator.unanswered for generator in context.graph.generators.values())
        self._unread = _unread(context)
        self.makers = Makers((*own_makers(), *(maker_of(entry) for entry in context.config.operators)))
        for item in context.objects:
            for thing in self._things_of(item):
                self._add(thing)

    def _things_of(self, item: RenderedObject) -> Iterator[Thing]:
        scope = scope_of(self._context, item.delivery)
        group = api_group(item.api_version)
        keys = keys_of(item)
        yield Thing(_kind(group, item.kind), item.name, item.namespace, scope, item, keys)
        for made in self.makers.made_by(group, item.kind, item.data):
            told = None if ANY in made.name else keys
            yield Thing(made.kind, made.name, _where(made, item), scope, item, told, made=True)

    def _add(self, thing: Thing) -> None:
        if ANY in thing.name or ANY in thing.kind:
            self._globs.setdefault(thing.kind, []).append(thing)
            return
        self._own.setdefault((thing.item.delivery.id, thing.kind, thing.name), []).append(thing)
        self._own_names.setdefault((thing.item.delivery.id, thing.kind), {})[written_name(thing.name)] = thing
        # Of many overlays' equals one is enough.
        same = (thing.namespace, thing.scope, thing.keys, thing.made)
        self._things.setdefault((thing.kind, thing.name), {}).setdefault(same, thing)
        places = self._names.setdefault(thing.kind, {})
        places.setdefault((thing.namespace, thing.scope), {})[written_name(thing.name)] = thing

    def scope(self, delivery: Delivery) -> Scope:
        """Give where a delivery goes."""
        return scope_of(self._context, delivery)

    def find(self, wanted: Want) -> list[Thing]:
        """Give what a reference may mean in its own place; its own delivery's alone where that has it."""
        kind = _kind(wanted.api_group, wanted.kind)
        own = self._own.get((wanted.item.delivery.id, kind, wanted.name), ())
        found = [thing for thing in own if thing.fits(wanted.namespace)]
        scope = self.scope(wanted.item.delivery)
        found = found or [t for t in self.called(wanted) if t.fits(wanted.namespace) and t.scope.may_share(scope)]
        return found or list(self._by_pattern(wanted, scope))

    def called(self, wanted: Want) -> list[Thing]:
        """Give what has the kind and name of a reference, wherever it is."""
        return list(self._things.get((_kind(wanted.api_group, wanted.kind), wanted.name), {}).values())

    def _by_pattern(self, wanted: Want, scope: Scope) -> Iterator[Thing]:
        for thing in self._patterns(wanted, scope):
            if thing.name != ANY and fnmatchcase(wanted.name, thing.name):
                yield thing

    def _patterns(self, wanted: Want, scope: Scope) -> Iterator[Thing]:
        """Give what operators make under names that only they know, in a reference's own place."""
        namespaced = wanted.kind not in CLUSTER_SCOPED
        for thing in (*self._globs.get(_kind(wanted.api_group, wanted.kind), ()), *self._globs.get(ANY, ())):
            # Of one whose namespace is not told only what lies beside it is meant: a pattern fits much.
            told = thing.item.delivery is wanted.item.delivery or thing.namespace in (ANY, wanted.namespace)
            if thing.scope.may_share(scope) and (not namespaced or (told and thing.fits(wanted.namespace))):
                yield thing

    def is_installed(self, wanted: Want) -> bool:
        """Say whether an operator that installs whatever it likes is at work in a reference's namespace."""
        return any(thing.name == ANY for thing in self._patterns(wanted, self.scope(wanted.item.delivery)))

    def alike(self, wanted: Want) -> Thing | None:
        """Give what is spelt most like a reference's name in its own place, None where nothing is near."""
        names = {name: thing for place in self._beside(wanted) for name, thing in place.items()}
        near = nearest_name(wanted.name, names)
        own = self._own_names.get((wanted.item.delivery.id, _kind(wanted.api_group, wanted.kind)), {}).get(near)
        return own if own is not None and own.fits(wanted.namespace) else names.get(near)

    def has_any(self, wanted: Want) -> bool:
        """Say whether anything of a reference's kind is in its own place."""
        return any(True for _ in self._beside(wanted))

    def _beside(self, wanted: Want) -> Iterator[Mapping[str, Thing]]:
        """Give what is of a reference's kind in its own place, by name."""
        scope = self.scope(wanted.item.delivery)
        for (namespace, there), things in self._names.get(_kind(wanted.api_group, wanted.kind), {}).items():
            if (namespace in ("", ANY, wanted.namespace) or not wanted.namespace) and there.may_share(scope):
                yield things

    def gap(self, wanted: Want) -> Gap | None:
        """Give a delivery that was not rendered and may make what a reference means, None where none may.

        Who makes a namespace fills it: of the others, those count that are told to go there.
        """
        delivery = wanted.item.delivery
        scope = self.scope(delivery)
        owns = (delivery.id, "Namespace", wanted.namespace) in self._own
        found = (gap for gap in self._gaps if gap.may_hold(delivery, scope, wanted.namespace))
        return next((gap for gap in found if gap.namespace or gap.delivery.id == delivery.id or not owns), None)

    def is_unowned(self, wanted: Want) -> bool:
        """Say whether a reference stands in a plain folder that Applications nobody knows may apply, with much else.

        That is where an ApplicationSet's generator is not answered: by clusters that Git does not name, say.
        """
        delivery = wanted.item.delivery
        return self._has_unanswered and delivery.controller == "none" and delivery.kind == "directory"

    def unread(self, wanted: Want) -> Document | None:
        """Give a document that declares what a reference means and that nothing renders, None where there is none."""
        return self._unread.get((_kind(wanted.api_group, wanted.kind), wanted.name))


def world_of(context: CheckContext) -> World:
    """Give the world of a run, built once for all rules."""
    return context.once("references-world", lambda: World(context))


def _kind(group: str, kind: str) -> str:
    """Give a text for a kind: its name, with the group where it is not the one that the name alone stands for."""
    return kind if GROUPS.get(kind, "") == group else f"{kind}.{group}"


def _where(made: Made, item: RenderedObject) -> str:
    return made.namespace or item.namespace


def _unread(context: CheckContext) -> Mapping[tuple[str, str], Document]:
    """Give the objects of manifests from which nothing was rendered."""
    rendered: Collection[str] = {item.source_path for item in context.objects}
    failed = {(document.path, document.index) for document, _ in unrendered_resources(context)}
    found: dict[tuple[str, str], Document] = {}
    for document in context.tree.objects():
        if document.path in rendered or (document.path, document.index) in failed:
            continue
        name = mapping(document.value.get("metadata")).get("name")
        if isinstance(name, str) and not _is_empty(document.value):
            found.setdefault((_kind(api_group(document.value["apiVersion"]), document.value["kind"]), name), document)
    return found


def _is_empty(value: Mapping[str, Any]) -> bool:
    """Whether an object is a Secret or ConfigMap without entries: a form to be filled in."""
    return value["kind"] in ("ConfigMap", "Secret") and not any(
        value.get(field) for field in ("data", "stringData", "binaryData")
    )
