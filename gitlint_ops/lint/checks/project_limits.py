"""Checks of Applications against their AppProject: what it does not permit, Argo CD does not sync.

After pkg/apis/application/v1alpha1/app_project_types.go: IsAppNamespacePermitted, IsSourcePermitted,
IsDestinationPermitted and IsGroupKindNamePermitted. Only what is certain is said: nothing where Argo CD's settings add
global projects, where overlays give several projects of one name, or of a cluster that an Application and its project
name differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.places import is_for_people
from gitlint_ops.lint.context import CheckContext, group_of
from gitlint_ops.lint.model import Violation
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.render.scope import Scopes
from gitlint_ops.repo.clusters import IN_CLUSTER, IN_CLUSTER_SERVER, SECRET_TYPE, secret_text
from gitlint_ops.repo.flux_values import is_encrypted
from gitlint_ops.repo.model import Delivery
from gitlint_ops.repo.views import metadata_map
from gitlint_ops.repo.vocabulary import CONTROLLER_NAMESPACES
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import mapping, texts

_GROUP = "argoproj.io"
_GLOBAL = "globalProjects"
_SSH = re.compile(r"^(ssh://)?([^/:@]*?)@[^@]+$")
_EXPRESSION = re.compile(r"^/.*/$")
"""An entry of ``spec.sourceNamespaces`` that is a regular expression of Go; what it permits is not judged."""
_SHOWN = 5
_ANYTHING = "*"
_DENIAL = "!"
_SCOPED_ONLY = "permitOnlyProjectScopedClusters"
_PERMITS, _DENIES, _IGNORES = "permits", "denies", "ignores"
"""What an entry of ``spec.destinations`` says of a destination."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a project refuses: the Application's field, the words for it, and the project's field that says so."""

    path: FieldPath
    text: str
    limit: str


def beyond_project(context: CheckContext) -> Iterator[Violation]:
    """Give what Applications have that their AppProject, where it is in this repository, does not permit."""
    projects = context.once("app-projects", lambda: _projects(context))
    for delivery in context.deliveries:
        project = projects.get(delivery.project) if delivery.kind == "Application" else None
        if project is None:
            continue
        for refusal in _Limits(context, delivery, project).refusals():
            message = f"Application {delivery.name}: its AppProject '{project.name}' does not permit {refusal.text}"
            related = ((project, ("spec", refusal.limit), "what the AppProject permits"),)
            yield at_field(context, delivery, refusal.path, Violation(message, related_fields=related))


def _projects(context: CheckContext) -> dict[str, RenderedObject]:
    """Give the projects by name; examples, and those of which overlays give different ones, are left out."""
    found: dict[str, list[RenderedObject]] = {}
    for item in context.of_kinds(("AppProject",), (_GROUP,)):
        found.setdefault(item.name, []).append(item)
    if not found or _has_global_projects(context):
        return {}
    return {
        name: items[0]
        for name, items in found.items()
        if all(item.data.get("spec") == items[0].data.get("spec") for item in items)
        and not is_for_people(items[0].unit.path)
    }


def _has_global_projects(context: CheckContext) -> bool:
    """Whether Argo CD's settings may add global projects: these go into argocd-cm in many ways, also by generators."""
    return any(_GLOBAL in context.tree.text(path) for path in context.tree.yaml_files)


@dataclass(frozen=True, slots=True)
class _Limits:
    """One Application held against its project."""

    context: CheckContext
    delivery: Delivery
    project: RenderedObject

    def refusals(self) -> Iterator[_Refusal]:
        spec = mapping(self.project.data, "spec")
        if not self._may_be_used(texts(spec.get("sourceNamespaces"))):
            text = f"Applications in namespace '{self.delivery.namespace}', so Argo CD does not process it"
            yield _Refusal(("metadata", "namespace"), f"{text}; name that namespace there", "sourceNamespaces")
            return
        refused = [*self._sources(texts(spec.get("sourceRepos"))), *self._destination(_entries(spec, "destinations"))]
        # Argo CD does not even compare an Application that one of these keeps back.
        yield from refused or (*self._namespaces(_entries(spec, "destinations")), *self._kinds(spec))

    def _may_be_used(self, permitted: Sequence[str]) -> bool:
        """Whether Applications of this namespace may be in the project (IsAppNamespacePermitted).

        The project stands in Argo CD's own namespace. An Application beside other projects is of another Argo CD.
        """
        namespace = self.delivery.namespace
        homes = {item.namespace for item in self.context.of_kinds(("AppProject",), (_GROUP,))}
        if not namespace or "" in homes or namespace in homes or namespace in CONTROLLER_NAMESPACES:
            return True
        return any(_EXPRESSION.match(text) or self._matches(text, namespace) for text in permitted)

    def _sources(self, permitted: Sequence[str]) -> Iterator[_Refusal]:
        patterns = [(text.startswith(_DENIAL), _normalised(text.removeprefix(_DENIAL))) for text in permitted]
        for source in self.delivery.sources:
            url = _normalised(source.repo_url)
            if not url or "{{" in url:
                continue
            matched = [denies for denies, pattern in patterns if self._matches(pattern, url, "/")]
            # An entry that denies another repository permits all the rest.
            if any(matched) or not (matched or any(denies for denies, _ in patterns)):
                listed = _listed([without_user_info(text) for text in permitted])
                text = f"the source {without_user_info(source.repo_url)}, so Argo CD does not sync it; {listed}"
                yield _Refusal((*source.field_path, "repoURL"), text, "sourceRepos")

    def _destination(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[_Refusal]:
        namespace = self.delivery.target_namespace
        if not self._may_go(entries, namespace):
            where = f"namespace '{namespace}' of cluster {self._cluster_label()}"
            text = f"the destination {where}, so Argo CD does not sync it; {_listed(_destination_texts(entries))}"
            yield _Refusal(("spec", "destination"), text, "destinations")
        elif mapping(self.project.data, "spec").get(_SCOPED_ONLY) is True:
            yield from self._scope()

    def _scope(self) -> Iterator[_Refusal]:
        """Refuse a cluster whose Secret, where it is in Git, gives it to another project or to none."""
        owners = {secret_text(item.data, "project") for item in self._cluster_secrets()}
        if len(owners) == 1 and self.project.name not in owners and not is_encrypted(owner := owners.pop()):
            theirs = f"project '{owner}'" if owner else "no project"
            text = f"the destination cluster {self._cluster_label()}, whose Secret names {theirs}; see {_SCOPED_ONLY}"
            yield _Refusal(("spec", "destination"), f"{text} there, so Argo CD does not sync it", _SCOPED_ONLY)

    def _cluster_secrets(self) -> Iterator[RenderedObject]:
        here = self._cluster()
        for item in self.context.of_kinds(("Secret",), ("",)):
            if metadata_map(item.data, "labels").get(SECRET_TYPE) == "cluster":
                name = secret_text(item.data, "name") or item.name
                server = secret_text(item.data, "server").rstrip("/")
                if here["server"] == server if here["server"] else here["name"] == name:
                    yield item

    def _namespaces(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[_Refusal]:
        first: dict[str, RenderedObject] = {}
        for item in self.context.objects_of(self.delivery):
            if item.namespace and item.namespace != self.delivery.target_namespace:
                first.setdefault(item.namespace, item)
        for namespace, item in first.items():
            if not self._may_go(entries, namespace):
                what = f"namespace '{namespace}', where its {item.label} goes, so each sync fails"
                yield _Refusal(("spec", "project"), f"{what}; {_listed(_destination_texts(entries))}", "destinations")

    def _may_go(self, entries: Sequence[Mapping[str, Any]], namespace: str) -> bool:
        """Whether the project permits a namespace of the Application's cluster, or may: a denial beats all else."""
        if "{{" in namespace:
            return True
        outcomes = [self._outcomes(entry, namespace) for entry in entries]
        return all(found - {_DENIES} for found in outcomes) and any(_PERMITS in found for found in outcomes)

    def _outcomes(self, entry: Mapping[str, Any], namespace: str) -> set[str]:
        """Give what one entry may say of a destination: more than one answer where only the cluster knows its name."""
        patterns = {key: str(entry.get(key) or "") for key in ("name", "server", "namespace")}
        there = self._permits(patterns["namespace"], namespace)
        pairs = product(self._may_be(patterns, "name"), self._may_be(patterns, "server"))
        return {_verdict(patterns, name, server, there) for name, server in pairs}

    def _may_be(self, patterns: Mapping[str, str], key: str) -> tuple[bool, ...]:
        known, pattern = self._cluster()[key], patterns[key].rstrip("/")
        if not known and pattern not in ("", _ANYTHING):
            return True, False
        return (bool(pattern) and self._permits(pattern, known),)

    def _permits(self, pattern: str, text: str) -> bool:
        """Match as globMatch does there: an entry that begins with '!' matches all but what follows."""
        if pattern.startswith(_DENIAL):
            return not self._matches(pattern.removeprefix(_DENIAL), text)
        return self._matches(pattern, text)

    def _cluster(self) -> dict[str, str]:
        destination = mapping(self.delivery.object, "spec", "destination")
        known = {"server": str(destination.get("server") or "").rstrip("/"), "name": str(destination.get("name") or "")}
        if known["server"] == IN_CLUSTER_SERVER or known["name"] == IN_CLUSTER:
            return {"server": IN_CLUSTER_SERVER, "name": IN_CLUSTER}
        return known

    def _cluster_label(self) -> str:
        known = self._cluster()
        return known["name"] or known["server"]

    def _kinds(self, spec: Mapping[str, Any]) -> Iterator[_Refusal]:
        refused: dict[str, dict[tuple[str, str], RenderedObject]] = {}
        for item in self.context.objects_of(self.delivery):
            limit = _refusing_list(spec, item, "cluster" if self._is_cluster_scoped(item) else "namespace")
            if limit:
                refused.setdefault(limit, {}).setdefault((group_of(item.api_version), item.kind), item)
        for limit, items in refused.items():
            shown = [f"{item.label} (group '{group}')" for (group, _), item in items.items()]
            more = f" and {len(shown) - _SHOWN} more kinds" if len(shown) > _SHOWN else ""
            text = f"its {', '.join(shown[:_SHOWN])}{more}, so each sync fails; see {limit} there"
            yield _Refusal(("spec", "project"), text, limit)

    def _is_cluster_scoped(self, item: RenderedObject) -> bool:
        """Whether an object has no namespace for certain: it would have got the destination's."""
        known = Scopes().is_cluster_scoped(group_of(item.api_version), item.kind)
        return known or (not item.namespace and bool(self.delivery.target_namespace))

    def _matches(self, pattern: str, text: str, separators: str = "") -> bool:
        if pattern in (_ANYTHING, text):
            return True
        key = f"gobwas {separators} {pattern} {text}"
        return self.context.once(key, lambda: self._ask(pattern, text, separators))

    def _ask(self, pattern: str, text: str, separators: str) -> bool:
        fields = {"patterns": [pattern], "paths": [text], "separators": separators}
        return bool(self.context.engine.call("match", syntax="gobwas", **fields)["matches"][0])


def _verdict(patterns: Mapping[str, str], name: bool, server: bool, namespace: bool) -> str:
    """Say what one entry makes of a destination, of which its patterns match these parts (isDestinationMatched)."""
    denying = {key: pattern.startswith(_DENIAL) for key, pattern in patterns.items()}
    if (server or name) and namespace:
        return _PERMITS
    if (not name and denying["name"]) or (not server and denying["server"] and namespace):
        return _DENIES
    return _DENIES if not namespace and denying["namespace"] and server else _IGNORES


def _refusing_list(spec: Mapping[str, Any], item: RenderedObject, scope: str) -> str:
    """Give the list of the project that keeps an object back, '' where none does; ``scope``: cluster or namespace."""
    denied, permitted = f"{scope}ResourceBlacklist", f"{scope}ResourceWhitelist"
    if _in_list(spec, denied, item):
        return denied
    # All namespaced kinds are permitted without a list, and no cluster-scoped one.
    is_open = scope == "namespace" and spec.get(permitted) is None
    return "" if is_open or _in_list(spec, permitted, item) else permitted


def _in_list(spec: Mapping[str, Any], field: str, item: RenderedObject) -> bool:
    return any(
        fnmatchcase(group_of(item.api_version), str(entry.get("group") or ""))
        and fnmatchcase(item.kind, str(entry.get("kind") or ""))
        and fnmatchcase(item.name, str(entry.get("name") or _ANYTHING))
        for entry in _entries(spec, field)
    )


def _entries(spec: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    value = spec.get(field)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _normalised(url: str) -> str:
    """Spell a repository's URL as Argo CD compares it (util/git/client.go, NormalizeGitURL)."""
    text = url.strip().lower()
    if _SSH.match(text) and "://" not in text:
        text = text.replace(":", "/", 1)
    return text.removesuffix(".git").removeprefix("ssh://")


def _destination_texts(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"namespace '{entry.get('namespace') or ''}' of {entry.get('name') or entry.get('server') or 'no cluster'}"
        for entry in entries
    ]


def _listed(permitted: Sequence[str]) -> str:
    more = f" and {len(permitted) - _SHOWN} more" if len(permitted) > _SHOWN else ""
    return f"it permits {', '.join(permitted[:_SHOWN])}{more}" if permitted else "it permits none"
