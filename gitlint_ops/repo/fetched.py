"""What units refer to elsewhere: as Remotes for who fetches it, as places below the mount where it was fetched."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gitlint_ops.repo.charts import local_chart, missing_dependencies
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.kustomizations import fetched_kustomizations, is_remote
from gitlint_ops.repo.model import HelmUnit, Kustomization, KustomizeUnit, Unit
from gitlint_ops.repo.references import closure
from gitlint_ops.repo.remotes import entry_parts
from gitlint_ops.source import FieldPath, SourceTree
from gitlint_ops.source.vendor import Remote, remote

_FILE = re.compile(r"https?://[^?]+\.(ya?ml|json)(\?.*)?", re.IGNORECASE)
_GIT = re.compile(r"\.git(/|$)|[?&](ref|version)=|(?<!:)//")
_Pairs = tuple[tuple[str, str], ...]
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def chart_remote(repository: str, name: str, version: str) -> Remote:
    """Give a chart of a repository; an address without a scheme is a registry's, as for Argo CD."""
    return remote("chart", repository if _SCHEME.match(repository) else f"oci://{repository}", name, version)


def entry_remote(written: str) -> tuple[Remote, str]:
    """Give what a remote entry of a kustomization means, and the path in it; a file is alone in its artifact.

    Kustomize tries an address as a file first, then as a Git repository: what ends like a manifest and names neither a
    path in a repository nor a revision is taken for a file.
    """
    if _FILE.fullmatch(written) and not _GIT.search(written.partition("://")[2]):
        return remote("file", written), posixpath.basename(written.partition("?")[0])
    url, below, revision = entry_parts(written)
    return remote("git", url, version=revision), below


def with_fetched(tree: SourceTree, kustomizations: Iterable[Kustomization], unit: Unit) -> Unit:
    """Give a unit with the places of what is put in it from elsewhere: what was fetched, charts of this repository.

    ``kustomizations`` are all of the repository.
    """
    if isinstance(unit, HelmUnit):
        fetched = _placed(tree, _dependencies(tree, unit.path)) if tree.fetched.places else ()
        return replace(unit, charts=(*_local_dependencies(tree, unit.path), *fetched))
    if isinstance(unit, KustomizeUnit) and tree.fetched.places:
        entries, charts = _of_all(tree, kustomizations)
        return replace(unit, remotes=(*entries, *unit.remotes), charts=charts)
    return unit


def _of_all(tree: SourceTree, kustomizations: Iterable[Kustomization]) -> tuple[_Pairs, _Pairs]:
    """Give what was fetched of all that kustomizations name: entries and charts, as written, each with its place."""
    known: tuple[_Pairs, _Pairs] | None = tree.fetched.memo.get(str(tree.root))
    if known is None:
        every = [*kustomizations, *fetched_kustomizations(tree)]
        known = tuple(_entries(tree, every)), tuple(_placed(tree, _charts(every)))
        tree.fetched.memo[str(tree.root)] = known
    return known


def wanted_by(context: Context, unit: Unit, url: str) -> tuple[Remote, ...]:
    """Give what a unit that stopped for want of the network needs; ``url`` is where it stopped."""
    if isinstance(unit, HelmUnit):
        found = [wanted for _, wanted in _dependencies(context.tree, unit.path)]
    elif isinstance(unit, KustomizeUnit):
        files = closure(context, unit.path)
        own = [one for one in context.kustomizations.values() if one.path in files]
        found = [entry_remote(text)[0] for one in own for text in _remote_texts(one)]
        found += [wanted for _, wanted in _charts(own)]
        found += [entry_remote(url)[0]] if is_remote(url) and not _is_chart_repository(own, url) else []
    else:
        found = []
    return tuple(one for one in dict.fromkeys(found) if one not in context.tree.fetched.places)


def named_in(tree: SourceTree, kustomization: Kustomization, folder: str) -> Iterator[FieldPath]:
    """Give the fields of a kustomization that ask for the artifact whose files are in ``folder``."""
    for reference in kustomization.references:
        if reference.remote and tree.fetched.places.get(entry_remote(reference.written)[0]) == folder:
            yield reference.field_path
    for at, (_, wanted) in enumerate(_charts([kustomization])):
        if tree.fetched.places.get(wanted) == folder:
            yield ("helmCharts", at)


def _is_chart_repository(kustomizations: Iterable[Kustomization], url: str) -> bool:
    return any(chart.get("repo") == url for one in kustomizations for chart in _inflated(one))


def _placed(tree: SourceTree, wanted: Iterable[tuple[str, Remote]]) -> Iterator[tuple[str, str]]:
    for key, one in wanted:
        place = tree.fetched.place(one)
        if place is not None:
            yield key, place


def _dependencies(tree: SourceTree, folder: str) -> Iterator[tuple[str, Remote]]:
    """Give the dependencies that ``helm dependency build`` would fetch, keyed as the engine asks for them.

    A Chart.lock tells the version, as for Helm, Argo CD and Flux.
    """
    for item, locked in missing_dependencies(tree, folder):
        name, version, repository = _wanted(item)
        if name and _SCHEME.match(repository) and not repository.startswith("file:"):
            yield f"{repository} {name} {version}", chart_remote(repository, name, locked or version)


def _local_dependencies(tree: SourceTree, folder: str) -> Iterator[tuple[str, str]]:
    """Give the dependencies that ``helm dependency build`` would pack from this repository, keyed alike."""
    for item, _ in missing_dependencies(tree, folder):
        name, version, repository = _wanted(item)
        place = local_chart(tree, folder, repository)
        if name and place:
            yield f"{repository} {name} {version}", place


def _wanted(dependency: Mapping[str, Any]) -> tuple[str, str, str]:
    """Give the name, version and repository of a dependency as written."""
    name, version, repository = (str(dependency.get(key) or "") for key in ("name", "version", "repository"))
    return name, version, repository


def _charts(kustomizations: Iterable[Kustomization]) -> Iterator[tuple[str, Remote]]:
    """Give the charts that kustomizations inflate from a repository, keyed as the engine asks for them."""
    for one in kustomizations:
        for chart in _inflated(one):
            name, version, repository = (str(chart.get(key) or "") for key in ("name", "version", "repo"))
            if name and repository:
                yield f"{repository} {name} {version}", chart_remote(repository, name, version)


def _inflated(kustomization: Kustomization) -> Iterator[Mapping[str, Any]]:
    charts = kustomization.data.get("helmCharts")
    yield from (item for item in charts if isinstance(item, dict)) if isinstance(charts, list) else ()


def _remote_texts(kustomization: Kustomization) -> Iterator[str]:
    yield from (reference.written for reference in kustomization.references if reference.remote)


def _entries(tree: SourceTree, kustomizations: Iterable[Kustomization]) -> Iterator[tuple[str, str]]:
    """Give each remote entry that was fetched, as it is written, and its path here."""
    for text in dict.fromkeys(text for one in kustomizations for text in _remote_texts(one)):
        wanted, below = entry_remote(text)
        place = tree.fetched.place(wanted)
        if place is not None:
            yield text, posixpath.normpath(posixpath.join(place, below))
