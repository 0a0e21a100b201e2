"""One unit as text: the bytes that ``kustomize build`` or ``helm template`` would print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render.plan import request_for
from gitlint_ops.repo.fetched import with_fetched
from gitlint_ops.repo.kustomizations import FILE_NAMES, find_kustomizations
from gitlint_ops.repo.model import DirectoryUnit, HelmUnit, KustomizeUnit, Unit, ValueLayer
from gitlint_ops.source import SourceTree, split_lines

HELM_RELEASE = "release-name"
"""The release name of ``helm template`` where none is given."""
HELM_NAMESPACE = "default"


def render_unit(
    engine: EngineClient, unit_or_folder: Unit | str, tree: SourceTree, *, values: Sequence[str] = ()
) -> str:
    """Give the YAML stream of a unit, or of what a folder is by its files.

    A folder with a kustomization gives the bytes of ``kustomize build --enable-helm``, a chart those of
    ``helm template`` (with the repository's ``values`` files, later ones win), any other folder the documents of the
    YAML files directly in it.
    Raises EngineError where it does not render, NotADirectoryError where the folder is not there.
    """
    unit = unit_in(tree, unit_or_folder, values) if isinstance(unit_or_folder, str) else unit_or_folder
    if isinstance(unit, DirectoryUnit):
        return _documents(tree, unit)
    if tree.fetched.places:
        unit = with_fetched(tree, find_kustomizations(tree).values(), unit)
    return str(engine.call(**request_for(unit), yaml=True)["yaml"])


def unit_in(tree: SourceTree, folder: str, values: Sequence[str] = ()) -> Unit:
    """Tell by its files what a folder is; a kustomization counts before a chart, as for Argo CD."""
    if not tree.is_folder(folder):
        raise NotADirectoryError(folder)
    prefix = "" if folder == "." else f"{folder}/"
    if any(tree.is_file(prefix + name) for name in FILE_NAMES):
        return KustomizeUnit(folder, enable_helm=True)
    if tree.is_file(f"{prefix}Chart.yaml"):
        layers = tuple(ValueLayer("file", path) for path in values)
        return HelmUnit(folder, HELM_RELEASE, HELM_NAMESPACE, layers, include_crds=False)
    return DirectoryUnit(folder)


def _documents(tree: SourceTree, unit: DirectoryUnit) -> str:
    """Give the documents of a folder as they are written, files in order."""
    prefix = "" if unit.path == "." else f"{unit.path}/"
    inside = tree.files_under(unit.path) if unit.recurse else [prefix + name for name in tree.children(unit.path)]
    paths = sorted(set(inside).intersection(tree.yaml_files))
    tree.preload(paths)
    return "---\n".join(text for path in paths for text in _texts(tree, path))


def _texts(tree: SourceTree, path: str) -> Iterator[str]:
    """Give the text of each document of a file. Raises EngineError where the file does not read."""
    file = tree.read(path)
    for problem in file.problems:
        if problem.kind != "duplicate-key":
            kind = problem.kind if problem.kind == "too-large" else "failed"
            raise EngineError(kind, problem.message, path=path, line=problem.span.line)
    lines = split_lines(tree.whole_text(path))
    for document in file.documents:
        yield "\n".join(lines[document.line - 1 : document.end_line]).rstrip() + "\n"
