"""Where the object that declares a delivery is written: in a document, or in what another delivery renders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import SourceTree

_DECLARING = frozenset({"Application", "ApplicationSet", "Kustomization", "HelmRelease"})
_HOLDING = frozenset({"ConfigMap", "Secret"})


class Declaring:
    """Finds the places of the objects that declare deliveries."""

    def __init__(self, tree: SourceTree, rendering: Rendering) -> None:
        self._tree = tree
        self._rendering = rendering
        self._rendered: dict[tuple[str, str], list[RenderedObject]] = defaultdict(list)
        for item in rendering.all_objects():
            if item.kind in _DECLARING | _HOLDING:
                self._rendered[item.kind, item.name].append(item)

    def place(self, delivery: Delivery) -> Place | None:
        """Give the place of a delivery's object; None for a delivery that nothing declares.

        A rendered object is preferred to a document: its fields may come from a patch or a value. For a generated
        Application it is the ApplicationSet's place; the Application's fields stand below ``spec.template`` there.
        """
        generator = self._rendering.graph.generators.get(delivery.generator)
        kind, name = ("ApplicationSet", generator.name) if generator else (delivery.kind, delivery.name)
        item = self._declarer(delivery, generator.parent if generator else delivery.parent, (kind, name))
        if item is not None:
            return Place(object=item)
        document = delivery.document or (generator.document if generator else None)
        if document is None or not self._tree.is_file(document[0]):
            return None
        return Place(document[0], document[1])

    def _declarer(self, delivery: Delivery, parent: str, key: tuple[str, str]) -> RenderedObject | None:
        """Give the rendered object that declares a delivery: the parent's, else one that is it to the letter."""
        alike = self._rendered.get(key, ())
        for item in alike:
            if parent and item.delivery.id == parent and item.delivery.id != delivery.id:
                return item
        return next((item for item in alike if item.data == delivery.object and item.delivery.id != delivery.id), None)

    def holder(self, identity: tuple[str, str, str], near: Delivery | None) -> RenderedObject | None:
        """Give the rendered ConfigMap or Secret of a kind, namespace and name; not of an environment but ``near``'s."""
        kind, namespace, name = identity
        environment = near.environment if near else ""
        alike = [item for item in self._rendered.get((kind, name), ()) if namespace in ("", item.namespace)]
        alike = [item for item in alike if not environment or item.delivery.environment in ("", environment)]
        return min(alike, key=lambda item: item.delivery.environment != environment, default=None)

    def is_template(self, place: Place) -> bool:
        """Whether a declaring place is an ApplicationSet's, whose Applications stand below ``spec.template``."""
        if place.object is not None:
            return place.object.kind == "ApplicationSet"
        documents = self._tree.read(place.path).documents
        value = documents[place.document].value if place.document < len(documents) else None
        return isinstance(value, Mapping) and value.get("kind") == "ApplicationSet"
