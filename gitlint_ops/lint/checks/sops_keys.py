"""The recipients of SOPS: of a creation rule and of a file's metadata, in one spelling, so that they compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.source.model import FieldPath, Json

METADATA_LISTS = ("age", "pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms")
"""The lists of a file's ``sops`` block that hold recipients, each with the data key encrypted for it."""
_RULE_FIELDS = {
    "age": "age",
    "pgp": "pgp",
    "kms": "kms",
    "gcp_kms": "gcp_kms",
    "azure_keyvault": "azure_kv",
    "hc_vault_transit_uri": "hc_vault",
    "hc_vault": "hc_vault",
    "hckms": "hckms",
}


def rule_recipients(rule: Mapping[str, Any]) -> Iterator[str]:
    """Give the recipients of a creation rule: of its key groups, or of its own fields where it has none."""
    groups = rule.get("key_groups")
    if isinstance(groups, list) and groups:
        for group in groups:
            yield from _group_recipients(group)
    else:
        yield from _group_recipients(rule)


def _group_recipients(group: Json) -> Iterator[str]:
    if not isinstance(group, Mapping):
        return
    for merged in _list(group.get("merge")):
        yield from _group_recipients(merged)
    for field, kind in _RULE_FIELDS.items():
        for item in _list(group.get(field)):
            if isinstance(item, Mapping):
                yield _named(kind, item)
            else:
                yield from (_spelled(kind, part) for part in str(item).split(",") if part.strip())


def _list(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def metadata_entries(metadata: Mapping[str, Any]) -> Iterator[tuple[FieldPath, str, Mapping[str, Any]]]:
    """Give each recipient entry of a ``sops`` block: its field below the block, its list's name, the entry."""
    yield from _entries(metadata, ())
    for at, group in enumerate(_list(metadata.get("key_groups"))):
        if isinstance(group, Mapping):
            yield from _entries(group, ("key_groups", at))


def _entries(group: Mapping[str, Any], above: FieldPath) -> Iterator[tuple[FieldPath, str, Mapping[str, Any]]]:
    for kind in METADATA_LISTS:
        for at, entry in enumerate(_list(group.get(kind))):
            if isinstance(entry, Mapping):
                yield (*above, kind, at), kind, entry


def metadata_recipients(metadata: Mapping[str, Any]) -> frozenset[str]:
    """Give the recipients for which a file's data key is encrypted."""
    return frozenset(_named(kind, entry) for _, kind, entry in metadata_entries(metadata))


def _named(kind: str, entry: Mapping[str, Any]) -> str:
    """Give the one spelling of a recipient that is written as a mapping, in a rule's key group or in a file."""
    if kind == "azure_kv":
        vault = str(entry.get("vault_url") or entry.get("vaultUrl") or "").rstrip("/")
        return f"{kind} {vault}/keys/{entry.get('name') or entry.get('key')}"
    if kind == "hc_vault":
        address = str(entry.get("vault_address") or "").rstrip("/")
        return f"{kind} {address}/v1/{entry.get('engine_path')}/keys/{entry.get('key_name')}"
    fields = ("recipient", "fp", "arn", "resource_id", "key_id")
    return _spelled(kind, next((str(entry[field]) for field in fields if entry.get(field)), ""))


def _spelled(kind: str, text: str) -> str:
    text = text.strip()
    if kind == "pgp":
        return f"{kind} {text.replace(' ', '').upper()}"
    if kind == "kms":
        # A role to assume may follow the key.
        return f"{kind} {text.partition('+')[0]}"
    if kind == "azure_kv":
        # A version may follow the key's name; SOPS takes the newest where it is left out.
        head, _, name = text.partition("/keys/")
        return f"{kind} {head.rstrip('/')}/keys/{name.partition('/')[0]}"
    return f"{kind} {text}"
