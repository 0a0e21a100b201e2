"""Recognition of environments from paths, values files, clusters, labels and names."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.repo import vocabulary
from gitlint_ops.repo.model import Environment
from gitlint_ops.source import SourceTree

Hints = Sequence[tuple[str, str]]
CATALOGUE_NAMES = 12
"""With more different names of overlays that tell no environment, a repository is a catalogue of variants."""
CROWD = 4
"""Beside more folders than these that are no environments, a single ``dev`` is one of them: the developers' tools."""
_DEVELOPMENT_RANK = 1
_HOLDERS = vocabulary.CONTAINERS - {"cluster", "clusters"}
"""Containers of environments alone: a cluster's folder holds other things too, the tools of developers among them."""
_SELF_NAMED = 3
"""So many values files of one chart that tell their own names under one key are no accident."""
_EXTENSION = re.compile(r"\.(ya?ml|json)$")


@dataclass(slots=True)
class EnvironmentRecognizer:
    """Recognises environments. ``siblings`` gives for each folder its subfolders' names."""

    config: Config
    siblings: Mapping[str, Sequence[str]]
    assigned: Mapping[str, str] = field(default_factory=dict)
    """Environment by path, for the paths that the configuration's patterns match."""
    known: tuple[str, ...] = ()
    """Names of the environments that the folders of the repository and the configuration give."""
    catalogue: bool = False
    """Whether the overlays of the repository are variants rather than environments."""
    _paths: dict[str, str] = field(default_factory=dict)

    def recognise(self, hints: Hints) -> Environment | None:
        """Give the environment that the strongest telling hint names; what the configuration assigns wins over all."""
        for what, text in hints:
            if what in {"path", "values"} and (found := self.configured(text)):
                return found
        for what, text in hints:
            name = self._from_hint(what, text) if text else ""
            if name:
                return self.described(name, f"{what} '{text}'")
        return None

    def configured(self, path: str) -> Environment | None:
        """Give the environment to which the configuration assigns a path or a folder above it, None for none."""
        current = path.strip("/")
        while current and current != ".":
            if current in self.assigned:
                return self.described(self.assigned[current], f"path '{path}' in the configuration")
            current = posixpath.dirname(current)
        return None

    def described(self, name: str, recognised_by: str) -> Environment:
        """Give the environment of that name, with the configuration's or the name's own rank and production flag."""
        rank = vocabulary.rank_of(name)
        setting = next((s for s in self.config.environments if s.name == name), None)
        production = setting.production if setting else rank == vocabulary.PRODUCTION_RANK
        own = setting.rank if setting else None
        shown = own if own is not None else vocabulary.UNKNOWN_RANK if rank is None else rank
        return Environment(name, shown, production, recognised_by)

    def from_path(self, path: str) -> str:
        """Give the environment that a folder's or file's path names, '' for none.

        A known name under a container folder (``overlays/prod``) comes before a known name elsewhere (``apps/prod``),
        that before an unknown one under a container (``clusters/home``); of equals the deepest.
        """
        if path not in self._paths:
            found = self._search(path)
            self._paths[path] = found if found in self._configured_names() else vocabulary.without_ordinal(found)
        return self._paths[path]

    def from_values(self, path: str) -> str:
        """Give the environment that a values file's name or folder names, '' for none."""
        folder, name = posixpath.split(path)
        suffix = vocabulary.values_suffix(name)
        if suffix and (vocabulary.is_environment_name(suffix) or suffix in self.known):
            return suffix
        stem = _EXTENSION.sub("", name)
        if posixpath.basename(folder) == "values" and vocabulary.is_environment_name(stem):
            return stem
        return self.from_path(path)

    def _from_hint(self, what: str, text: str) -> str:
        if what == "path":
            return self.from_path(text)
        if what == "values":
            return self.from_values(text)
        if what == "label":
            return text if vocabulary.may_be_environment(text) else ""
        if what == "cluster":
            return self._from_cluster(text)
        return self._from_name(text)

    def _from_cluster(self, text: str) -> str:
        for cluster in self.config.clusters:
            if cluster.environment and text in {cluster.name, cluster.server}:
                return cluster.environment
        if "://" in text:
            host = text.partition("://")[2].split("/")[0].split(":")[0]
            return self._from_name(host.split(".")[0])
        if text in self.known:
            return text
        return text if vocabulary.rank_of(text) is not None else ""

    def _from_name(self, text: str) -> str:
        parts = vocabulary.tokens(text)
        for name in self.known:
            own = vocabulary.tokens(name)
            # A cluster called ``home`` says nothing of an application called ``home-assistant``.
            leads = parts[: len(own)] == own and vocabulary.rank_of(name) is not None
            if own and (leads or parts[-len(own) :] == own):
                return name
        word = vocabulary.word_in_name(text)
        return self._as_written(word) if word else ""

    def _as_written(self, word: str) -> str:
        """Give the repository's own name for what a word means: ``production`` for ``prod`` where only that exists."""
        rank = vocabulary.rank_of(word)
        same = [name for name in self.known if name in vocabulary.RANK_OF and vocabulary.RANK_OF[name] == rank]
        return same[0] if len(same) == 1 and word in vocabulary.RANK_OF else word

    def _search(self, path: str) -> str:
        segments = [s for s in path.strip("/").split("/") if s not in {"", "."}]
        contained, free, unknown = "", "", ""
        for at, segment in enumerate(segments):
            parent = "/".join(segments[:at]) or "."
            stem = _EXTENSION.sub("", segment)
            if stem == segment and is_container(parent):
                if self.is_contained(parent, segment):
                    told = vocabulary.rank_of(segment) is not None or segment in self._configured_names()
                    contained, unknown = (segment, unknown) if told else (contained, segment)
            else:
                free = self._free(stem, parent) or free
        return contained or free or unknown

    def is_contained(self, container: str, name: str) -> bool:
        """Whether a subfolder of a container folder is an environment.

        An overlay with a name that tells little is one beside a known environment, or where the repository has few
        such names: a catalogue with dozens of overlay names has variants there.
        """
        if not vocabulary.may_be_environment(name):
            return False
        # A folder ``cluster`` may hold clusters, but as often what one cluster has beside its applications.
        doubtful = self.catalogue and is_container(container, vocabulary.VARIANT_CONTAINERS)
        if not doubtful and not is_container(container, frozenset({"cluster"})):
            return True
        return any(vocabulary.tells_environment(n) for n in (name, *self.siblings.get(container, ())))

    def _free(self, stem: str, parent: str) -> str:
        """Give the environment of a path segment that is in no container folder."""
        if vocabulary.is_environment_name(stem):
            is_doubtful = vocabulary.is_ambiguous(stem) or self._is_one_of_a_crowd(stem, parent)
            return stem if not is_doubtful or self._beside_environment(stem, parent) else ""
        return vocabulary.word_in_name(stem)

    def _is_one_of_a_crowd(self, stem: str, parent: str) -> bool:
        rank = vocabulary.rank_of(stem)
        if rank is None or rank > _DEVELOPMENT_RANK or stem in self._configured_names():
            return False
        # ``env/cert-manager/dev``: environments by what they have installed.
        if is_container(posixpath.dirname(parent), _HOLDERS):
            return False
        return sum(not vocabulary.is_environment_name(name) for name in self.siblings.get(parent, ())) > CROWD

    def _beside_environment(self, stem: str, parent: str) -> bool:
        return any(
            name != stem and vocabulary.is_environment_name(name) and not vocabulary.is_ambiguous(name)
            for name in self.siblings.get(parent, ())
        )

    def _configured_names(self) -> frozenset[str]:
        return frozenset(setting.name for setting in self.config.environments)


def is_container(folder: str, names: frozenset[str] = vocabulary.CONTAINERS) -> bool:
    """Whether a folder's name says that its subfolders are environments (or overlays, by the names given)."""
    return posixpath.basename(folder).lower() in names


def build_recognizer(tree: SourceTree, engine: EngineClient, config: Config) -> EnvironmentRecognizer:
    """Prepare the recognition for a tree: its folders' environments and the paths that the configuration assigns."""
    siblings = {folder: tree.subfolders(folder) for folder in tree.folders()}
    recognizer = EnvironmentRecognizer(config, siblings, _assigned(tree, engine, config))
    recognizer.catalogue = len(_untold_overlays(siblings)) > CATALOGUE_NAMES
    named = {s.name for s in config.environments} | {c.environment for c in config.clusters if c.environment}
    named |= _named_by_values(tree)
    for parent, names in siblings.items():
        for name in names:
            if is_container(parent) or vocabulary.is_environment_name(name):
                named.add(recognizer.from_path(posixpath.normpath(f"{parent}/{name}")))
    # Longer names first, so that ``prod-eu`` is found before ``prod``.
    recognizer.known = tuple(sorted(named - {""}, key=lambda name: (-len(vocabulary.tokens(name)), name)))
    return recognizer


def _named_by_values(tree: SourceTree) -> set[str]:
    """Give the names of values files that say them, as ``values-summit.yaml`` with ``name: summit``, of one chart.

    Some of them must be environments' by their words: a chart's values for each of its applications say theirs too.
    What says so is one whatever its name, ``base`` included.
    """
    found: set[str] = set()
    for folder in sorted(tree.chart_folders):
        files = {vocabulary.values_suffix(name): name for name in tree.children(folder)}
        files.pop("", None)
        told = [name for name in files if vocabulary.tells_environment(name)]
        if len(files) >= _SELF_NAMED and len(told) > 1:
            found |= _self_named(tree, {name: posixpath.join(folder, file) for name, file in files.items()})
    return found


def _self_named(tree: SourceTree, files: Mapping[str, str]) -> set[str]:
    """Give those of the names whose files have them as a value, under the key of which this holds most often."""
    tree.preload(files.values())
    keys: dict[str, set[str]] = defaultdict(set)
    for name, path in files.items():
        documents = tree.read(path).documents
        values = documents[0].value if documents and isinstance(documents[0].value, dict) else {}
        for key, value in values.items():
            if value == name:
                keys[key].add(name)
    most = max(keys.values(), key=len, default=set())
    return most if len(most) >= _SELF_NAMED else set()


def _untold_overlays(siblings: Mapping[str, Sequence[str]]) -> set[str]:
    """Give the names of overlays that tell no environment and are no version or shared folder."""
    return {
        name
        for folder, names in siblings.items()
        if is_container(folder, vocabulary.VARIANT_CONTAINERS)
        for name in names
        if vocabulary.may_be_environment(name) and vocabulary.rank_of(name) is None
    }


def _assigned(tree: SourceTree, engine: EngineClient, config: Config) -> dict[str, str]:
    """Match the configuration's path globs, with the engine's matcher, against all folders and files."""
    settings = [(pattern, s.name) for s in config.environments for pattern in s.patterns]
    if not settings:
        return {}
    paths = [*tree.folders(), *tree.files]
    patterns = [pattern.rstrip("/") for pattern, _ in settings]
    answer = engine.call_many([{"verb": "match", "syntax": "doublestar", "patterns": patterns, "paths": paths}])[0]
    if isinstance(answer, EngineError):
        raise answer
    assigned: dict[str, str] = {}
    for (_, name), matches in zip(settings, answer["matches"], strict=True):
        for index in matches:
            assigned.setdefault(paths[index], name)
    return assigned
