"""ApplicationSet generators that Git and the configuration answer: list, git, clusters (applicationset/generators)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitlint_ops.repo.clusters import IN_CLUSTER, IN_CLUSTER_SERVER, Cluster, known_clusters
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.locations import UnrenderableError, elsewhere, locate, unrendered
from gitlint_ops.repo.model import ParameterPlace, Unrendered
from gitlint_ops.repo.parameters import ParameterSet, flat_items, is_empty_selector, merge_deep, normalised, selected
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.templating import Mode, matching, parse_yaml_list, render_one
from gitlint_ops.repo.views import View
from gitlint_ops.source.model import FieldPath, Json

LIVE_GENERATORS = {
    "scmProvider": "asks a code hosting service for its repositories",
    "pullRequest": "asks a code hosting service for its pull requests",
    "plugin": "asks a plugin service",
    "clusterDecisionResource": "reads the status of an object in the live cluster",
}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What generators are evaluated with. ``outer`` are the parameters of a matrix's first child, for its second."""

    context: Context
    place: Place
    mode: Mode
    outer: Mapping[str, Any] = field(default_factory=dict)
    notes: list[Unrendered] = field(default_factory=list)
    """What was answered only in part, in the user's words."""
    patterns: dict[FieldPath, tuple[str, bool]] = field(default_factory=dict)
    """The patterns of git generators by the field that holds each, and whether any evaluation found a match."""


def evaluate_list(run: Evaluation, view: View) -> list[ParameterSet]:
    """Give one set an element; in fasttemplate mode values are strings and only ``values`` may nest."""
    sets = []
    for element in view["elements"].items():
        values = element.mapping() if run.mode.go_template else dict(_flat_element(element))
        places = (ParameterPlace(element.path),)
        sets.append(ParameterSet(values, run.place.span(element.path), places=places))
    if view["elementsYaml"].text():
        sets += [ParameterSet(item, run.place.span(view["elementsYaml"].path)) for item in _yaml_elements(run, view)]
    return sets


def _flat_element(element: View) -> Iterator[tuple[str, str]]:
    for key, value in element.entries():
        if key == "values":
            yield from ((f"values.{name}", nested.text()) for name, nested in value.entries())
        else:
            yield key, value.text()


def _yaml_elements(run: Evaluation, view: View) -> list[dict[str, Any]]:
    elements = parse_yaml_list(run.context.engine, view["elementsYaml"].text())
    if not all(isinstance(item, dict) for item in elements):
        raise UnrenderableError("invalid-object", "elementsYaml is no list of mappings", view["elementsYaml"].path)
    return elements


def evaluate_git(run: Evaluation, view: View) -> list[ParameterSet]:
    """Give one set a matching folder or file; with both kinds of entries Argo CD takes the directories only."""
    url = view["repoURL"].text()
    revision = view["revision"].text()
    location = locate(run.context, url, revision=revision)
    if location is None:
        raise elsewhere("the git generator's repository", url, revision, (*view.path, "repoURL"))
    tree = run.context.tree
    prefix = "" if location.root == "." else f"{location.root}/"
    files = [path.removeprefix(prefix) for path in tree.files_under(location.root)]
    if view["directories"].items():
        found = _directories(run, view["directories"], files)
        sets = [ParameterSet(_directory_parameters(run, view, path), None, path) for path in found]
    elif view["files"].items():
        sets = _file_sets(run, view, files, prefix)
    else:
        raise UnrenderableError("invalid-object", "the git generator has neither directories nor files", view.path)
    return [_with_values(run, view, item) for item in sets]


def _directories(run: Evaluation, entries: View, files: Sequence[str]) -> list[str]:
    """Give the folders that an entry matches and no ``exclude`` entry does; hidden ones and the root never count."""
    return _chosen(
        run,
        entries,
        visible_folders(files),
        lambda pattern, paths: matching(run.context.engine, "path", pattern, paths),
    )


def visible_folders(files: Sequence[str]) -> list[str]:
    """Give every folder that holds a file at any depth, except the root and hidden folders with what is below them."""
    found: set[str] = set()
    for path in files:
        parts = path.split("/")[:-1]
        for depth, part in enumerate(parts, 1):
            if part.startswith("."):
                break
            found.add("/".join(parts[:depth]))
    return sorted(found)


def _chosen(
    run: Evaluation, entries: View, paths: Sequence[str], match: Callable[[str, Sequence[str]], tuple[str, ...]]
) -> list[str]:
    included: set[str] = set()
    excluded: set[str] = set()
    for entry in entries.items():
        found = match(entry["path"].text(), paths)
        if entry["exclude"].flag():
            excluded.update(found)
        else:
            included.update(found)
            at = entry["path"].path
            run.patterns[at] = (entry["path"].text(), bool(found) or run.patterns.get(at, ("", False))[1])
    return sorted(included - excluded)


def _directory_parameters(run: Evaluation, view: View, path: str) -> dict[str, Any]:
    return path_parameters(path, "", view["pathParamPrefix"].text(), go_template=run.mode.go_template)


def path_parameters(folder: str, filename: str, prefix: str, *, go_template: bool) -> dict[str, Any]:
    """Give the ``path`` parameters of a folder, or of a file in it, in the shape of the template mode."""
    base = posixpath.basename(folder)
    texts = {"basename": base, "basenameNormalized": normalised(base)}
    if filename:
        texts |= {"filename": filename, "filenameNormalized": normalised(filename)}
    segments = folder.split("/")
    if go_template:
        path = {"path": {"path": folder, **texts, "segments": segments}}
        return {prefix: path} if prefix else dict(path)
    name = f"{prefix}.path" if prefix else "path"
    numbered = {f"{name}[{index}]": segment for index, segment in enumerate(segments) if segment}
    return {name: folder, **{f"{name}.{key}": text for key, text in texts.items()}, **numbered}


def _file_sets(run: Evaluation, view: View, files: Sequence[str], prefix: str) -> list[ParameterSet]:
    chosen = _chosen(
        run, view["files"], files, lambda pattern, paths: matching(run.context.engine, "pathspec", pattern, paths)
    )
    sets = []
    for path in chosen:
        folder, name = posixpath.split(path)
        place = path_parameters(folder or ".", name, view["pathParamPrefix"].text(), go_template=run.mode.go_template)
        for at, content in _file_contents(run, prefix + path, view):
            values = {**content, **place} if run.mode.go_template else {**_flat_texts(run, content), **place}
            cause, places = run.context.tree.line_span(prefix + path, 1), (ParameterPlace(at, prefix + path),)
            sets.append(ParameterSet(values, cause, path, places=places))
    return sets


def _file_contents(run: Evaluation, path: str, view: View) -> list[tuple[FieldPath, dict[str, Any]]]:
    """Give the mappings of a file with their places: one or a list of them; an empty file counts as an empty one."""
    read = run.context.tree.read(path)
    if read.problems and not read.documents:
        message = f"{path} cannot be read: {read.problems[0].message}"
        raise UnrenderableError("invalid-object", message, view["files"].path)
    value: Json = read.documents[0].value if read.documents else {}
    items: list[tuple[FieldPath, Any]] = [((), value or {})]
    if isinstance(value, list):
        items = [((index,), item) for index, item in enumerate(value)]
    if not all(isinstance(item, dict) for _, item in items):
        message = f"{path} holds neither a mapping nor a list of mappings: Argo CD cannot take parameters from it"
        raise UnrenderableError("invalid-object", message, view["files"].path)
    return items


def _flat_texts(run: Evaluation, content: Mapping[str, Any]) -> dict[str, str]:
    """Give a file's values as the flat strings of fasttemplate mode; Go formats them: 1000000 is ``1e+06`` there."""
    items = list(flat_items(content))
    template = [f'{{{{ printf "%v" (index .leaves {index}) }}}}' for index in range(len(items))]
    leaves = [leaf for _, leaf in items]
    texts = render_one(run.context.engine, Mode(go_template=True), template, {"leaves": leaves})
    return {key: str(text) for (key, _), text in zip(items, texts, strict=True)}


def _with_values(run: Evaluation, view: View, item: ParameterSet) -> ParameterSet:
    """Render the generator's ``values`` with its own parameters (and the outer ones of a matrix), and add them."""
    values = view["values"].labels()
    if not values:
        return item
    known = merge_deep(item.values, run.outer) if run.mode.go_template else {**item.values, **run.outer}
    rendered = {key: render_one(run.context.engine, run.mode, value, known) for key, value in values.items()}
    added = {"values": rendered} if run.mode.go_template else {f"values.{key}": v for key, v in rendered.items()}
    places = (ParameterPlace((*view.path, "values"), prefix="values"), *item.places)
    return ParameterSet({**item.values, **added}, item.cause, item.path, item.template, places)


def evaluate_clusters(run: Evaluation, view: View) -> list[ParameterSet]:
    """Give one set a known cluster that the selector selects; in-cluster counts where the selector is empty."""
    selector, known = view["selector"], known_clusters(run.context)
    everything = is_empty_selector(selector)
    if not known and not everything:
        raise UnrenderableError("needs-cluster", _unknown_clusters("no Application is known"), view.path)
    if not known:
        refusal = UnrenderableError("needs-cluster", _unknown_clusters("only in-cluster is used"), view.path)
        run.notes.append(unrendered(refusal, "clusters generator", run.place))
    chosen = [cluster for cluster in known if selected(selector, cluster.labels)]
    sets = [_cluster_parameters(run, cluster) for cluster in chosen]
    if everything and all(cluster.server.rstrip("/") != IN_CLUSTER_SERVER for cluster in known):
        sets.append(_in_cluster())
    complete = [_with_values(run, view, item) for item in sets]
    if view["flatList"].flag():
        return [ParameterSet({"clusters": [dict(item.values) for item in complete]})]
    return complete


def _unknown_clusters(effect: str) -> str:
    return (
        f"neither a cluster Secret in Git nor the configuration names a cluster, so {effect}: list the clusters under "
        "'clusters' in .gitlint-ops.yaml (name, server, labels)"
    )


def _cluster_parameters(run: Evaluation, cluster: Cluster) -> ParameterSet:
    values = _basic_parameters(cluster)
    if run.mode.go_template:
        metadata = {"labels": dict(cluster.labels), "annotations": dict(cluster.annotations)}
        return ParameterSet({**values, "metadata": metadata})
    labels = {f"metadata.labels.{key}": text for key, text in cluster.labels.items()}
    annotations = {f"metadata.annotations.{key}": text for key, text in cluster.annotations.items()}
    return ParameterSet({**values, **labels, **annotations})


def _basic_parameters(cluster: Cluster) -> dict[str, str]:
    return {
        "name": cluster.name,
        "nameNormalized": normalised(cluster.name),
        "server": cluster.server,
        "project": cluster.project,
    }


def _in_cluster() -> ParameterSet:
    return ParameterSet(_basic_parameters(Cluster(IN_CLUSTER, IN_CLUSTER_SERVER)))
