"""Checks of apiVersions: what the Kubernetes of an environment no longer serves, and what a later one will not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from gitlint_ops.lint.checks.api_fixes import fix_of
from gitlint_ops.lint.checks.schema import as_rendered, custom_kinds
from gitlint_ops.lint.checks.unrendered import unrendered_resources
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.schemas.builtin import release_schemas
from gitlint_ops.lint.schemas.lifecycle import Lifecycle, lifecycle_of, release_of, text_of
from gitlint_ops.lint.schemas.versions import Release, schema_folders, target_for, version_of
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source import Document
from gitlint_ops.source.narrowing import items, mapping

SUPPORTED_RELEASES = 3
"""How many releases of Kubernetes are maintained at a time (kubernetes.io/releases/version-skew-policy)."""
_SET_VERSION = "; kubernetes.version in .gitlint-ops.yaml says what the clusters run"

Fate = Literal["removed", "deprecated"]


@dataclass(frozen=True, slots=True)
class _Case:
    """An object whose apiVersion has an end. ``release`` is what its cluster runs, None where nothing says so."""

    life: Lifecycle
    item: RenderedObject
    release: Release | None
    document: Document | None = None
    """Where the object stands, for one that did not render."""

    @property
    def target(self) -> Release:
        """The release that the object is judged by: the newest known one where nothing says which."""
        return self.release or list(schema_folders())[-1]

    def fate(self, context: CheckContext) -> Fate | None:
        """Say what is to be reported: an unknown release counts as removing what no maintained one serves."""
        if self.life.product:
            served = custom_kinds(context).api_versions(group_of(self.life.api_version), self.life.kind)
            return "removed" if served and self.life.api_version not in served else "deprecated"
        major, minor = self.target
        oldest = (major, minor if self.release else minor - SUPPORTED_RELEASES + 1)
        if self.life.removed is not None and self.life.removed <= oldest:
            return "removed"
        return "deprecated" if self.life.deprecated is not None and self.life.deprecated <= self.target else None

    def violation(self, context: CheckContext, message: str) -> Violation:
        """Put a message at the apiVersion."""
        if self.document is None:
            fix = fix_of(context, self.item, replacement(self))
            return Violation(message, object=self.item, field_path=("apiVersion",), fix=fix)
        span = context.tree.nearest(self.document.path, self.document.index, ("apiVersion",))[0]
        return Violation(message, span=span, deliveries=(self.item.delivery,))


def removed_api(context: CheckContext) -> Iterator[Violation]:
    """Report objects whose apiVersion the Kubernetes of their environment does not serve any more."""
    for case in _cases(context):
        if case.fate(context) == "removed":
            yield case.violation(context, f"{case.item.label}: {_removed(case)}; {_use(case)}")


def deprecated_api(context: CheckContext) -> Iterator[Violation]:
    """Report objects whose apiVersion is served with a warning only, or that a maintained release has removed."""
    for case in _cases(context):
        if case.fate(context) == "deprecated":
            said = f"{_deprecated(case)}; {_use(case)}{_hint(case)}"
            yield replace(case.violation(context, f"{case.item.label}: {said}"), decision=said)
    yield from _custom(context)


def _cases(context: CheckContext) -> tuple[_Case, ...]:
    return context.once("api_versions.cases", lambda: tuple(_find(context)))


def _find(context: CheckContext) -> Iterator[_Case]:
    for item in context.objects:
        life = lifecycle_of(item.api_version, item.kind)
        if life is not None:
            yield _Case(life, item, _release(context, item))
    for document, delivery in unrendered_resources(context):
        life = lifecycle_of(document.value["apiVersion"], document.value["kind"])
        if life is not None:
            item = as_rendered(document, delivery)
            yield _Case(life, item, _release(context, item), document)


def _release(context: CheckContext, item: RenderedObject) -> Release | None:
    return release_of(version_of(item, context.config, context.rendering.graph.kubernetes_versions))


def _removed(case: _Case) -> str:
    life = case.life
    if life.product:
        return f"{life.api_version} is not served by the {life.product} that this repository installs"
    release = text_of(life.removed) if life.removed else ""
    return f"{life.api_version} was removed in Kubernetes {release}, so the API server refuses the object"


def _deprecated(case: _Case) -> str:
    life = case.life
    if life.product:
        newest = f", and the newest {life.product} no longer serves it" if life.dropped else ""
        return f"{life.api_version} is deprecated by {life.product}{newest}"
    if life.removed is not None and life.removed <= case.target:
        return f"{life.api_version} is removed in Kubernetes {text_of(life.removed)}"
    since = f" since Kubernetes {text_of(life.deprecated)}" if life.deprecated else ""
    end = f" and removed in {text_of(life.removed)}" if life.removed else ""
    return f"{life.api_version} is deprecated{since}{end}"


def _hint(case: _Case) -> str:
    gone = case.life.removed is not None and case.life.removed <= case.target
    return _SET_VERSION if gone and case.release is None else ""


def _use(case: _Case) -> str:
    successor = replacement(case)
    return f"use {successor}" if successor else "nothing replaces it under that name"


def replacement(case: _Case) -> str:
    """Give the apiVersion to use, with its kind where that differs; '' where the target release serves none.

    The one that the API's source names, unless that is gone too: then the best that the release serves.
    """
    life = case.life
    schemas = release_schemas(target_for(text_of(case.target)).release)
    api_version, _, kind = life.replacement.partition(" ")
    if life.product or (api_version and schemas.knows(api_version, kind or life.kind)):
        return life.replacement
    served = [version for version in schemas.replacements(life.api_version, life.kind) if version != life.api_version]
    return served[0] if served else ""


def _custom(context: CheckContext) -> Iterator[Violation]:
    """Report custom objects in a version that their definition in this repository calls deprecated."""
    marked = context.once("api_versions.custom", lambda: dict(_marked(context)))
    for item in context.objects:
        successor = marked.get((item.api_version, item.kind))
        if successor is not None and lifecycle_of(item.api_version, item.kind) is None:
            use = f"; use {successor}" if successor else ""
            message = f"{item.label}: {item.api_version} is deprecated by its CustomResourceDefinition{use}"
            yield Violation(message, object=item, field_path=("apiVersion",))


def _marked(context: CheckContext) -> Iterator[tuple[tuple[str, str], str]]:
    """Give apiVersion and kind of each deprecated version of the repository's definitions, and what to use instead."""
    definitions = [item.data for item in context.of_kinds({"CustomResourceDefinition"})]
    definitions += [d.value for d in context.tree.objects() if d.value["kind"] == "CustomResourceDefinition"]
    for definition in definitions:
        spec = mapping(definition, "spec")
        versions = [version for _, version in items(spec.get("versions")) if version.get("served") is not False]
        current = [v for v in versions if not v.get("deprecated")]
        best = next((v for v in current if v.get("storage")), current[-1] if current else None)
        for version in versions:
            if version.get("deprecated") is True:
                successor = f"{spec.get('group')}/{best['name']}" if best and "name" in best else ""
                yield (f"{spec.get('group')}/{version.get('name')}", str(mapping(spec, "names").get("kind"))), successor
