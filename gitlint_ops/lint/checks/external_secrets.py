"""The check that ExternalSecrets find their stores: External Secrets Operator fetches nothing without them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.model import FieldPath
from gitlint_ops.source.narrowing import items

GROUP = "external-secrets.io"
_STORES = ("SecretStore", "ClusterSecretStore")
_DECLARES = re.compile(
    r"apiVersion:\s*[\"']?external-secrets\.io/\S+\s*\n\s*kind:\s*[\"']?(?P<kind>(?:Cluster)?SecretStore)\b"
    r"|kind:\s*[\"']?(?P<first>(?:Cluster)?SecretStore)\b[\"']?\s*\n\s*apiVersion:\s*[\"']?external-secrets\.io/"
)
"""A store's own head, in any text; a reference to a store has no apiVersion."""
_VARIABLE = re.compile(r"[{}<>$]")


@dataclass(frozen=True, slots=True)
class StoreReference:
    """A mention of a store in a rendered object. ``namespace`` is '' for a ClusterSecretStore."""

    item: RenderedObject
    field_path: FieldPath
    kind: str
    name: str
    namespace: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a store must be called to be meant."""
        return self.kind, self.name, self.namespace


def external_secret_store_missing(context: CheckContext) -> Iterator[Violation]:
    """Report references to a SecretStore that its environment lacks, in a repository that declares stores."""
    stores = list(context.of_kinds(_STORES, (GROUP,)))
    references = [r for r in _references(context) if not _VARIABLE.search(r.name)] if stores else []
    unrendered = _unrendered(context, {item.source_path for item in stores}) if references else ""
    served = {(r.key, _environment(r.item)) for r in references if _serving(r, stores)}
    for reference in references:
        known = any(fnmatchcase(reference.name, glob) for glob in context.options["known_stores"])
        if known or _serving(reference, stores) or _may_be_unrendered(reference, unrendered):
            continue
        message = _elsewhere(reference, stores, served) or _nowhere(reference, stores)
        if message:
            yield Violation(message, object=reference.item, field_path=reference.field_path)


def _environment(item: RenderedObject) -> str:
    return item.delivery.environment


def _key(store: RenderedObject) -> tuple[str, str, str]:
    return store.kind, store.name, store.namespace if store.kind == "SecretStore" else ""


def _serving(reference: StoreReference, stores: Sequence[RenderedObject]) -> bool:
    """Whether a store of that name may be in the same place: same environment or cluster, or one of them unknown."""
    here = reference.item.delivery
    for store in stores:
        there = store.delivery
        same_cluster = bool(here.cluster) and here.cluster == there.cluster
        near = same_cluster or "" in (here.environment, there.environment) or here.environment == there.environment
        if near and _key(store) == reference.key:
            return True
    return False


def _elsewhere(
    reference: StoreReference,
    stores: Sequence[RenderedObject],
    served: Collection[tuple[tuple[str, str, str], str]],
) -> str:
    """Say that other environments have the store; only those count in which the same reference finds it."""
    names = {_environment(s) for s in stores if _key(s) == reference.key and (reference.key, _environment(s)) in served}
    if not names:
        return ""
    environment = _environment(reference.item)
    verb = "has" if len(names) == 1 else "have"
    return (
        f"{_shown(reference)} is not in the environment {environment}, so the secret is never fetched there; "
        f"{', '.join(sorted(names))} {verb} it: add it to {environment}, or name it in the option known_stores"
    )


def _nowhere(reference: StoreReference, stores: Sequence[RenderedObject]) -> str:
    """Say that no store is called so, where one is called nearly so, or lies in another kind or namespace."""
    if any(_key(store) == reference.key for store in stores):
        return ""
    start = f"{_shown(reference)} is not in this repository, so the secret is never fetched"
    alike = [store for store in stores if store.name == reference.name]
    if alike:
        other = alike[0]
        place = f" in namespace {other.namespace}" if other.kind == "SecretStore" and other.namespace else ""
        return f"{start}; there is the {other.kind} {other.name}{place}" if other.kind != reference.kind else ""
    names = sorted({store.name for store in stores if store.kind == reference.kind})
    near = difflib.get_close_matches(reference.name, names, 1, 0.6)
    return f"{start}; did you mean '{near[0]}'?" if near else ""


def _shown(reference: StoreReference) -> str:
    place = f" of namespace {reference.namespace}" if reference.namespace else ""
    return f"the {reference.kind} {reference.name}{place}"


def _unrendered(context: CheckContext, rendered: Collection[str]) -> str:
    """Give the texts that declare stores of which none was rendered: values, templates, files of failed builds."""
    texts = []
    for path in context.tree.files:
        if path not in rendered and path.endswith((".yaml", ".yml", ".tpl", ".json")):
            text = context.tree.text(path)
            if _DECLARES.search(text):
                texts.append(text)
    return "\n".join(texts)


def _may_be_unrendered(reference: StoreReference, text: str) -> bool:
    declares = any(reference.kind in (found["kind"], found["first"]) for found in _DECLARES.finditer(text))
    return declares and (reference.name in text or "{{" in text)


# Where stores are referred to


def _references(context: CheckContext) -> Iterator[StoreReference]:
    for item in context.of_kinds(("ExternalSecret", "ClusterExternalSecret", "PushSecret"), (GROUP,)):
        for path, reference in _of_object(item.data):
            kind = str(reference.get("kind") or "SecretStore")
            namespace = item.namespace if kind == "SecretStore" else ""
            if reference.get("name") and not (kind == "SecretStore" and item.kind == "ClusterExternalSecret"):
                yield StoreReference(item, (*path, "name"), kind, str(reference["name"]), namespace)


def _of_object(data: Mapping[str, Any]) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    spec = data.get("spec")
    above: FieldPath = ("spec",)
    if isinstance(spec, Mapping) and isinstance(spec.get("externalSecretSpec"), Mapping):
        spec, above = spec["externalSecretSpec"], ("spec", "externalSecretSpec")
    if not isinstance(spec, Mapping):
        return
    if isinstance(spec.get("secretStoreRef"), Mapping):
        yield (*above, "secretStoreRef"), spec["secretStoreRef"]
    for at, reference in items(spec.get("secretStoreRefs")):
        yield (*above, "secretStoreRefs", at), reference
    for field in ("data", "dataFrom"):
        for at, entry in items(spec.get(field)):
            source = entry.get("sourceRef")
            if isinstance(source, Mapping) and isinstance(source.get("storeRef"), Mapping):
                yield (*above, field, at, "sourceRef", "storeRef"), source["storeRef"]
