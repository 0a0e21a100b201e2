"""Checks for what lies in a repository and reaches no cluster: manifests, overlays and values that nothing delivers."""

from __future__ import annotations

import difflib
import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.places import is_for_people, is_sample
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.environments import is_container
from gitlint_ops.repo.model import Delivery, HelmUnit
from gitlint_ops.repo.set_aside import is_switched_off
from gitlint_ops.repo.vocabulary import CONTROLLER_NAMESPACES
from gitlint_ops.source.model import Json

_STARTERS = frozenset(
    {"AppProject", "Application", "ApplicationSet", "FluxInstance", "GitRepository", "Kustomization", "ResourceSet"}
)
_ALIKE = 0.75
"""How alike two paths are of which one is taken for a misspelling of the other."""
_SHOWN = 3
_MANY = 5
"""So many overlays of one environment are not each forgotten."""
_CLUSTER = 3
"""In so many applications a folder name that nothing delivers is that of a cluster that is delivered from elsewhere."""


def unowned_manifest(context: CheckContext) -> Iterator[Violation]:
    """Report folders that no delivery applies, where the repository's deliveries apply nearly all others.

    What starts deliveries (an Application applied by hand) and what people apply (examples, bootstrap) is owned.
    """
    loose = [d for d in context.deliveries if d.controller == "none" and _is_orphan(context, d)]
    if not loose or _covered(context, loose) < context.options["min_covered"]:
        return
    elsewhere = _delivered_elsewhere(context, loose)
    unmeant = [d for d in loose if d.environment not in elsewhere and not _is_meant(context, d.units[0].path)]
    for folder, deliveries in _grouped(context, unmeant).items():
        yield _unowned(context, folder, deliveries)


def _is_orphan(context: CheckContext, delivery: Delivery) -> bool:
    """Whether a folder that nothing points at holds objects that a delivery should apply."""
    objects = context.objects_of(delivery)
    if not delivery.units or _is_let_be(context, delivery) or all(map(_is_for_people, objects)):
        return False
    # Of a chart that others deliver the unused values file is what is to be named.
    named = context.once("named-folders", lambda: frozenset(_named_folders(context)))
    return delivery.units[0].path not in named and not any(_starts(item) for item in objects)


def _is_for_people(item: RenderedObject) -> bool:
    # Where a chart's templates lie says nothing: each chart has such a folder.
    return is_for_people(item.unit.path if isinstance(item.unit, HelmUnit) else item.source_path)


def _starts(item: RenderedObject) -> bool:
    """Whether an object belongs to a controller: people apply what starts deliveries, and what runs the controller."""
    group = group_of(item.api_version)
    controls = group == "argoproj.io" or group.endswith("fluxcd.io") or group == "fluxcd.controlplane.io"
    return (controls and item.kind in _STARTERS) or item.namespace in CONTROLLER_NAMESPACES


def _is_let_be(context: CheckContext, delivery: Delivery) -> bool:
    path = delivery.units[0].path
    ignored = any(fnmatchcase(path, glob) for glob in context.options["ignore"])
    return ignored or is_for_people(path) or is_switched_off(context.tree, context.graph.kustomizations, path)


def _is_meant(context: CheckContext, path: str) -> bool:
    """Whether a delivery names something like this that is not there: then that spelling is the problem.

    Of an ApplicationSet it is a pattern, or what else keeps it from giving the Application.
    """
    missing = context.once("missing-sources", lambda: {s.missing for d in context.deliveries for s in d.sources})
    patterns = context.once("generator-patterns", lambda: frozenset(_patterns(context)))
    is_alike = bool(difflib.get_close_matches(path, missing - {""}, 1, _ALIKE))
    return is_alike or any(_fits(pattern, path) for pattern in patterns)


def _patterns(context: CheckContext) -> Iterator[str]:
    """Give the folders that git generators ask for and give nothing for: nothing matches, or the template fails."""
    for generator in context.graph.generators.values():
        yield from (pattern for _, pattern in generator.unmatched)
        if any(item.failed for item in generator.unanswered):
            yield from _folders_of(generator.object)


def _folders_of(value: Json) -> Iterator[str]:
    """Give the paths of ``git.directories`` at any depth: matrix and merge generators nest."""
    for key, below in (
        value.items() if isinstance(value, Mapping) else enumerate(value if isinstance(value, list) else ())
    ):
        if key == "directories" and isinstance(below, list):
            yield from (
                str(entry.get("path")) for entry in below if isinstance(entry, Mapping) and not entry.get("exclude")
            )
        else:
            yield from _folders_of(below)


def _fits(pattern: str, path: str) -> bool:
    """Whether a path is what a pattern means, each part of it matched or spelt alike."""
    parts, names = pattern.strip("/").split("/"), path.split("/")
    return len(parts) == len(names) and all(
        fnmatchcase(name, part) or difflib.SequenceMatcher(None, part, name).ratio() >= _ALIKE
        for part, name in zip(parts, names, strict=True)
    )


def _named_folders(context: CheckContext) -> Iterator[str]:
    """Give the folders that deliveries build, or name as their source, if only in a repository of another URL."""
    for delivery in context.deliveries:
        if delivery.controller != "none":
            yield from (unit.path for unit in delivery.units)
            yield from (posixpath.normpath(source.path.strip("/")) for source in delivery.sources if source.path)


def _covered(context: CheckContext, loose: list[Delivery]) -> int:
    """Give the share of source files, in percent, that deliveries apply, of these and of what nothing applies."""
    real = [d for d in context.deliveries if d.controller != "none" and not is_sample(d)]
    owned = {o.source_path for d in real for o in context.objects_of(d)} - {""}
    orphaned = {o.source_path for d in loose for o in context.objects_of(d)} - owned - {""}
    return round(100 * len(owned) / (len(owned) + len(orphaned))) if owned else 0


def _delivered_elsewhere(context: CheckContext, loose: list[Delivery]) -> set[str]:
    """Give the environments most of whose overlays nothing here applies: another branch or repository delivers them."""
    real = Counter(d.environment for d in context.deliveries if d.controller != "none" and d.units)
    orphaned = Counter(d.environment for d in loose if d.environment)
    return {name for name, count in orphaned.items() if count >= _MANY and count > real[name]}


def _grouped(context: CheckContext, loose: list[Delivery]) -> Mapping[str, list[Delivery]]:
    """Group by cause: a cluster of which nothing is delivered from here, else the overlays of one application."""
    delivered = {
        name
        for d in context.deliveries
        if d.controller != "none"
        for u in d.units
        for name in _below_application(u.path)
    }
    applications: dict[str, set[str]] = {}
    for delivery in loose:
        for name in set(_below_application(delivery.units[0].path)) - delivered:
            applications.setdefault(name, set()).add(application_folder(delivery.units[0].path))
    groups: dict[str, list[Delivery]] = {}
    for delivery in loose:
        path = delivery.units[0].path
        foreign = [n for n in _below_application(path) if len(applications.get(n, ())) >= _CLUSTER]
        groups.setdefault(foreign[0] if foreign else application_folder(path), []).append(delivery)
    return groups


def _below_application(path: str) -> list[str]:
    """Give the names of the folders below an application's: ``prod`` and ``eu`` of apps/web/overlays/prod/eu."""
    return [name for name in path.removeprefix(application_folder(path)).split("/") if name and not is_container(name)]


def application_folder(path: str) -> str:
    """Give the folder of an application, above its environments: ``apps/web`` of apps/web/overlays/prod."""
    parts = path.split("/")
    for at, part in enumerate(parts):
        if at and (is_container(part) or vocabulary.is_environment_name(part)):
            return "/".join(parts[:at])
    return path


def _unowned(context: CheckContext, folder: str, deliveries: list[Delivery]) -> Violation:
    first = deliveries[0]
    paths = [delivery.units[0].path for delivery in deliveries]
    where = paths[0] if len(paths) == 1 else f"{folder} ({', '.join(paths[:_SHOWN])}{_more(paths)})"
    objects = [item for delivery in deliveries for item in context.objects_of(delivery)]
    kinds = ", ".join(sorted({item.kind for item in objects})[:_SHOWN])
    message = (
        f"no Application or Kustomization applies {where}: a change to its {len(objects)} "
        f"{'object' if len(objects) == 1 else 'objects'} ({kinds}{_more(sorted({i.kind for i in objects}))}) is "
        f"reviewed and merged, and reaches no cluster. Add a delivery for it, or delete it{_near(context, first)}"
    )
    related = tuple(Related(d.span, "nothing applies this either") for d in deliveries[1:] if d.span)
    return Violation(message, span=first.span, deliveries=tuple(deliveries), related=related)


def _more(items: list[str]) -> str:
    return f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""


def _near(context: CheckContext, delivery: Delivery) -> str:
    """Name a delivery of a sibling folder, which shows how it is done here."""
    parent = posixpath.dirname(delivery.units[0].path)
    for other in context.deliveries:
        if other.controller != "none" and any(posixpath.dirname(u.path) == parent for u in other.units) and parent:
            return f" ({other.kind} {other.name} applies its neighbour {other.units[0].path})"
    return ""


# Values files


def values_file_unused(context: CheckContext) -> Iterator[Violation]:
    """Report values files of delivered charts that no delivery reads."""
    named = context.once("named-folders", lambda: frozenset(_named_folders(context)))
    used = _used_values(context)
    for path in _values_files(context, named & set(context.graph.charts), used):
        candidate = path not in used and not is_for_people(path) and not _is_meant(context, path)
        if candidate and not _is_mentioned(context, path):
            yield _unused(context, path, used)


def _used_values(context: CheckContext) -> frozenset[str]:
    """Give the values files that deliveries read, and those that chart's own kustomizations or charts do."""
    units = [u for d in context.deliveries if d.controller != "none" for u in d.units if isinstance(u, HelmUnit)]
    files = {str(layer.value) for unit in units for layer in unit.layers if layer.form == "file"}
    files |= {path for unit in units for path in unit.chart_values_files}
    return frozenset(files)


def _values_files(context: CheckContext, charts: frozenset[str], used: frozenset[str]) -> Iterator[str]:
    """Give the files named like values where deliveries choose one, and those of environments beside their charts."""
    chosen_from = {posixpath.dirname(path) or "." for path in used}
    for folder in sorted(chosen_from | charts):
        for name in context.tree.children(folder):
            path = name if folder == "." else f"{folder}/{name}"
            suffix = vocabulary.values_suffix(name)
            chosen = folder in chosen_from and (
                suffix or (folder not in context.graph.charts and name == "values.yaml")
            )
            if chosen or vocabulary.is_environment_name(suffix):
                yield path


def _is_mentioned(context: CheckContext, path: str) -> bool:
    """Whether a script, a pipeline or a tool's settings name the values file."""
    name = posixpath.basename(path)
    return any(name in text for text in context.once("other-texts", lambda: _other_texts(context)))


def _other_texts(context: CheckContext) -> tuple[str, ...]:
    """Give the texts of pipelines, scripts and tools' settings: files that may hand a values file to Helm."""
    tree = context.tree
    return tuple(tree.text(path) for path in tree.files if _may_call_helm(path))


def _may_call_helm(path: str) -> bool:
    name = posixpath.basename(path).lower()
    return (
        name.endswith((".sh", ".py", ".toml", ".mk", ".just", ".ps1", ".tf", ".gotmpl"))
        or name in ("makefile", "justfile", "jenkinsfile", "tiltfile")
        or name.startswith(("taskfile", "helmfile", "skaffold", "kustomization."))
        or path.startswith((".github/", ".gitlab", ".circleci/", "ci/"))
    )


def _unused(context: CheckContext, path: str, used: frozenset[str]) -> Violation:
    near = sorted(other for other in used if posixpath.dirname(other) == posixpath.dirname(path))
    others = f", they read {', '.join(near[:_SHOWN])}{_more(near)}" if near else ""
    message = (
        f"no delivery reads the values file {path}{others}: a change to it changes nothing that runs. Name it in the "
        "delivery's values files, or delete it"
    )
    documents = context.tree.read(path).documents
    return Violation(message, span=context.tree.line_span(path, documents[0].line if documents else 1))
