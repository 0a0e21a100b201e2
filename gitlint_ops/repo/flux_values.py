"""ConfigMaps and Secrets that Flux objects refer to: what of them is in Git, where it is written, what is encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gitlint_ops.repo.clusters import secret_text
from gitlint_ops.repo.context import Context
from gitlint_ops.repo.flux_sources import Asker
from gitlint_ops.repo.model import Declared
from gitlint_ops.repo.places import Place
from gitlint_ops.repo.views import View, metadata_text
from gitlint_ops.source.model import FieldPath, Span

_ENCRYPTED = "ENC["


def is_encrypted(text: str) -> bool:
    """Tell whether a value is one that SOPS encrypted."""
    return text.startswith(_ENCRYPTED)


@dataclass(frozen=True, slots=True)
class Holder:
    """A ConfigMap or Secret found in Git. ``encrypted`` are the keys whose value only the cluster can read."""

    declared: Declared
    entries: Mapping[str, str]
    encrypted: frozenset[str]

    def span(self, context: Context, key: str) -> Span | None:
        """Give the place of an entry; None where no document holds it as such (a generator or a chart makes it)."""
        document, _, span = self.place(context, key)
        return span if document is not None else None

    def place(self, context: Context, key: str) -> tuple[tuple[str, int] | None, FieldPath, Span | None]:
        """Give where an entry is written: document, field path, span."""
        data = self.declared.data
        field = "data" if isinstance(data.get("data"), dict) and key in data["data"] else "stringData"
        return Place(context.tree, self.declared).locate((field, key))


def find_holder(context: Context, asker: Asker, reference: View) -> Holder | None:
    """Find the ConfigMap or Secret of a ``substituteFrom`` or ``valuesFrom`` entry, in the asker's namespace."""
    kind, name = reference["kind"].text(), reference["name"].text()
    if kind not in {"ConfigMap", "Secret"}:
        raise reference["kind"].wrong("ConfigMap or Secret")
    found = context.index.find(kind, asker.namespace, name, asker.declared.path, "", asker.declared.parent)
    return None if found is None else _read(found)


def _read(declared: Declared) -> Holder:
    data = declared.data
    fields = [data[field] for field in ("data", "stringData") if isinstance(data.get(field), dict)]
    keys = [key for entries in fields for key in entries]
    is_secret = data.get("kind") == "Secret"
    raw = {key: str(entries[key]) for entries in fields for key in entries}
    locked = frozenset(key for key in keys if is_encrypted(raw[key]))
    texts = {key: secret_text(data, key) if is_secret else raw[key] for key in keys if key not in locked}
    return Holder(declared, texts, locked)


def holder_label(asker: Asker, reference: View) -> str:
    """Name a referred ConfigMap or Secret: ``Secret 'flux-system/cluster-secrets'``."""
    kind, name = reference["kind"].text(), reference["name"].text()
    return f"{kind} '{asker.namespace}/{name}'" if asker.namespace else f"{kind} '{name}'"


def object_namespace(declared: Declared) -> str:
    """Give the namespace of a Flux object: its own, else where its parent puts it, '' where neither says."""
    parent = declared.parent.target_namespace if declared.parent is not None else ""
    return metadata_text(declared.data, "namespace") or parent
