"""The provenance of rendered fields: the entry point, and what all kinds of units share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gitlint_ops.engine import EngineClient
from gitlint_ops.render.model import Origin, RenderedObject, Rendering
from gitlint_ops.render.provenance.chain import Chains
from gitlint_ops.render.provenance.declaring import Declaring
from gitlint_ops.render.provenance.helm import HelmTrace
from gitlint_ops.render.provenance.hit import Hit, Subject, settle
from gitlint_ops.render.provenance.identity import Identity, source_object
from gitlint_ops.render.provenance.inflation import Inflations
from gitlint_ops.render.provenance.kustomize import KustomizeWalk, source_hits
from gitlint_ops.render.provenance.match import MISSING, value_at
from gitlint_ops.render.provenance.parameters import ParameterPlaces
from gitlint_ops.render.provenance.place import Inner, Place, Places
from gitlint_ops.render.provenance.replacements import Replacements
from gitlint_ops.render.provenance.substitution import Substitution
from gitlint_ops.render.provenance.transforms import first_piece
from gitlint_ops.render.provenance.trial import Trials
from gitlint_ops.render.provenance.weigh import weighed
from gitlint_ops.repo.model import Delivery, HelmUnit, KustomizeUnit
from gitlint_ops.source import FieldPath, SourceTree, Span

_MAX_DEPTH = 20
"""A field may come from another object's field, and so on: not further than this."""
_NAMESPACE = ("metadata", "namespace")


class Provenance:
    """Answers which source place a rendered field comes from. Answers are kept: one instance a run."""

    def __init__(self, tree: SourceTree, engine: EngineClient, rendering: Rendering) -> None:
        self._tree = tree
        self._rendering = rendering
        self._places = Places(tree, engine, self._behind)
        self._declaring = Declaring(tree, rendering)
        self._trials = Trials(tree, engine)
        self._parameters = ParameterPlaces(self._places, self._declaring)
        self._substitution = Substitution(engine, self._declaring)
        self._chains = Chains(self._places, self._declaring, self.chain)
        replacements = Replacements(self._places, self._siblings, self._identity)
        inflations = Inflations(self._places, engine)
        self._walk = KustomizeWalk(self._places, rendering.graph.kustomizations, replacements, inflations)
        self._helm = HelmTrace(engine, self._places, self._declaring, self._trials)
        self._identities: dict[RenderedObject, Identity] = {}
        self._answers: dict[tuple[RenderedObject, FieldPath, bool, str], tuple[Origin, ...]] = {}
        self._known_names: dict[str, frozenset[str]] = {}
        self._depth = 0

    @property
    def places(self) -> Places:
        """What finds places in YAML that stands inside other text."""
        return self._places

    def prepare(self, objects: Iterable[RenderedObject]) -> None:
        """Render at once what the origins of these objects' fields will need; else each is rendered when asked for."""
        self._helm.prepare(obj.unit for obj in objects)

    def origins(
        self, obj: RenderedObject, field_path: FieldPath, on_key: bool = False, part: str = ""
    ) -> tuple[Origin, ...]:
        """Give the source places behind a field of a rendered object, nearest cause first; never empty.

        ``on_key`` asks for the field's key instead of its value. ``part`` is the text within the value that matters (of
        an image's ``registry/app:latest``, say, ``latest``): the place that gives it then comes first.
        ``exact`` is True where an edit of that very line changes the field. A field that is not in the object gives the
        nearest one that encloses it, never exact.
        """
        key = (obj, field_path, on_key, part)
        if key not in self._answers:
            self._depth += 1
            try:
                self._answers[key] = self._find(obj, field_path, on_key=on_key, part=part)
            finally:
                self._depth -= 1
        return self._answers[key]

    def _behind(self, obj: RenderedObject, path: FieldPath, inner: Inner | None) -> tuple[Origin, ...]:
        """Give the origins of a field, or of one within the text there; none for one that only a chart could tell."""
        if inner is None:
            return self.origins(obj, path)
        subject = Subject(obj, path, self._places.value_in(obj.data, path, inner), inner=inner)
        known = isinstance(obj.unit, HelmUnit) and subject.value is not MISSING and self._depth <= _MAX_DEPTH
        return self._helm.origins(subject, on_key=False) if known else ()

    def chain(self, obj: RenderedObject, field_path: FieldPath) -> tuple[Origin, ...]:
        """Give every line that shaped a field, nearest cause first: its origins, and behind them what they override.

        That is more than ``origins``: earlier layers of Helm values too, and what lies behind a field of a delivery
        that another delivery renders. A namespace that only the controller gives leads to the delivery.
        """
        target = field_path == _NAMESPACE and value_at(obj.data, field_path) is MISSING
        given = self._chains.target_namespace(obj) if target else ()
        found = given or self.origins(obj, field_path)
        if self._depth > _MAX_DEPTH:
            return found
        whole = [step for one in found for step in (one, *self._parameters.mentioned(one, obj.delivery))]
        self._depth += 1
        try:
            return self._chains.joined(whole, () if given else self._layered(obj, field_path))
        finally:
            self._depth -= 1

    def _layered(self, obj: RenderedObject, path: FieldPath) -> Iterator[Sequence[Place]]:
        """Give the places behind a field, the ones of one value together, the one that wins first."""
        subject = Subject(obj, path, value_at(obj.data, path))
        if subject.value is MISSING:
            return
        if isinstance(obj.unit, HelmUnit):
            yield from self._helm.layers(subject)
        else:
            yield from ((hit.place,) for hit in self._hits(subject))

    def values_key(self, delivery: Delivery, unit: HelmUnit, path: FieldPath, *, on_key: bool = False) -> Origin | None:
        """Give the place of a key in the last layer of a release's values that sets it; None where none does.

        For values that no rendered object shows: what a schema refuses, what no template reads. A value that an
        ApplicationSet's template takes from its generator leads to the parameter there.
        """
        found = self._helm.values_key(delivery, unit, path, on_key=on_key)
        if found is None or on_key or not found.exact:
            return found
        return self._parameters.behind(found, delivery) or found

    def _find(self, obj: RenderedObject, path: FieldPath, *, on_key: bool, part: str) -> tuple[Origin, ...]:
        present = path
        while value_at(obj.data, present) is MISSING:
            present = present[:-1]
        subject = Subject(obj, present, value_at(obj.data, present), part)
        if present != path or self._depth > _MAX_DEPTH:
            return self._enclosing(subject)
        return self._with_parameter(self._trace(subject, on_key=on_key), obj.delivery) or self._fallback(subject)

    def _with_parameter(self, found: tuple[Origin, ...], delivery: Delivery) -> tuple[Origin, ...]:
        """Put the generator's parameter before the template of an ApplicationSet that takes the value from it."""
        behind = self._parameters.behind(found[0], delivery) if found and found[0].exact else None
        return (behind, *found) if behind is not None else found

    def parameter(self, text: str, delivery: Delivery) -> Origin | None:
        """Give the place of the generator's parameter that a text of a generated delivery's template is, or None.

        None for a text that is anything more, and for a parameter that no list element or file holds.
        """
        return self._parameters.origin(text, delivery)

    def _enclosing(self, subject: Subject) -> tuple[Origin, ...]:
        """Give the place for a field that is absent: what encloses it."""
        while True:
            found = self._trace(subject, on_key=False) if subject.path else ()
            if found or not subject.path:
                break
            above = subject.path[:-1]
            subject = Subject(subject.object, above, value_at(subject.object.data, above))
        inexact = tuple(Origin(origin.span, exact=False, why=origin.why) for origin in found)
        return inexact or self._fallback(subject)

    def _trace(self, subject: Subject, *, on_key: bool) -> tuple[Origin, ...]:
        if isinstance(subject.object.unit, HelmUnit):
            return self._helm.origins(subject, on_key=on_key)
        hits = [weighed(hit, subject, self._names(subject.object), on_key=on_key) for hit in self._hits(subject)]
        return settle(
            hits,
            self._places,
            lambda span: self._trials.changes(subject, span),
            first_piece=first_piece(subject),
            on_key=on_key,
        )

    def _hits(self, subject: Subject) -> Iterator[Hit]:
        identity = self._identity(subject.object)
        if not isinstance(subject.object.unit, KustomizeUnit):
            yield from source_hits(subject, identity)
            return
        declaring = self._declaring.place(subject.object.delivery)
        for hit in self._walk.hits(subject, identity, declaring):
            yield from self._substitution.hits(hit, subject)

    def _fallback(self, subject: Subject) -> tuple[Origin, ...]:
        """Give the place for a field of which nothing is known: the object's file, its unit's, or the delivery's."""
        obj = subject.object
        identity = self._identity(obj)
        if identity.source is not None:
            span = self._places.resolve(identity.source.place)[0]
        elif obj.source_path and self._tree.is_file(obj.source_path):
            span = self._tree.line_span(obj.source_path, obj.source_line or 1)
        else:
            span = self._unit_span(obj)
        return (Origin(span, exact=False, why="the object's own file"),)

    def _unit_span(self, obj: RenderedObject) -> Span:
        kustomization = self._rendering.graph.kustomizations.get(obj.unit.path)
        if kustomization is not None:
            return self._tree.line_span(kustomization.path, 1)
        return obj.delivery.span or Span(obj.unit.path, 1)

    def _identity(self, obj: RenderedObject) -> Identity:
        if obj not in self._identities:
            self._identities[obj] = Identity(obj, source_object(self._tree, obj))
        return self._identities[obj]

    def _siblings(self, obj: RenderedObject) -> Sequence[RenderedObject]:
        return [item for item in self._rendering.objects.get(obj.delivery.id, ()) if item.unit is obj.unit]

    def _names(self, obj: RenderedObject) -> frozenset[str]:
        if obj.delivery.id not in self._known_names:
            objects = self._rendering.objects.get(obj.delivery.id, ())
            self._known_names[obj.delivery.id] = frozenset(item.name for item in objects)
        return self._known_names[obj.delivery.id]
