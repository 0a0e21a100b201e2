"""Variables in what a Flux Kustomization without ``postBuild`` applies: it applies them as they stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, FluxBuild, KustomizeUnit
from gitlint_ops.repo.views import metadata_map
from gitlint_ops.source.model import FieldPath, Json
from gitlint_ops.source.narrowing import mapping

_VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Za-z_]\w*)[^}]*\}")
_TEXTS = frozenset({"ConfigMap", "Secret"})
"""Kinds whose values are files of programs, which have variables of their own."""
_PROGRAMS = frozenset({"args", "command", "script"})
_SHOWN = 3
_PLACES = 5
_NAMES = (("metadata", "name"), ("metadata", "namespace"), ("metadata", "labels"))
_SWITCH = "kustomize.toolkit.fluxcd.io/substitute"

Use = tuple[RenderedObject, FieldPath, str]
"""An object, the field that has a variable, and the variable's name."""


def unsubstituted(context: CheckContext) -> Iterator[Violation]:
    """Report Kustomizations that substitute nothing and apply variables that others of the repository define.

    One finding a Kustomization, at its spec. A variable in a name or label is reported whoever defines it: the API
    server refuses it there. Nothing is said where more Kustomizations lack ``postBuild`` than have it: something on the
    cluster adds it then.
    """
    known = _Known(context)
    builds = [(delivery, build) for delivery in context.deliveries if (build := _build(delivery)) is not None]
    bare = [delivery for delivery, build in builds if not _substitutes(build)]
    found = [(delivery, uses) for delivery in bare if (uses := list(_uses(context, delivery, known)))]
    if len(found) <= len(builds) - len(bare):
        yield from (_violation(context, delivery, uses, known) for delivery, uses in found)


def _substitutes(build: FluxBuild) -> bool:
    """Whether kustomize-controller substitutes anything: without a single variable it leaves the objects alone."""
    always = mapping(build.spec, "postBuild").get("substituteStrategy") == "Always"
    return bool(build.variables or build.absent_sources or always)


class _Known:
    """The variables that Kustomizations substitute: anywhere, each with one that defines it, and in each file."""

    def __init__(self, context: CheckContext) -> None:
        self.definers: dict[str, Delivery] = {}
        self.names: set[str] = set()
        self.in_file: dict[str, set[str]] = defaultdict(set)
        # What an object lacks may be in a Secret that only the cluster has: it is a variable all the same.
        for error in context.rendering.substitution_errors:
            self._add(error.object.source_path, [error.variable])
        for delivery in context.deliveries:
            build = _build(delivery)
            if build is not None and build.variables:
                self.definers.update(dict.fromkeys(build.variables, delivery))
                for path in {item.source_path for item in context.objects_of(delivery)}:
                    self._add(path, build.variables)

    def _add(self, path: str, names: Iterable[str]) -> None:
        self.names.update(names)
        self.in_file[path].update(names)

    def means(self, item: RenderedObject, path: FieldPath, name: str) -> bool:
        """Say whether a text such as ``${name}`` in a field is one of Flux's variables, and no program's own."""
        if path[:2] in _NAMES or name in self.in_file.get(item.source_path, ()):
            return True
        return name in self.names and item.kind not in _TEXTS and _PROGRAMS.isdisjoint(path)


def _build(delivery: Delivery) -> FluxBuild | None:
    return next((unit.flux for unit in delivery.units if isinstance(unit, KustomizeUnit) and unit.flux), None)


def _uses(context: CheckContext, delivery: Delivery, known: _Known) -> Iterator[Use]:
    for item in context.objects_of(delivery):
        if metadata_map(item.data, "annotations").get(_SWITCH) != "disabled":
            for path, name in _variables(item.data, ()):
                if known.means(item, path, name):
                    yield item, path, name


def _variables(value: Json, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    """Give the fields with a variable; a text of several lines is a program's or a dashboard's."""
    if isinstance(value, str):
        found = _VARIABLE.search(value) if "\n" not in value else None
        if found:
            yield path, found["name"]
    below = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for step, item in below:
        yield from _variables(item, (*path, step))


def _violation(context: CheckContext, delivery: Delivery, uses: list[Use], known: _Known) -> Violation:
    names = sorted({name for _, _, name in uses})
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    shown = ", ".join(f"${{{name}}}" for name in names[:_SHOWN]) + more
    other = next((known.definers[name] for name in names if name in known.definers), None)
    hint = f" as {other.kind} {other.name} has it" if other is not None else ""
    lacks = "no variables in its" if "postBuild" in mapping(delivery.object, "spec") else "no"
    message = (
        f"the Kustomization {delivery.name} has {lacks} spec.postBuild, so Flux substitutes nothing in it and applies "
        f"{shown} as written; add postBuild{hint}, or write another text where no variable is meant"
    )
    used = tuple((item, path, "used here") for item, path, _ in uses[:_PLACES])
    defined = (Related(other.span, f"{other.name} defines it"),) if other is not None and other.span is not None else ()
    violation = Violation(message, related=defined, related_fields=used)
    return at_field(context, delivery, ("spec", "postBuild"), violation)
