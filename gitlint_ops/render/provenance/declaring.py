"""Where the object that declares a delivery is written: in a document, or in what its parent renders."""

from __future__ import annotations

from collections.abc import Mapping

from gitlint_ops.render.model import RenderedObject, Rendering
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import SourceTree


def declaring_place(tree: SourceTree, rendering: Rendering, delivery: Delivery) -> Place | None:
    """Give the place of a delivery's object; None for a delivery that nothing declares.

    An object that the parent renders is preferred: its fields may come from a patch or a value and not from its document.
    For a generated Application this is its ApplicationSet; fields stand below ``spec.template`` there.
    """
    generator = rendering.graph.generators.get(delivery.generator)
    kind = "ApplicationSet" if generator else delivery.kind
    name = generator.name if generator else delivery.name
    parent = rendering.objects.get((generator.parent if generator else "") or delivery.parent, ())
    for item in parent:
        if item.kind == kind and item.name == name and _same_object(item, delivery, bool(generator)):
            return Place(object=item)
    document = delivery.document or (generator.document if generator else None)
    if document is None or not tree.is_file(document[0]):
        return None
    return Place(document[0], document[1])


def _same_object(item: RenderedObject, delivery: Delivery, generated: bool) -> bool:
    metadata = item.data.get("metadata")
    written = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    return generated or not written or not delivery.namespace or written == delivery.namespace


def is_template(tree: SourceTree, place: Place) -> bool:
    """Whether a declaring place is an ApplicationSet's, whose Applications stand below ``spec.template``."""
    if place.object is not None:
        return place.object.kind == "ApplicationSet"
    documents = tree.read(place.path).documents
    value = documents[place.document].value if place.document < len(documents) else None
    return isinstance(value, Mapping) and value.get("kind") == "ApplicationSet"
