"""The images that deliveries run: of their rendered objects, and as far as sources tell of what is not rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from gitlint_ops.lint.apps import without_environment, without_hash
from gitlint_ops.lint.checks.chart_values import image_entries, unrendered_values
from gitlint_ops.lint.checks.containers import images_in, images_of
from gitlint_ops.lint.checks.image_reference import is_unresolved, parse
from gitlint_ops.lint.checks.images import runs
from gitlint_ops.lint.checks.unrendered import unrendered_documents, unrendered_image_entries
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.versions.model import Running
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source.model import FieldPath, display_path

Locate = Callable[[], Violation]


def images_run(context: CheckContext) -> Iterator[Running]:
    """Give every image of every delivery; texts that are no image yet (variables, templates) are left out."""
    for item in context.objects:
        images = images_in(item)
        for found in images if images and runs(item) else ():
            at = partial(Violation, "", object=item, field_path=found.field_path, part=parse(found.image).tag)
            yield from _running(found.image, item.delivery, at, workload_name(item))
    yield from _in_sources(context)
    yield from _in_values(context)


def workload_name(item: RenderedObject) -> str:
    """Give an object's name as all environments have it: without the environment and a generated hash."""
    return without_environment(without_hash(item.name), item.delivery.environment)


def in_file(context: CheckContext, path: str, document: int, field: FieldPath, delivery: Delivery) -> Violation:
    """Give the place of a field of a document, as a violation without a message."""
    span, exact = context.tree.nearest(path, document, field)
    return Violation("", span=span, exact=exact, deliveries=(delivery,))


def _running(image: str, delivery: Delivery, at: Locate, workload: str = "", name: str = "") -> Iterator[Running]:
    if is_unresolved(image):
        return
    reference = parse(image)
    version = f"{reference.tag}@{reference.digest}" if reference.tag and reference.digest else ""
    yield Running("image", name or reference.name, version or reference.tag or reference.digest, delivery, at, workload)


def _in_sources(context: CheckContext) -> Iterator[Running]:
    for document, delivery, renamed in unrendered_documents(context):
        for found in images_of(document.value):
            if parse(found.image).name not in renamed:
                at = partial(in_file, context, document.path, document.index, found.field_path, delivery)
                yield from _running(found.image, delivery, at)
    for path, field, image, delivery in unrendered_image_entries(context):
        yield from _running(image, delivery, partial(in_file, context, path, 0, field, delivery))


def _in_values(context: CheckContext) -> Iterator[Running]:
    """Give the images of charts' values; a lone tag is named by the key that holds it."""
    for values in unrendered_values(context):
        for path, name, tag in image_entries(values.value):
            if not values.is_overridden(path):
                at = partial(values.place, context, path, Violation(""))
                yield from _running(f"{name}:{tag}", values.delivery, at, name=name or display_path(path[:-1]))
