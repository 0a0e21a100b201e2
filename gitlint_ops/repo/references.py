"""Who uses what: bases, overlays and templates of environments, closures, and references that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gitlint_ops.repo.charts import broken_dependencies
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.kustomizations import CHART_GENERATOR
from gitlint_ops.repo.model import Kustomization, Reference
from gitlint_ops.repo.set_aside import is_to_fill, told_by_path
from gitlint_ops.repo.vocabulary import CONTAINERS, tokens
from gitlint_ops.source import SourceTree

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\$\{|\$\(|<[^<>]+>|__[A-Za-z_]+__|CHANGE_?ME|REPLACE_?ME")
_TEMPLATE_WORDS = frozenset(
    [
        "boilerplate",
        "cookiecutter",
        "copier",
        "hack",
        "scaffold",
        "scaffolding",
        "skel",
        "skeleton",
        "skeletons",
        "solution",
        "solutions",
        "template",
        "templates",
        "tmpl",
    ]
)
_LIBRARIES = frozenset({"base", "bases", "component", "components"})
_BUILDING_ROLES = frozenset({"resources", "bases", "components", "generators", "transformers", "validators"})


def uses_of(kustomizations: Mapping[str, Kustomization]) -> dict[str, tuple[str, ...]]:
    """Give for each kustomization folder those of the others that it builds on, in order, each once."""
    return {folder: tuple(dict.fromkeys(_used(kustomizations, folder))) for folder in kustomizations}


def _used(kustomizations: Mapping[str, Kustomization], folder: str) -> Iterator[str]:
    for reference in kustomizations[folder].references:
        is_built = reference.role in _BUILDING_ROLES and reference.exists
        if is_built and reference.target != folder and reference.target in kustomizations:
            yield reference.target


def users_of(uses: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Give for each kustomization folder the folders of those that build on it, sorted; no entry where nobody does."""
    users: dict[str, list[str]] = {}
    for folder, targets in uses.items():
        for target in targets:
            users.setdefault(target, []).append(folder)
    return {target: tuple(sorted(folders)) for target, folders in users.items()}


def readers_of(kustomizations: Mapping[str, Kustomization]) -> dict[str, tuple[str, ...]]:
    """Give for each file the folders of the kustomizations that name it in any field."""
    readers: dict[str, dict[str, None]] = {}
    for folder, kustomization in kustomizations.items():
        for reference in kustomization.references:
            if reference.exists and reference.target not in kustomizations:
                readers.setdefault(reference.target, {})[folder] = None
    return {target: tuple(folders) for target, folders in readers.items()}


def patch_files(kustomizations: Mapping[str, Kustomization]) -> frozenset[str]:
    """Give the files that kustomizations read as patches or as their own configuration, and never as resources."""
    references = [r for k in kustomizations.values() for r in k.references if r.exists]
    resources = {r.target for r in references if r.role in {"resources", "bases"}}
    return frozenset(r.target for r in references) - resources


def top_folders(context: Context) -> tuple[str, ...]:
    """Give the kustomizations that nothing builds on, components apart, sorted.

    Of kustomizations that only build on each other in a circle, the first by path: it must not vanish from the run.
    """
    kustomizations = context.kustomizations
    tops = [f for f, k in kustomizations.items() if not k.component and f not in context.users]
    starts = tops + [f for f, k in kustomizations.items() if k.component and f not in context.users]
    reached = _reachable(context.uses, starts)
    for folder in sorted(kustomizations):
        if folder not in reached:
            tops.append(folder)
            reached |= _reachable(context.uses, [folder])
    return tuple(sorted(tops))


def is_template(context: Context, kustomization: Kustomization) -> bool:
    """Whether a kustomization is a template of one to be: it does not resolve where it lies, and nothing uses it.

    Its path must say so (``hack/new-cluster``, ``templates/app``, ``{{cookiecutter.name}}``), or what it refers to must
    hold a placeholder; else a reference that leads nowhere is a mistake.
    """
    broken = [r for r in kustomization.references if is_broken(r)]
    lies_in = lies_in_template(kustomization.folder)
    is_open = _has_placeholder(kustomization) or (lies_in and _is_to_fill(context.tree, kustomization))
    if kustomization.folder in context.users or not (broken or is_open):
        return False
    return lies_in or all(_PLACEHOLDER.search(r.written) for r in broken)


def _is_to_fill(tree: SourceTree, kustomization: Kustomization) -> bool:
    # With an expression it need not be YAML yet, so that no reference in it is known.
    files = (r.target for r in kustomization.references if tree.is_file(r.target))
    return "{{" in tree.text(kustomization.path) or any(is_to_fill(tree, path) for path in files)


def spare_bases(context: Context) -> frozenset[str]:
    """Give the kustomizations that lie in a library of bases or components from which others are used, but not they.

    A library is a folder called base, bases, component or components; what lies in one of its folders for environments
    is none of it. A lone base, or one in a library that nothing uses, is not spare: it may be applied as it is.
    """
    libraries = {
        above
        for target, users in context.users.items()
        for above in _libraries_above(target)
        if any(not user.startswith(f"{above}/") for user in users)
    }
    return frozenset(
        folder
        for folder in context.kustomizations
        if folder not in context.users and any(above in libraries for above in _libraries_above(folder))
    )


def _libraries_above(folder: str) -> Iterator[str]:
    """Give the folders of bases or components that enclose a folder, with no folder for environments between."""
    parts = folder.split("/")
    for at in range(len(parts) - 2, -1, -1):
        if parts[at].lower() in CONTAINERS:
            return
        if parts[at].lower() in _LIBRARIES:
            yield "/".join(parts[: at + 1])


def lies_in_template(path: str) -> bool:
    """Whether a path has a segment that says that what is below is to be copied: a template word or a placeholder."""
    return any(_PLACEHOLDER.search(segment) or _says_template(segment) for segment in path.split("/"))


def _says_template(segment: str) -> bool:
    parts = tokens(segment)
    return bool(_TEMPLATE_WORDS & {*parts[:1], *parts[-1:]}) or parts == ["new", "cluster"]


def _has_placeholder(kustomization: Kustomization) -> bool:
    return any(_PLACEHOLDER.search(r.written) for r in kustomization.references)


def is_broken(reference: Reference) -> bool:
    """Whether a reference means a local file or folder that is not there (or lies outside the repository)."""
    return not reference.exists and not reference.remote


def broken_references(context: Context) -> tuple[Reference, ...]:
    """Give the local references of kustomizations and charts' dependencies whose target is not there, by file.

    Left out: templates of environments, folders whose path says that nobody applies them, bases and components that
    nothing uses, and references with a placeholder.
    """
    found: list[Reference] = []
    spare = spare_bases(context)
    for folder, kustomization in context.kustomizations.items():
        unused = folder in spare or (kustomization.component and folder not in context.users)
        aside = folder not in context.users and told_by_path(context.tree, kustomization.path)
        if not (unused or aside or is_template(context, kustomization)):
            found += [r for r in kustomization.references if is_broken(r) and not _PLACEHOLDER.search(r.written)]
    for chart in context.charts.values():
        if not lies_in_template(chart.folder):
            found += broken_dependencies(context.tree, chart)
    return tuple(sorted(found, key=lambda r: r.path))


def closure(context: Context, folder: str) -> frozenset[str]:
    """Give every file of the repository that building a folder with Kustomize reads, through all bases and components.

    A folder without a kustomization counts as Flux builds it: its YAML files at any depth, subfolders with a
    kustomization as such. A folder that is not there reads nothing.
    """
    if folder not in context.closures:
        context.closures[folder] = frozenset(_closure(context, folder))
    return context.closures[folder]


def _closure(context: Context, folder: str) -> set[str]:
    files: set[str] = set()
    starts = [folder]
    if folder not in context.kustomizations:
        files, starts = flux_generated(context, folder)
    for reached in _reachable(context.uses, starts):
        kustomization = context.kustomizations[reached]
        files.add(kustomization.path)
        for reference in kustomization.references:
            if reference.exists and reference.target not in context.kustomizations:
                files.update(_files_of(context.tree, reference.target))
    return files


def _files_of(tree: SourceTree, target: str) -> Iterable[str]:
    return (target,) if tree.is_file(target) else tree.files_under(target)


def flux_generated(context: Context, folder: str) -> tuple[set[str], list[str]]:
    """Give the files and the kustomization folders that Flux puts into the kustomization it generates for a folder."""
    files: set[str] = set()
    folders: list[str] = []
    pending = [folder]
    while pending:
        current = pending.pop()
        prefix = "" if current == "." else f"{current}/"
        files.update(f"{prefix}{n}" for n in context.tree.children(current) if n.endswith((".yaml", ".yml")))
        for name in context.tree.subfolders(current):
            if f"{prefix}{name}" in context.kustomizations:
                folders.append(f"{prefix}{name}")
            else:
                pending.append(f"{prefix}{name}")
    return files, folders


def _reachable(uses: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    pending = [start for start in starts if start in uses]
    while pending:
        folder = pending.pop()
        if folder not in reached:
            reached.add(folder)
            pending += uses[folder]
    return reached


def inflates(context: Context, folder: str) -> bool:
    """Whether building a folder inflates a chart, at any depth: then it needs Kustomize's ``--enable-helm``."""
    return any(_inflates(context, context.kustomizations[reached]) for reached in built_folders(context, folder))


def _inflates(context: Context, kustomization: Kustomization) -> bool:
    if kustomization.data.get("helmCharts"):
        return True
    files = (r.target for r in kustomization.references if r.role == "generators" and r.exists)
    return any(
        isinstance(document.value, dict) and document.value.get("kind") == CHART_GENERATOR
        for file in files
        if context.tree.is_file(file)
        for document in context.tree.read(file).documents
    )


def built_folders(context: Context, folder: str) -> Iterator[str]:
    """Give every kustomization folder that building a folder enters, the folder itself included where it has one."""
    starts = [folder] if folder in context.kustomizations else flux_generated(context, folder)[1]
    yield from sorted(_reachable(context.uses, starts))
