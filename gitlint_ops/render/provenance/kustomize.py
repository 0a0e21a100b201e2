"""The walk through a Kustomize unit, from what was applied last to the document an object began as.

The order within a kustomization is Kustomize's own (api/internal/target/kusttarget.go, kusttarget_configplugin.go):
resources, generators, components, patchesStrategicMerge, patches, namespace, prefix, suffix, labels, annotations,
patchesJson6902, replicas, images, replacements, and then the configured transformers.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.provenance.generators import FIELDS, generator_hits
from gitlint_ops.render.provenance.hit import Hit, Subject
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.inflation import Inflations, inflated_charts
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import MISSING, corresponding, is_container, value_at
from gitlint_ops.render.provenance.patches import Patches
from gitlint_ops.render.provenance.place import Place, Places
from gitlint_ops.render.provenance.replacements import Replacements
from gitlint_ops.render.provenance.transformers import transformer_hits
from gitlint_ops.render.provenance.transforms import (
    annotation_hits,
    argo_image_hits,
    image_hits,
    label_hits,
    name_hits,
    namespace_hits,
    replica_hits,
)
from gitlint_ops.repo.model import Delivery, Kustomization, KustomizeUnit

_MAX_DEPTH = 64
"""Kustomizations nest at most this deep here; Kustomize itself refuses cycles."""


class KustomizeWalk:
    """Gives the hits of a field of an object that a Kustomize unit renders."""

    def __init__(
        self,
        places: Places,
        kustomizations: Mapping[str, Kustomization],
        replacements: Replacements,
        inflations: Inflations,
    ) -> None:
        self._places = places
        self._tree = places.tree
        self._kustomizations = kustomizations
        self._patches = Patches(places)
        self._replacements = replacements
        self._inflations = inflations
        self._holds: dict[str, frozenset[str]] = {}

    def hits(self, subject: Subject, identity: Identity, declaring: Place | None) -> Iterator[Hit]:
        """Give the hits, nearest cause first. ``declaring`` is the place of the delivery's object, if it has one."""
        unit = subject.object.unit
        if not isinstance(unit, KustomizeUnit):
            return
        known_images: set[str] = set()
        if identity.source is None:
            identity = replace(identity, generated=self._generator(unit.path, subject.object))
        if unit.flux is not None and declaring is not None:
            yield from self._flux_hits(unit, subject, identity, declaring, known_images)
        for layer in self._argo_layers(unit, subject.object.delivery, declaring):
            yield from argo_image_hits(layer, subject, known_images)
            yield from self._transformer_hits(replace_images(layer), subject, identity, known_images)
        yield from self._folder_hits(unit.path, subject, identity, known_images, ())

    def _generator(self, folder: str, item: RenderedObject) -> str:
        """Give the name of the generator that makes an object: the longest within its name; '' for none."""
        folders = [folder] if folder in self._kustomizations else self._tops(folder)
        kind = f"{item.kind} "
        held = {name.removeprefix(kind) for one in folders for name in self._held(one, ()) if name.startswith(kind)}
        return max((name for name in held if name in item.name), key=len, default="")

    def _tops(self, folder: str) -> list[str]:
        """Give the kustomizations that Flux adds for a folder without one."""
        return [below for below in self._kustomizations if _first_below(below, folder, self._kustomizations)]

    # Layers above the kustomization

    def _flux_hits(
        self, unit: KustomizeUnit, subject: Subject, identity: Identity, declaring: Place, known_images: set[str]
    ) -> Iterator[Hit]:
        spec = unit.flux.spec if unit.flux else {}
        layer = Layer(spec, declaring.below("spec"), unit.path, "the Flux Kustomization")
        yield from common_metadata_hits(layer, subject)
        yield from namespace_hits(layer, "targetNamespace", subject)
        yield from self._transformer_hits(layer, subject, identity, known_images)
        for written in reversed(layer.entries("components")):
            yield from self._folder_hits(layer.file(str(written)), subject, identity, known_images, ())

    def _argo_layers(self, unit: KustomizeUnit, delivery: Delivery, declaring: Place | None) -> Iterator[Layer]:
        """Give the ``kustomize`` blocks behind the unit's edits: of override files, then of the Application.

        Of a generated Application the values are its own, the places those of the ApplicationSet's template.
        """
        seen = dict.fromkeys(
            field[: field.index("kustomize") + 1] for field in unit.edit_fields if "kustomize" in field
        )
        for field in sorted(seen, key=len):
            for base in self._blocks(unit, declaring, field):
                own = base.field_path[len(delivery.document_path) :] if delivery.generator else ()
                data = value_at(delivery.object, own) if own else self._places.value(base)
                if isinstance(data, Mapping):
                    yield Layer(data, base, unit.path, "the Application")

    def _blocks(self, unit: KustomizeUnit, declaring: Place | None, field: tuple[str | int, ...]) -> Iterator[Place]:
        if field == ("kustomize",):
            for name in reversed(self._tree.children(unit.path)):
                if name.startswith(".argocd-source"):
                    yield Place(posixpath.normpath(f"{unit.path}/{name}"), 0, field)
        elif declaring is not None:
            # The unit's fields are those of the declaring document; a generator's template is part of them already.
            yield replace(declaring, field_path=field)

    # A kustomization and those below it

    def _folder_hits(
        self, folder: str, subject: Subject, identity: Identity, known_images: set[str], above: tuple[str, ...]
    ) -> Iterator[Hit]:
        kustomization = self._kustomizations.get(folder)
        if folder in above or len(above) > _MAX_DEPTH:
            return
        if kustomization is None:
            yield from self._generated_hits(folder, subject, identity, known_images, (*above, folder))
            return
        title = "the component" if kustomization.component else "the kustomization"
        layer = Layer(kustomization.data, Place(kustomization.path), folder, title)
        yield from self._transformer_hits(layer, subject, identity, known_images)
        inner = (*above, folder)
        for component in reversed(_targets(kustomization, ("components",))):
            yield from self._folder_hits(component, subject, identity, known_images, inner)
        if subject.object.kind in FIELDS:
            yield from generator_hits(self._tree, layer, subject, identity)
        below = self._base(kustomization, identity)
        if below:
            yield from self._folder_hits(below, subject, identity, known_images, inner)
            return
        yield from self._source_hits(kustomization, subject, identity)

    def _source_hits(self, kustomization: Kustomization, subject: Subject, identity: Identity) -> Iterator[Hit]:
        if identity.source is None:
            yield from self._inflations.hits(kustomization, subject)
        elif identity.source.place.path in _targets(kustomization, ("resources", "bases")) or any(
            identity.source.place.path.startswith(chart.folder) for chart in inflated_charts(self._tree, kustomization)
        ):
            yield from source_hits(subject, identity)

    def _generated_hits(
        self, folder: str, subject: Subject, identity: Identity, known_images: set[str], above: tuple[str, ...]
    ) -> Iterator[Hit]:
        """Walk a folder for which Flux generates the kustomization: its files, and the kustomizations below it."""
        leading = [below for below in self._tops(folder) if self._leads_to_source(below, identity)]
        if leading:
            below = max(leading, key=lambda one: self._fit(one, identity, ()))
            yield from self._folder_hits(below, subject, identity, known_images, above)
        else:
            yield from source_hits(subject, identity)

    def _leads_to_source(self, folder: str, identity: Identity) -> bool:
        """Whether a kustomization, or one that it builds on, holds the object's file or generates the object."""
        held = self._held(folder, ())
        source = identity.object.source_path
        if source in held or any(source.startswith(chart) for chart in held if chart.endswith("/")):
            return True
        kind = f"{identity.object.kind} "
        return identity.source is None and any(
            identity.named(name.removeprefix(kind)) for name in held if name.startswith(kind)
        )

    def _base(self, kustomization: Kustomization, identity: Identity) -> str:
        """Give the folder that the object comes from, '' for none; of several variants of a base the one that fits."""
        leading = [b for b in _targets(kustomization, ("resources", "bases")) if self._leads_to_source(b, identity)]
        return max(leading, key=lambda below: self._fit(below, identity, ()), default="")

    def _fit(self, folder: str, identity: Identity, above: tuple[str, ...]) -> int:
        """Rank a folder by the affixes and namespaces on the way to the object's file; -1 where one contradicts."""
        kustomization = self._kustomizations.get(folder)
        if kustomization is None or folder in above:
            return 0
        affixes = [str(kustomization.data.get(field) or "") for field in ("namePrefix", "nameSuffix")]
        if any(affix not in identity.object.name for affix in affixes):
            return -1
        namespace = kustomization.data.get("namespace")
        own = sum(map(len, affixes)) + (1 if namespace and namespace == identity.object.namespace else 0)
        below = [b for b in kustomization.folders() if self._leads_to_source(b, identity)]
        deeper = max((self._fit(b, identity, (*above, folder)) for b in below), default=0)
        return -1 if deeper < 0 else own + deeper

    def _held(self, folder: str, above: tuple[str, ...]) -> frozenset[str]:
        """Give what a kustomization and those below hold.

        Resource files, folders of inflated charts as ``charts/web/``, and what they generate as ``ConfigMap name``.
        """
        if folder in self._holds:
            return self._holds[folder]
        kustomization = self._kustomizations.get(folder)
        if kustomization is None or folder in above:
            return frozenset()
        held = {target for target in _targets(kustomization, ("resources", "bases")) if self._tree.is_file(target)}
        layer = Layer(kustomization.data, Place(kustomization.path), folder, "")
        for kind, field in FIELDS.items():
            held |= {f"{kind} {entry.get('name')}" for _, entry in layer.records(field)}
        held |= {chart.folder for chart in inflated_charts(self._tree, kustomization)}
        for below in kustomization.folders():
            held |= self._held(below, (*above, folder))
        self._holds[folder] = frozenset(held)
        return self._holds[folder]

    def _transformer_hits(
        self, layer: Layer, subject: Subject, identity: Identity, known_images: set[str]
    ) -> Iterator[Hit]:
        yield from transformer_hits(self._places, layer, subject, self._kustomizations)
        yield from self._replacements.hits(layer, subject, identity)
        yield from image_hits(layer, subject, known_images)
        yield from replica_hits(layer, subject, identity)
        yield from self._patches.hits(layer, "patchesJson6902", subject, identity)
        yield from annotation_hits(layer, subject)
        yield from label_hits(layer, subject)
        yield from name_hits(layer, subject)
        yield from namespace_hits(layer, "namespace", subject)
        yield from self._patches.hits(layer, "patches", subject, identity)
        yield from self._patches.hits(layer, "patchesStrategicMerge", subject, identity)


def replace_images(layer: Layer) -> Layer:
    """Give an Application's block without its images, which are texts there and not entries."""
    return replace(layer, data={key: value for key, value in layer.data.items() if key != "images"})


def _targets(kustomization: Kustomization, roles: tuple[str, ...]) -> list[str]:
    return [r.target for r in kustomization.references if r.role in roles and r.exists and not r.remote]


def _first_below(folder: str, top: str, kustomizations: Mapping[str, Kustomization]) -> bool:
    """Whether a kustomization is the first on its way down from ``top``: Flux adds it, and enters nothing below it."""
    if folder == top or not (top == "." or folder.startswith(f"{top}/")):
        return False
    parent = posixpath.dirname(folder) or "."
    while parent not in (top, "."):
        if parent in kustomizations:
            return False
        parent = posixpath.dirname(parent) or "."
    return True


def common_metadata_hits(layer: Layer, subject: Subject) -> Iterator[Hit]:
    """Give the hit of Flux's ``commonMetadata`` (labels and annotations of the object itself)."""
    found = value_at(layer.mapping("commonMetadata"), subject.path[1:])
    if len(subject.path) == 3 and subject.path[0] == "metadata" and found is not MISSING:
        yield Hit(layer.place("commonMetadata", *subject.path[1:]), f"the common metadata of {layer.title}", found)


def source_hits(subject: Subject, identity: Identity) -> Iterator[Hit]:
    """Give the hit of the document that the object began as: the field, or (not verified) what encloses it there."""
    if identity.source is None:
        return
    found = corresponding(subject.object.data, subject.path, identity.source.data)
    place, whole = identity.source.place.below(*found), len(found) == len(subject.path)
    value = value_at(identity.source.data, found)
    if whole and is_container(subject.value) and is_container(value):
        yield Hit(place, "the object's own file", subject.value)
    else:
        yield Hit(place, "the object's own file", value if whole else MISSING, verified=whole, encloses=not whole)
