"""Charts: every chart folder of the repository's own, its missing dependencies, its values files per environment."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.environments import EnvironmentRecognizer
from gitlint_ops.repo.model import Chart, Reference, ValuesFile
from gitlint_ops.source import Json, SourceTree
from gitlint_ops.source.narrowing import items

_YAML = (".yaml", ".yml")


def find_charts(tree: SourceTree, recognizer: EnvironmentRecognizer) -> dict[str, Chart]:
    """Read every chart of the tree, by folder; what is vendored in a chart's ``charts/`` is no chart of its own."""
    folders = sorted(f for f in tree.chart_folders if not _is_inside_chart(tree, f))
    tree.preload(_file(folder, "Chart.yaml") for folder in folders)
    layout = _Layout(tree, recognizer, folders)
    return {folder: _chart(tree, folder, layout) for folder in folders}


def _is_inside_chart(tree: SourceTree, folder: str) -> bool:
    """Whether a folder lies in the ``charts/`` or ``templates/`` of a chart."""
    parts = folder.split("/")
    return any(
        part in {"charts", "templates"} and ("/".join(parts[:at]) or ".") in tree.chart_folders
        for at, part in enumerate(parts)
    )


def _chart(tree: SourceTree, folder: str, layout: _Layout) -> Chart:
    data = _mapping(tree, _file(folder, "Chart.yaml"))
    name = data.get("name")
    return Chart(
        folder,
        name if isinstance(name, str) else posixpath.basename(folder),
        str(data.get("version") or ""),
        str(data.get("type") or "application"),
        data,
        tuple(_missing(tree, folder, data)),
        tuple(layout.values_files(folder)),
    )


def _mapping(tree: SourceTree, path: str) -> dict[str, Json]:
    documents = tree.read(path).documents if tree.is_file(path) else ()
    return documents[0].value if documents and isinstance(documents[0].value, dict) else {}


def _file(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


# Dependencies


def dependencies(tree: SourceTree, folder: str, data: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Give a chart's dependencies as declared: in Chart.yaml, or (API version v1) in requirements.yaml."""
    value = data.get("dependencies")
    if value is None:
        value = _mapping(tree, _file(folder, "requirements.yaml")).get("dependencies")
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _missing(tree: SourceTree, folder: str, data: Mapping[str, Json]) -> Iterator[str]:
    """Say for each dependency that ``charts/`` lacks what ``helm dependency build`` would do."""
    for item in _lacking(tree, folder, data):
        name, version = str(item.get("name") or ""), str(item.get("version") or "")
        yield f"{name} {version}".strip() + _origin(folder, str(item.get("repository") or ""))


def _lacking(tree: SourceTree, folder: str, data: Mapping[str, Json]) -> list[dict[str, Json]]:
    declared = dependencies(tree, folder, data)
    present = set(_vendored(tree, folder)) if declared else set()
    return [
        item
        for item in declared
        if not any(entry == item.get("name") or _is_archive(entry, str(item.get("name") or "")) for entry in present)
    ]


def missing_dependencies(tree: SourceTree, folder: str) -> Iterator[tuple[dict[str, Json], str]]:
    """Give the dependencies that a chart's ``charts/`` lacks, each with the version in Chart.lock ('' without one)."""
    lock = items(_mapping(tree, _file(folder, "Chart.lock")).get("dependencies"))
    locked = {str(item.get("name")): str(item.get("version") or "") for _, item in lock}
    for item in _lacking(tree, folder, _mapping(tree, _file(folder, "Chart.yaml"))):
        yield item, locked.get(str(item.get("name")), "")


def _origin(folder: str, repository: str) -> str:
    if not repository:
        return f" (no repository is given: it must lie in {_file(folder, 'charts')})"
    if repository.startswith("file://"):
        return f" (helm dependency build would pack it from {_local(folder, repository)})"
    return f" (helm dependency build would fetch it from {repository})"


def _local(folder: str, repository: str) -> str:
    return posixpath.normpath(posixpath.join(folder, repository.removeprefix("file://")))


def local_chart(tree: SourceTree, folder: str, repository: str) -> str:
    """Give the chart of this repository that a ``file://`` repository of a dependency means; '' where it means none."""
    place = _local(folder, repository) if repository.startswith("file://") else ""
    return place if place and tree.is_file(_file(place, "Chart.yaml")) else ""


def _vendored(tree: SourceTree, folder: str) -> Iterator[str]:
    """Give the chart names of the folders, and the file names of the archives, in a chart's ``charts/``."""
    charts = _file(folder, "charts")
    yield from (name for name in tree.children(charts) if name.endswith(".tgz"))
    for name in tree.subfolders(charts):
        inner = _mapping(tree, f"{charts}/{name}/Chart.yaml").get("name")
        yield inner if isinstance(inner, str) else name


def _is_archive(entry: str, name: str) -> bool:
    return bool(re.fullmatch(re.escape(name) + r"-v?\d.*\.tgz", entry))


def local_dependencies(tree: SourceTree, chart: Chart) -> Iterator[str]:
    """Give the folders that a chart's ``file://`` dependencies name, whether they exist or not."""
    for item in dependencies(tree, chart.folder, chart.data):
        repository = item.get("repository")
        if isinstance(repository, str) and repository.startswith("file://"):
            yield _local(chart.folder, repository)


def broken_dependencies(tree: SourceTree, chart: Chart) -> Iterator[Reference]:
    """Give the ``file://`` dependencies of a chart whose folder holds no chart."""
    source = "Chart.yaml" if isinstance(chart.data.get("dependencies"), list) else "requirements.yaml"
    for at, item in enumerate(dependencies(tree, chart.folder, chart.data)):
        repository = item.get("repository")
        if isinstance(repository, str) and repository.startswith("file://"):
            target = _local(chart.folder, repository)
            if not local_chart(tree, chart.folder, repository):
                path = _file(chart.folder, source)
                outside = target == ".." or target.startswith("../")
                field_path = ("dependencies", at, "repository")
                yield Reference(path, 0, field_path, target, repository, "dependencies", exists=False, outside=outside)


# Values files per environment


def _unambiguous(found: dict[str, str]) -> dict[str, str]:
    """Drop all where no name is surely an environment's: ``values-test.yaml`` alone may hold values for a test."""
    return found if any(not vocabulary.is_ambiguous(name) for name in found.values()) else {}


@dataclass(slots=True)
class _Layout:
    """Where the values files of a chart's environments lie: in its folder, and in the folders around it."""

    tree: SourceTree
    recognizer: EnvironmentRecognizer
    charts: list[str]

    def values_files(self, folder: str) -> list[ValuesFile]:
        """Give a chart's values files per environment: by environment's rank, then path."""
        found = _unambiguous(dict(self._beside(folder, own=True)))
        for parent, alone in self._around(folder):
            if not found:
                chart = posixpath.basename(folder)
                beside = self._beside(parent, own=alone) if alone else self._shared(parent, chart)
                found = _unambiguous(dict(beside))
        files = [ValuesFile(path, environment) for path, environment in found.items()]
        return sorted(files, key=lambda v: (self.recognizer.described(v.environment, "").rank, v.environment, v.path))

    def _around(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Give the two folders above a chart, and whether the chart is the only one below."""
        current = folder
        for _ in range(2):
            if current == ".":
                return
            current = posixpath.dirname(current) or "."
            prefix = "" if current == "." else f"{current}/"
            yield current, sum(chart.startswith(prefix) for chart in self.charts) == 1

    def _beside(self, folder: str, *, own: bool) -> Iterator[tuple[str, str]]:
        """Give (path, environment) of the values files in a folder and in its folders for environments."""
        for name in self.tree.children(folder):
            suffix = vocabulary.values_suffix(name)
            if name.endswith(_YAML) and suffix and self._is_environment(suffix):
                yield _file(folder, name), suffix
        yield from self._in_values_folder(folder)
        for name in self.tree.subfolders(folder):
            inner = _file(folder, name)
            if name.lower() in vocabulary.CONTAINERS:
                yield from self._in_container(inner)
            elif own and vocabulary.is_environment_name(name) and inner not in self.tree.chart_folders:
                yield from ((path, name) for path in self._values_in(inner))

    def _in_values_folder(self, folder: str) -> Iterator[tuple[str, str]]:
        inner = _file(folder, "values")
        for name in self.tree.children(inner):
            stem = vocabulary.values_suffix(name) or posixpath.splitext(name)[0]
            if name.endswith(_YAML) and self._is_environment(stem):
                yield f"{inner}/{name}", stem
        for name in self.tree.subfolders(inner):
            if self._is_environment(name):
                yield from ((path, name) for path in self._values_in(f"{inner}/{name}"))

    def _in_container(self, container: str) -> Iterator[tuple[str, str]]:
        for name in self.tree.children(container):
            stem = vocabulary.values_suffix(name) or posixpath.splitext(name)[0]
            if name.endswith(_YAML) and self._is_environment(stem):
                yield f"{container}/{name}", stem
        for name in self.tree.subfolders(container):
            inner = f"{container}/{name}"
            if vocabulary.may_be_environment(name) and inner not in self.tree.chart_folders:
                yield from ((path, name) for path in self._values_in(inner))

    def _values_in(self, folder: str) -> Iterator[str]:
        names = [n for n in self.tree.children(folder) if n in {"values.yaml", "values.yml"}]
        yield from (f"{folder}/{name}" for name in names)

    def _shared(self, folder: str, chart: str) -> Iterator[tuple[str, str]]:
        """Give the values that folders for environments, shared by several charts, hold under this chart's name."""
        for name in self.tree.subfolders(folder):
            container = _file(folder, name)
            if name.lower() not in vocabulary.CONTAINERS:
                continue
            for environment in self.tree.subfolders(container):
                if vocabulary.may_be_environment(environment):
                    inner = f"{container}/{environment}"
                    candidates = (f"{chart}.yaml", f"{chart}.yml", f"{chart}-values.yaml", f"values-{chart}.yaml")
                    paths = [f"{inner}/{c}" for c in (*candidates, f"{chart}/values.yaml")]
                    yield from ((path, environment) for path in paths if self._is_values(path))

    def _is_values(self, path: str) -> bool:
        """Whether a file is there and holds values: a mapping that is no Kubernetes object."""
        if not self.tree.is_file(path):
            return False
        documents = self.tree.read(path).documents
        return len(documents) == 1 and isinstance(documents[0].value, dict) and not documents[0].is_object

    def _is_environment(self, name: str) -> bool:
        return vocabulary.is_environment_name(name) or name in self.recognizer.known
