"""Checks of container images against a team's own policy: pinned by digest, from its registries, from its builds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from gitlint_ops.config import ConfigError
from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.chart_values import image_entries, unrendered_values
from gitlint_ops.lint.checks.containers import images_in, images_of
from gitlint_ops.lint.checks.image_reference import ImageReference, is_unresolved, parse
from gitlint_ops.lint.checks.images import runs
from gitlint_ops.lint.checks.regexps import go_matches_whole
from gitlint_ops.lint.checks.unrendered import unrendered_documents
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation

_HUB = "docker.io"


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image somewhere, and a violation without a message there."""

    image: str
    violation: Violation
    in_values: bool = False
    """It stands in the values of a chart that is not rendered: the chart may put a registry before its name."""

    @property
    def reference(self) -> ImageReference:
        """The parts of the reference."""
        return parse(self.image)

    def place(self, message: str, part: str) -> Violation:
        """Give the violation with its message; ``part`` is the part of the reference that is wrong."""
        return replace(self.violation, message=message, part=part)


def placed_images(context: CheckContext) -> Iterator[PlacedImage]:
    """Give the images of rendered objects, of sources that do not render, of values of charts that are not rendered."""
    for item in context.objects:
        for found in images_in(item) if runs(item) else ():
            yield PlacedImage(found.image, Violation("", object=item, field_path=found.field_path))
    for document, delivery, renamed in unrendered_documents(context):
        for found in images_of(document.value):
            if parse(found.image).name not in renamed:
                span, exact = context.tree.nearest(document.path, document.index, found.field_path)
                yield PlacedImage(found.image, Violation("", span=span, exact=exact, deliveries=(delivery,)))
    for values in unrendered_values(context):
        for path, name, tag in image_entries(values.value):
            if name:
                yield PlacedImage(f"{name}:{tag}", values.place(context, path, Violation("")), in_values=True)


def _matches(text: str, globs: list[str]) -> bool:
    return any(fnmatchcase(text, glob) for glob in globs)


def image_not_digest_pinned(context: CheckContext) -> Iterator[Violation]:
    """Report images without a digest: even a full version can be pushed again."""
    for found in placed_images(context):
        reference = found.reference
        if reference.digest or is_unresolved(found.image) or _matches(reference.name, context.options["allow"]):
            continue
        tag = f":{reference.tag}" if reference.tag else ""
        message = (
            f"{found.image} is not pinned to a digest, so the registry may give other contents under the same name; "
            f"write {reference.name}{tag}@sha256:... (crane digest {found.image} tells which)"
        )
        yield found.place(message, reference.tag)


def image_registry_not_allowed(context: CheckContext) -> Iterator[Violation]:
    """Report images from elsewhere than the option ``registries`` names; nothing while that is empty."""
    allowed = context.options["registries"]
    for found in placed_images(context) if allowed else ():
        name = found.reference.name
        has_host = _host(name) != ""
        if is_unresolved(found.image) or (found.in_values and not has_host) or _is_allowed(full_name(name), allowed):
            continue
        message = (
            f"{name} comes from {full_name(name).partition('/')[0]}, which is not allowed here (allowed: "
            f"{', '.join(allowed)}); copy the image to an allowed registry and name it there, or add the registry to "
            f"the option registries"
        )
        yield found.place(message, name)


def _host(name: str) -> str:
    """Give the registry that a name states, '' where it leaves it to the default (distribution/reference)."""
    first, slash, _ = name.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


def full_name(name: str) -> str:
    """Give an image's name with its registry: ``nginx`` is ``docker.io/library/nginx``."""
    host = _host(name)
    if host in ("index.docker.io", "registry-1.docker.io"):
        return _HUB + name[len(host) :]
    if host and host != _HUB:
        return name
    rest = name.removeprefix(f"{_HUB}/")
    return f"{_HUB}/{rest if '/' in rest else f'library/{rest}'}"


def _is_allowed(name: str, allowed: list[str]) -> bool:
    return any(name.startswith(f"{entry.rstrip('/')}/") or fnmatchcase(name, entry) for entry in allowed)


def image_from_unknown_build(context: CheckContext) -> Iterator[Violation]:
    """Report images whose tag does not have the form that the option ``tag_pattern`` gives to the team's builds."""
    text = context.options["tag_pattern"]
    images = [found for found in placed_images(context) if _is_ours(context, found)] if text else []
    known = _matching(context, text, [found.reference.tag for found in images])
    for found in images:
        reference = found.reference
        if reference.tag not in known:
            shown = f"the tag {reference.tag}" if reference.tag else "no tag"
            message = (
                f"{found.image} has {shown}, which is not of the form {text} that tells the build it comes from; name "
                f"an image that the pipeline built and tagged"
            )
            yield found.place(message, reference.tag)


def _is_ours(context: CheckContext, found: PlacedImage) -> bool:
    reference = found.reference
    if is_unresolved(found.image) or (reference.digest and not reference.tag):
        return False
    return _matches(reference.name, context.options["images"])


def _matching(context: CheckContext, pattern: str, tags: list[str]) -> frozenset[str]:
    """Give the tags that the option's pattern matches. Raises ConfigError where it is no regular expression."""
    try:
        return go_matches_whole(context, pattern, tags) if pattern else frozenset()
    except EngineError as error:
        raise ConfigError(
            f"rules.{context.rule.name}.options.tag_pattern: '{pattern}' is no regular expression: "
            f"{error.message.rpartition('error parsing regexp: ')[2]}",
            context.config.path,
        ) from error
