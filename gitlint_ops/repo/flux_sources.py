"""Flux sources: what a ``sourceRef`` leads to, as far as this repository holds it (source-controller's API types)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.locations import (
    UnrenderableError,
    elsewhere,
    locate,
    mapped_folder,
    needs_network,
    resolve,
    shown_url,
)
from gitlint_ops.repo.model import Declared
from gitlint_ops.repo.views import ShapeError, View
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.vendor import Remote, remote

KUSTOMIZE_GROUP = "kustomize.toolkit.fluxcd.io"
SOURCE_GROUP = "source.toolkit.fluxcd.io"
EXTENSION_GROUP = "source.extensions.fluxcd.io"
BOOTSTRAP_NAME = "flux-system"
"""The source that ``flux bootstrap`` creates for the repository it is run on."""
_KINDS = {"GitRepository": "git", "OCIRepository": "oci", "Bucket": "bucket", "HelmRepository": "helm"}
_PRECEDENCE = ("commit", "digest", "name", "semver", "tag", "branch")
"""Which part of a ``ref`` counts; for Git a tag beats semver, for OCI semver a tag (the controllers' code)."""


@dataclass(frozen=True, slots=True)
class FluxSource:
    """A source object, found or not. ``label`` is its kind, namespace and name as people write it."""

    kind: str
    name: str
    label: str
    declared: Declared | None
    url: str = ""
    revision: str = ""
    oci_chart: bool = False
    """Whether a HelmRepository is of type oci."""
    ignore: str = ""
    """Patterns of files that are no part of its artifact, as in ``.sourceignore``."""

    @property
    def transport(self) -> str:
        """How its content comes: git, oci, helm or bucket."""
        return "oci" if self.oci_chart else _KINDS.get(self.kind, "git")

    @property
    def artifact(self) -> Remote:
        """The artifact of an OCIRepository."""
        return remote("oci", self.url, version=self.revision)


@dataclass(frozen=True, slots=True)
class Asker:
    """The object that refers to a source: its declaration and the namespace where it lives ('' where unknown)."""

    declared: Declared
    namespace: str


def find_source(context: Context, asker: Asker, reference: View) -> FluxSource:
    """Find the object of a ``sourceRef`` or ``chartRef``; an absent reference means the bootstrap's GitRepository."""
    kind = reference["kind"].text("GitRepository")
    name = reference["name"].text(BOOTSTRAP_NAME)
    namespace = reference["namespace"].text() or asker.namespace
    group = EXTENSION_GROUP if kind == "ArtifactGenerator" else SOURCE_GROUP
    near = asker.declared.path
    declared = context.index.find(kind, namespace, name, near, group, asker.declared.parent)
    label = f"{kind} '{namespace}/{name}'" if namespace else f"{kind} '{name}'"
    if declared is None:
        return FluxSource(kind, name, label, None)
    spec = View(declared.data)["spec"]
    url = spec["url"].text() or _bucket(spec)
    oci = kind == "HelmRepository" and (spec["type"].text() == "oci" or url.startswith("oci://"))
    return FluxSource(kind, name, label, declared, url, _revision(kind, spec["ref"]), oci, spec["ignore"].text())


def _bucket(spec: View) -> str:
    """Give a bucket's address, one for each bucket of a service: ``minio.example.com/manifests``."""
    return f"{spec['endpoint'].text()}/{spec['bucketName'].text()}".strip("/")


def _revision(kind: str, ref: View) -> str:
    order = ("commit", "name", "tag", "semver", "branch") if kind == "GitRepository" else _PRECEDENCE
    return next((ref[key].text() for key in order if ref[key].text()), "")


def source_folder(
    context: Context, asker: Asker, source: FluxSource, path: str, field_path: FieldPath
) -> tuple[str, bool]:
    """Give the folder here that ``path`` in a source means, and whether that is an assumption.

    Raises UnrenderableError where the content is not in this repository.
    """
    if source.kind == "ExternalArtifact":
        return _artifact_folder(context, asker, source, path, field_path)
    mapped = mapped_folder(context, source.url) if source.url else None
    if mapped is not None:
        return resolve(mapped, mapped, path or ".", field_path), False
    folder = resolve(".", ".", path or ".", field_path)
    if source.declared is None or (source.name == BOOTSTRAP_NAME and source.kind != "GitRepository"):
        return _assumed(context, asker, source, folder, field_path)
    if source.kind != "GitRepository":
        place = _artifact_place(context, source, field_path)
        return resolve(place, place, path or ".", field_path), False
    # Without a reference source-controller takes this branch.
    revision = source.revision or "master"
    location = locate(context, source.url, path, revision)
    if location is not None:
        return resolve(location.root, location.root, path or ".", field_path), location.assumed
    if source.name == BOOTSTRAP_NAME and folder != "." and context.tree.is_folder(folder):
        context.locality.assume(source.label)
        return folder, True
    raise elsewhere(f"its source {source.label}", source.url, revision, field_path)


def _artifact_place(context: Context, source: FluxSource, field_path: FieldPath) -> str:
    if source.kind != "OCIRepository":
        reason = (
            f"the content of {source.label} cannot be fetched, with --network neither: download it into a folder here, "
            f"and name that folder for '{shown_url(source.url)}' under 'remotes' in .gitlint-ops.yaml"
        )
        raise UnrenderableError("needs-network", reason, field_path)
    place = context.tree.fetched.place(source.artifact)
    if place is None:
        raise needs_network(f"the content of {source.label}", source.artifact, field_path)
    return place


def _below_asker(context: Context, asker: Asker, source: FluxSource, folder: str) -> str:
    """Give the folder below one of those that the asker lies in: an artifact may hold a part of the repository only.

    '' where there is none, and for Git, whose sources hold the whole.
    """
    if source.kind == "GitRepository":
        return ""
    parts = asker.declared.path.split("/")[:-1]
    tries = ("/".join([*parts[:depth], folder]) for depth in range(1, len(parts) + 1))
    return next((path for path in tries if context.tree.is_folder(path)), "")


def _assumed(
    context: Context, asker: Asker, source: FluxSource, folder: str, field_path: FieldPath
) -> tuple[str, bool]:
    """Take a source that Git does not hold for this repository where its path is here, as after ``flux bootstrap``.

    So is one of which another Kustomization's path is here: this path is wrong then.
    """
    folder = folder if context.tree.is_folder(folder) else _below_asker(context, asker, source, folder) or folder
    if context.tree.is_folder(folder) or source.name == BOOTSTRAP_NAME or _is_for_others(context, source):
        context.locality.assume(source.label)
        return folder, True
    reason = (
        f"its source {source.label} is not in Git and its path '{folder}' does not exist here: if it is this "
        "repository, correct the path; if not, add the source's object"
    )
    raise UnrenderableError("needs-network", reason, field_path)


def _is_for_others(context: Context, source: FluxSource) -> bool:
    """Whether a source that Git does not hold gives other Kustomizations a folder of this repository."""
    for declared in context.index.all("Kustomization", KUSTOMIZE_GROUP):
        with suppress(ShapeError):
            spec = View(declared.data)["spec"]
            reference, path = spec["sourceRef"], posixpath.normpath(spec["path"].text().strip("/") or ".")
            named = (reference["kind"].text(), reference["name"].text()) == (source.kind, source.name)
            if named and path != "." and context.tree.is_folder(path):
                return True
    return False


def _artifact_folder(
    context: Context, asker: Asker, source: FluxSource, path: str, field_path: FieldPath
) -> tuple[str, bool]:
    """Follow an ArtifactGenerator's copies back: the folder of its source that ``path`` in the artifact comes from."""
    wanted = posixpath.normpath(path or ".").lstrip("/")
    for declared in _by_closeness(context, asker):
        generator = Asker(declared, asker.namespace)
        spec = View(declared.data)["spec"]
        for artifact in spec["artifacts"].items():
            if artifact["name"].text() == source.name:
                for alias, folder in _origins(artifact, wanted):
                    return _origin_folder(context, generator, spec, (alias, folder), field_path)
                raise _not_copied(context, generator, (spec, artifact), wanted, field_path)
    reason = f"no ArtifactGenerator in Git makes its source {source.label}"
    raise UnrenderableError("needs-cluster", reason, field_path)


def _origin_folder(
    context: Context, generator: Asker, spec: View, origin: tuple[str, str], field_path: FieldPath
) -> tuple[str, bool]:
    alias, folder = origin
    for item in spec["sources"].items():
        if item["alias"].text() == alias:
            return source_folder(context, generator, find_source(context, generator, item), folder, field_path)
    raise UnrenderableError("invalid-object", f"no source of its ArtifactGenerator has the alias '{alias}'", field_path)


def _not_copied(
    context: Context, generator: Asker, making: tuple[View, View], wanted: str, field_path: FieldPath
) -> UnrenderableError:
    """Give the refusal of a path that an artifact lacks; ``missing`` is where it would lie, beside what is copied."""
    spec, artifact = making
    targets = [_target(copy) for copy in artifact["copy"].items()]
    reason = (
        f"its path './{wanted}' is not in the artifact '{artifact['name'].text()}', which holds "
        f"{', '.join(repr(target) for target in sorted(set(targets)))} of its ArtifactGenerator's copies"
    )
    for target in targets:
        if posixpath.dirname(target) == posixpath.dirname(wanted):
            origin = next(iter(_origins(artifact, target)))
            beside = _origin_folder(context, generator, spec, origin, field_path)[0]
            missing = posixpath.join(posixpath.dirname(beside), posixpath.basename(wanted))
            if not context.tree.is_folder(missing):
                return UnrenderableError("missing-file", reason, field_path, missing)
    return UnrenderableError("invalid-object", reason, field_path)


def _by_closeness(context: Context, asker: Asker) -> list[Declared]:
    """Give the ArtifactGenerators, those declared near the asker first: each cluster has its own of the same name."""
    own = asker.declared.path
    found = context.index.all("ArtifactGenerator", EXTENSION_GROUP)
    return sorted(found, key=lambda d: -len(posixpath.commonprefix([d.path, own])))


def _origins(artifact: View, wanted: str) -> Iterator[tuple[str, str]]:
    """Give alias and folder of each copy ``@alias/from/**`` to ``@artifact/to/`` that contains the wanted path."""
    for copy in artifact["copy"].items():
        alias, _, start = copy["from"].text().removeprefix("@").partition("/")
        target = _target(copy)
        if start.endswith("/**") or start == "**":
            start = start.removesuffix("**").strip("/")
        if target in {".", wanted} or wanted.startswith(f"{target}/"):
            rest = wanted if target == "." else wanted.removeprefix(target).strip("/")
            yield alias, posixpath.normpath(posixpath.join(start or ".", rest or "."))


def _target(copy: View) -> str:
    """Give the folder of the artifact that a copy fills, ``.`` for the whole."""
    return posixpath.normpath(copy["to"].text().removeprefix("@artifact").strip("/") or ".")
