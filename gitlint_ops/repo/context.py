"""The repository as discovery sees it: what repo-wide questions are asked of, before and while units are rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.repo.environments import EnvironmentRecognizer
from gitlint_ops.repo.index import ObjectIndex
from gitlint_ops.repo.locality import Locality
from gitlint_ops.repo.model import Chart, Environment, Kustomization
from gitlint_ops.source import SourceTree


@dataclass(slots=True)
class Context:
    """The static facts of a repository, and the registries that grow while it is rendered.

    ``kustomizations`` and ``charts`` are keyed by folder (repository-relative, POSIX, ``.`` for the root).
    ``uses`` gives for each kustomization folder those that it builds on, ``users`` those that build on it; ``readers``
    gives for each file the folders of the kustomizations that name it in any field.
    """

    tree: SourceTree
    engine: EngineClient
    config: Config
    kustomizations: Mapping[str, Kustomization]
    charts: Mapping[str, Chart]
    locality: Locality
    index: ObjectIndex
    recognizer: EnvironmentRecognizer
    remotes: tuple[tuple[str, str], ...] = ()
    """What kustomizations name by a URL and the configuration has a folder for: the text as written, and its path."""
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    """Every environment recognised so far, by name."""
    identities: dict[str, tuple[str, int | None, str]] = field(default_factory=dict)
    """Who holds each delivery id so far: path, document index and parent (or generator) of the declaring object."""
    closures: dict[str, frozenset[str]] = field(default_factory=dict)
    """Memo of ``closure``, by folder."""

    def environment(self, hints: Sequence[tuple[str, str]]) -> str:
        """Give the name of the environment that the strongest telling hint names, '' where none does; record it.

        A hint is ``(what, text)``, strongest first: ``("path", "clusters/prod/apps")``,
        ``("values", "values-prod.yaml")``, ``("label", "prod")`` (the value of a label such as ``env``),
        ``("cluster", name or server)``, ``("name" | "project" | "namespace", "web-prod")``.
        """
        found = self.recognizer.recognise(hints)
        if found is None:
            return ""
        return self.environments.setdefault(found.name, found).name

    def assign(self, path: str, name: str) -> str:
        """Record that a file is of the environment ``name`` (the configuration's word wins); give the name."""
        found = self.recognizer.configured(path) or self.recognizer.described(name, f"values '{path}'")
        return self.environments.setdefault(found.name, found).name
