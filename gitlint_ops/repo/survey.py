"""The survey: everything that the files alone tell of the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.repo.charts import find_charts
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.environments import build_recognizer
from gitlint_ops.repo.index import ObjectIndex, build_index
from gitlint_ops.repo.kustomizations import find_kustomizations
from gitlint_ops.repo.locality import build_locality
from gitlint_ops.repo.model import Declared
from gitlint_ops.repo.references import patch_files, readers_of, users_of, uses_of
from gitlint_ops.repo.remotes import mapped_remotes
from gitlint_ops.source import SourceTree


def survey(tree: SourceTree, engine: EngineClient, config: Config) -> Context:
    """Read the whole tree once and give its static facts. Raises EngineError where the engine refuses the globs."""
    documents = list(tree.documents())
    kustomizations = find_kustomizations(tree, config.remotes)
    recognizer = build_recognizer(tree, engine, config)
    uses = uses_of(kustomizations)
    index = build_index(documents, patch_files(kustomizations))
    return Context(
        tree=tree,
        engine=engine,
        config=config,
        kustomizations=kustomizations,
        charts=find_charts(tree, recognizer),
        locality=build_locality(tree, config.repository_urls, _sources(index)),
        index=index,
        recognizer=recognizer,
        remotes=mapped_remotes(config.remotes, kustomizations),
        uses=uses,
        users=users_of(uses),
        readers=readers_of(kustomizations),
    )


def learn_sources(context: Context, declared: Iterable[Declared]) -> None:
    """Let rendered objects speak for which URL is this repository's, before any of them is judged."""
    rendered = ObjectIndex()
    for item in declared:
        rendered.add(item)
    context.locality.learn(_sources(rendered))


def _sources(index: ObjectIndex) -> Iterator[tuple[str, str]]:
    """Give the (URL, path) pairs that the repository's objects take manifests from, as far as files tell."""
    for declared in index.all("Application", "argoproj.io"):
        yield from _argo_sources(_dig(declared.data, "spec"))
    for declared in index.all("ApplicationSet", "argoproj.io"):
        yield from _argo_sources(_dig(declared.data, "spec", "template", "spec"))
        yield from _generator_sources(_dig(declared.data, "spec"))
    for declared in index.all("Kustomization", "kustomize.toolkit.fluxcd.io"):
        yield from _flux_source(index, declared)
    for declared in index.all("GitRepository", "source.toolkit.fluxcd.io"):
        yield _text(_dig(declared.data, "spec"), "url"), ""


def _argo_sources(spec: Any) -> Iterator[tuple[str, str]]:
    single = _dig(spec, "source")
    several = _dig(spec, "sources")
    for source in [single, *(several if isinstance(several, list) else [])]:
        if isinstance(source, dict) and not source.get("chart"):
            yield _text(source, "repoURL"), _text(source, "path")


def _generator_sources(spec: Any) -> Iterator[tuple[str, str]]:
    """Give the sources of git generators, also of those inside matrix and merge generators."""
    pending = [spec]
    while pending:
        generators = _dig(pending.pop(), "generators")
        for generator in generators if isinstance(generators, list) else ():
            git = _dig(generator, "git")
            url = _text(git, "repoURL")
            for key in ("directories", "files"):
                for item in _list(git, key):
                    yield url, _fixed_part(_text(item, "path"))
            pending += [_dig(generator, "matrix"), _dig(generator, "merge")]


def _fixed_part(pattern: str) -> str:
    """Give the folders of a glob before its first wildcard."""
    fixed: list[str] = []
    for segment in pattern.split("/"):
        if any(character in segment for character in "*?[{"):
            break
        fixed.append(segment)
    return "/".join(fixed)


def _flux_source(index: ObjectIndex, declared: Declared) -> Iterator[tuple[str, str]]:
    spec = _dig(declared.data, "spec")
    reference = _dig(spec, "sourceRef")
    if _text(reference, "kind") != "GitRepository":
        return
    namespace = _text(reference, "namespace") or _text(_dig(declared.data, "metadata"), "namespace")
    source = index.find("GitRepository", namespace, _text(reference, "name"), declared.path, "source.toolkit.fluxcd.io")
    if source is not None:
        yield _text(_dig(source.data, "spec"), "url"), _text(spec, "path")


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: Any, key: str) -> str:
    found = _dig(value, key)
    return found if isinstance(found, str) else ""


def _list(value: Any, key: str) -> list[Any]:
    found = _dig(value, key)
    return found if isinstance(found, list) else []
