"""What Skaffold says of images: those that it builds, and to which it gives a tag as it deploys."""

from __future__ import annotations

from collections.abc import Iterator

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.source import Json


def built_images(context: CheckContext) -> frozenset[str]:
    """Give the names under ``build.artifacts`` of the repository's Skaffold configurations and their profiles."""
    return context.once("skaffold-images", lambda: frozenset(_artifacts(context)))


def _artifacts(context: CheckContext) -> Iterator[str]:
    for document in context.tree.documents():
        value = document.value
        if isinstance(value, dict) and str(value.get("apiVersion")).startswith("skaffold/"):
            profiles = value.get("profiles")
            for part in (value, *(profiles if isinstance(profiles, list) else ())):
                yield from _images(part)


def _images(part: Json) -> Iterator[str]:
    build = part.get("build") if isinstance(part, dict) else None
    artifacts = build.get("artifacts") if isinstance(build, dict) else None
    for artifact in artifacts if isinstance(artifacts, list) else ():
        if isinstance(artifact, dict) and isinstance(artifact.get("image"), str):
            yield artifact["image"]
