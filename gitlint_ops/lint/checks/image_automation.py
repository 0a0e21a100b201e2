"""The check of image automation in production: robots that may deploy whatever somebody pushed last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.delivered_files import deliveries_of_file
from gitlint_ops.lint.checks.image_reference import mutability, parse
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath, Span
from gitlint_ops.source.narrowing import items, mapping

_PREFIX = "argocd-image-updater.argoproj.io/"
_UPDATER_GROUP = "argocd-image-updater.argoproj.io"
_FLUX_GROUP = "image.toolkit.fluxcd.io"
_ANYTHING = re.compile(r"(?:regexp:)?\^?(?:\.[*+])?\$?|any")
_OPEN_RANGE = re.compile(r"[*xX]|[vV]?[*xX](?:\.[*xX])*|latest|>=?\s*[vV]?[\d.]+(?:-\S+)?")
"""A constraint that any later version meets."""
_NEWEST = {"latest", "newest-build"}
_ALPHABETICAL = {"name", "alphabetical"}
_MARKER = re.compile(r"\"\$imagepolicy\":\s*\"(?P<namespace>[\w.-]+):(?P<name>[\w.-]+)")
_REMEDY = "{} with review: let the robot open a pull request for production, or bound it ({})"


@dataclass(frozen=True, slots=True)
class Tracking:
    """What Argo CD Image Updater follows for one image: its name, constraint, strategy and tag filter."""

    image: str
    constraint: str
    strategy: str
    allowed: str

    def unbounded(self) -> str:
        """Say what may be picked, '' where it is bounded."""
        if self.strategy == "digest":
            tag = self.constraint or "latest"
            return f"whatever is pushed as {tag} last" if mutability(tag, "none") else ""
        if not _ANYTHING.fullmatch(self.allowed):
            return ""
        if self.strategy in _NEWEST:
            return "whatever image was built last, under any tag"
        if self.strategy in _ALPHABETICAL:
            return "whatever tag sorts last"
        return "any newer version, major ones too" if _is_open(self.constraint) else ""


def _is_open(constraint: str) -> bool:
    return not constraint or bool(_OPEN_RANGE.fullmatch(constraint.strip()))


def image_automation_unbounded(context: CheckContext) -> Iterator[Violation]:
    """Report image automation without a bound in production: Argo CD Image Updater, Flux ImagePolicies."""
    for delivery in context.deliveries:
        if delivery.kind == "Application" and _is_of_production(context, delivery):
            yield from _of_annotations(context, delivery)
    for item in context.of_kinds(("ImageUpdater",), (_UPDATER_GROUP,)):
        yield from _of_updater(context, item)
    for item in context.of_kinds(("ImagePolicy",), (_FLUX_GROUP,)):
        yield from _of_policy(context, item)


# Argo CD Image Updater, by annotations


def _is_of_production(context: CheckContext, delivery: Delivery) -> bool:
    """Whether an Application is production's, or comes from a base that production's overlay renders too."""
    declared = context.once("image-automation.applications", lambda: _declared_in_production(context))
    return context.is_production(delivery) or (delivery.namespace, delivery.name) in declared


def _declared_in_production(context: CheckContext) -> frozenset[tuple[str, str]]:
    applications = context.of_kinds(("Application",), ("argoproj.io",))
    return frozenset((item.namespace, item.name) for item in applications if context.is_production(item))


def _of_annotations(context: CheckContext, delivery: Delivery) -> Iterator[Violation]:
    annotations = mapping(delivery.object, "metadata", "annotations")
    for entry in str(annotations.get(f"{_PREFIX}image-list") or "").split(","):
        alias, tracking = _tracking(entry.strip(), annotations)
        picks = tracking.unbounded() if tracking.image else ""
        if picks:
            keys = (f"{alias}.update-strategy", "update-strategy", "image-list")
            key = next(_PREFIX + key for key in keys if _PREFIX + key in annotations)
            yield at_field(context, delivery, ("metadata", "annotations", key), _argo(tracking.image, picks))


def _argo(image: str, picks: str) -> Violation:
    remedy = "update-strategy semver with a constraint such as ~1.2, or allow-tags with a regexp"
    return Violation(
        f"Argo CD Image Updater may deploy {picks}, of {image} in production; release {_REMEDY.format('it', remedy)}"
    )


def _tracking(entry: str, annotations: Mapping[str, Any]) -> tuple[str, Tracking]:
    """Read an entry of ``image-list`` (``alias=image:constraint``); without an alias the image's name is it."""
    named, equals, rest = entry.partition("=")
    reference = parse(rest if equals else entry)
    alias = named if equals else reference.name.rpartition("/")[2]
    known = (alias, reference.name.replace("/", "_"))

    def setting(name: str) -> str:
        keys = [f"{word}.{name}" for word in known] + [name]
        return next((str(annotations[_PREFIX + key]) for key in keys if annotations.get(_PREFIX + key)), "")

    tracking = Tracking(reference.name, reference.tag, setting("update-strategy") or "semver", setting("allow-tags"))
    return next((word for word in known if f"{_PREFIX}{word}.update-strategy" in annotations), alias), tracking


# Argo CD Image Updater, by its own kind


def _of_updater(context: CheckContext, item: RenderedObject) -> Iterator[Violation]:
    spec = mapping(item.data, "spec")
    for at, application in items(spec.get("applicationRefs")):
        targets = _production_targets(context, str(application.get("namePattern") or "*"))
        for index, image in items(application.get("images")) if targets else ():
            levels = [mapping(level, "commonUpdateSettings") for level in (image, application, spec)]
            merged: dict[str, Any] = {}
            for level in levels:
                merged = {**level, **merged}
            reference = parse(str(image.get("imageName") or ""))
            strategy, allowed = (str(merged.get(key) or "") for key in ("updateStrategy", "allowTags"))
            picks = Tracking(reference.name, reference.tag, strategy or "semver", allowed).unbounded()
            if picks:
                found = _argo(reference.name, picks)
                path: FieldPath = ("spec", "applicationRefs", at, "images", index, "imageName")
                yield Violation(found.message, object=item, field_path=path, deliveries=targets)


def _production_targets(context: CheckContext, pattern: str) -> tuple[Delivery, ...]:
    return tuple(
        delivery
        for delivery in context.deliveries
        if delivery.kind == "Application" and fnmatchcase(delivery.name, pattern) and context.is_production(delivery)
    )


# Flux


def _of_policy(context: CheckContext, item: RenderedObject) -> Iterator[Violation]:
    field, picks = _policy_picks(mapping(item.data, "spec"))
    markers = context.once("image-policy-markers", lambda: _markers(context)).get((item.namespace, item.name), ())
    if not picks or not _is_for_production(context, item, markers):
        return
    remedy = "semver with an upper bound such as 1.x, or filterTags with a pattern"
    yield Violation(
        f"ImagePolicy {item.name} may pick {picks}, for production; release {_REMEDY.format('it', remedy)}",
        object=item,
        field_path=("spec", "policy", *field),
        deliveries=tuple(d for marker in markers for d in _production(context, marker)),
        related=tuple(Related(m, "sets this image") for m in markers if _production(context, m)),
    )


def _is_for_production(context: CheckContext, item: RenderedObject, markers: Sequence[Span]) -> bool:
    """Whether production's files bear the policy's marker; where no file does, whether it lies in production.

    Where each cluster has a policy of this name, production's files are written by production's own.
    """
    if not markers or (item.namespace, item.name) in context.once("image-policies", lambda: _of_production(context)):
        return context.is_production(item)
    return any(_production(context, marker) for marker in markers)


def _of_production(context: CheckContext) -> frozenset[tuple[str, str]]:
    policies = context.of_kinds(("ImagePolicy",), (_FLUX_GROUP,))
    return frozenset((item.namespace, item.name) for item in policies if context.is_production(item))


def _production(context: CheckContext, marker: Span) -> tuple[Delivery, ...]:
    return tuple(d for d in deliveries_of_file(context, marker.path) if context.is_production(d))


def _policy_picks(spec: Mapping[str, Any]) -> tuple[FieldPath, str]:
    """Give the field of the policy that leaves all open, and what may be picked ('' where it is bounded)."""
    policy = mapping(spec, "policy")
    if not _ANYTHING.fullmatch(str(mapping(spec, "filterTags").get("pattern") or "")):
        return (), ""
    if "semver" in policy:
        opened = _is_open(str(mapping(policy, "semver").get("range") or ""))
        return ("semver", "range"), "any newer version, major ones too" if opened else ""
    kind = next((kind for kind in ("alphabetical", "numerical") if kind in policy), "")
    return (kind,), "whatever tag sorts last, of any name" if kind else ""


def _markers(context: CheckContext) -> Mapping[tuple[str, str], list[Span]]:
    found: dict[tuple[str, str], list[Span]] = {}
    for path in context.tree.yaml_files:
        if "$imagepolicy" in context.tree.text(path):
            for number, text in enumerate(context.tree.lines(path), 1):
                for marker in _MARKER.finditer(text):
                    span = context.tree.line_span(path, number)
                    found.setdefault((marker["namespace"], marker["name"]), []).append(span)
    return found
