"""Checks of container images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial

from gitlint_ops.lint.checks.chart_values import image_entries, unrendered_values
from gitlint_ops.lint.checks.containers import images_in, images_of
from gitlint_ops.lint.checks.image_reference import is_unresolved, mutability, parse
from gitlint_ops.lint.checks.skaffold import built_images
from gitlint_ops.lint.checks.unrendered import unrendered_documents, unrendered_image_entries
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import DirectoryUnit

_EXAMPLES = frozenset({"example", "examples", "sample", "samples", "testdata"})
_PATTERN = re.compile(r"[*|\s]")
"""What stands in no image reference, but in what a policy says of images: ``ghcr.io/* | quay.io/*``."""


def mutable_image_tag(context: CheckContext) -> Iterator[Violation]:
    """Report images whose tag can move: in rendered objects, in sources that do not render, in charts' values.

    A digest settles it. In the values of a chart that is not rendered a missing tag is the chart's default: no finding.
    """
    judge = partial(_message, context)
    memory: dict[str, str] = {}
    for item in context.objects:
        images = images_in(item)
        for found in images if images and runs(item) else ():
            if found.image not in memory:
                memory[found.image] = judge(found.image)
            if memory[found.image]:
                part = parse(found.image).tag
                yield Violation(memory[found.image], object=item, field_path=found.field_path, part=part)
    yield from _in_sources(context)
    yield from _in_values(context)


def runs(item: RenderedObject) -> bool:
    """Say whether a controller starts what an object describes: Helm's tests and folders of examples are for people."""
    metadata = item.data.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    hooks = str(annotations.get("helm.sh/hook", "")) if isinstance(annotations, dict) else ""
    if hooks and {hook.strip() for hook in hooks.split(",")} <= {"test", "test-success", "test-failure"}:
        return False
    is_loose = item.delivery.controller == "none" and isinstance(item.unit, DirectoryUnit)
    return not (is_loose and _EXAMPLES.intersection(item.source_path.split("/")[:-1]))


def _in_sources(context: CheckContext) -> Iterator[Violation]:
    for document, delivery, renamed in unrendered_documents(context):
        for found in images_of(document.value):
            message = "" if parse(found.image).name in renamed else _message(context, found.image)
            span, exact = context.tree.nearest(document.path, document.index, found.field_path)
            if message:
                yield Violation(message, span=span, exact=exact, deliveries=(delivery,))
    for path, field, image, delivery in unrendered_image_entries(context):
        message = _message(context, image)
        if message:
            span, exact = context.tree.nearest(path, 0, field)
            yield Violation(message, span=span, exact=exact, deliveries=(delivery,))


def _in_values(context: CheckContext) -> Iterator[Violation]:
    for values in unrendered_values(context):
        for path, name, tag in image_entries(values.value):
            message = _message(context, f"{name}:{tag}" if name else f":{tag}")
            if message and not values.is_overridden(path):
                yield values.place(context, path, Violation(message))


def _message(context: CheckContext, image: str) -> str:
    """Give the message about an image, '' where it cannot move, is allowed, or is no image yet."""
    options = context.options
    reference = parse(image)
    is_settled = reference.digest or _matches(reference.name, options["allow"])
    if is_settled or is_unresolved(image) or _PATTERN.search(image):
        return ""
    name = reference.name or "the image"
    if not reference.tag and reference.name in built_images(context):
        return ""
    if not reference.tag:
        return (
            f"{image} has no tag, so each node runs whatever the registry called latest when it pulled; "
            f"name a full version, or a digest ({name}@sha256:...)"
        )
    floating = "major" if _matches(reference.name, options["two_part_versions"]) else options["floating_versions"]
    reason = mutability(reference.tag, floating)
    if not reason or _matches(reference.tag, options["allow_tags"]):
        return ""
    shown = image if reference.name else f"tag {reference.tag}"
    return f"{shown} can change without a change in Git: {reason}; name a full version, or a digest ({name}@sha256:...)"


def _matches(text: str, globs: list[str]) -> bool:
    return any(fnmatchcase(text, glob) for glob in globs)
