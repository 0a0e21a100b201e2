"""Files that SOPS encrypted: their metadata, their cipher texts, and which of their values should be cipher text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitlint_ops.engine import EngineError
from gitlint_ops.lint.checks.regexps import go_matches
from gitlint_ops.lint.checks.sops_config import Selector, selector_of
from gitlint_ops.lint.checks.sops_keys import METADATA_LISTS
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.source.model import Document, FieldPath, Json

METADATA = "sops"
_KNOWN = frozenset({"mac", "lastmodified", "version", "key_groups", "encrypted_regex", *METADATA_LISTS})
_CIPHER = re.compile(r"ENC\[AES256_GCM,data:(?P<data>.+),iv:(?P<iv>.+),tag:(?P<tag>.+),type:(?P<type>.+)\]")
_TYPES = frozenset({"str", "int", "int64", "float", "bytes", "bool", "time", "comment"})
_FORM = "ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]"
Leaf = tuple[FieldPath, Json]


@dataclass(frozen=True, slots=True)
class SopsFile:
    """A file with SOPS metadata in one of its documents. SOPS reads the first one's metadata for all of them."""

    path: str
    documents: Sequence[Document]
    holder: Document
    """The document whose ``sops`` block counts."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The ``sops`` block."""
        block: Mapping[str, Any] = self.holder.value[METADATA]
        return block

    @property
    def selector(self) -> Selector:
        """Which values are encrypted."""
        return selector_of(self.metadata)


def sops_files(context: CheckContext) -> Sequence[SopsFile]:
    """Give every YAML and JSON file that SOPS encrypted, in order of path."""
    return context.once("sops-files", lambda: tuple(_find(context)))


def _find(context: CheckContext) -> Iterator[SopsFile]:
    for path, holder in {d.path: d for d in reversed(list(_holders(context)))}.items():
        yield SopsFile(path, context.tree.read(path).documents, holder)


def _holders(context: CheckContext) -> Iterator[Document]:
    return (document for document in context.tree.documents() if has_metadata(document.value))


def has_metadata(value: Json) -> bool:
    """Whether a document has SOPS metadata, whole or not; a chart's own values called ``sops`` are none."""
    block = value.get(METADATA) if isinstance(value, Mapping) else None
    if not isinstance(block, Mapping):
        return False
    return bool(is_cipher(block.get("mac"))) or len(_KNOWN.intersection(block)) > 2


def is_cipher(value: Json) -> bool:
    """Whether a value is, or is meant to be, cipher text of SOPS."""
    return isinstance(value, str) and value.startswith("ENC[AES")


def cipher_fault(text: str) -> str:
    """Say why SOPS cannot read a cipher text, '' where it can (short of the key); after its aes/cipher.go."""
    found = _CIPHER.match(text)
    if found is None:
        return f"it is not of the form {_FORM}"
    for part in ("data", "iv", "tag"):
        try:
            base64.b64decode(found[part], validate=True)
        except binascii.Error:
            return f"its {part} is not base64"
    return "" if found["type"] in _TYPES else f"its type is '{found['type'][:20]}', which SOPS does not know"


def leaves(value: Json, path: FieldPath = ()) -> Iterator[Leaf]:
    """Give the values that SOPS would look at: no empty ones, and none of its own metadata."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key != METADATA:
                yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    elif value is not None and value != "":
        yield path, value


def to_encrypt(context: CheckContext, selector: Selector, found: Sequence[Leaf]) -> list[Leaf]:
    """Give those of a document's leaves that a selector asks to be encrypted; none where comments decide."""
    keys = {step for path, _ in found for step in path if isinstance(step, str)}
    chosen = _chosen(context, selector, keys)
    if chosen is None:
        return []
    inverted = selector.setting.startswith("unencrypted")
    return [leaf for leaf in found if any(step in chosen for step in leaf[0]) != inverted]


def _chosen(context: CheckContext, selector: Selector, keys: set[str]) -> frozenset[str] | None:
    """Give the keys that the selector's suffix or regexp names; None where that cannot be told."""
    if selector.setting.endswith("suffix"):
        return frozenset(key for key in keys if key.endswith(selector.text))
    if selector.by_comment:
        return None
    try:
        return go_matches(context, selector.text, keys)
    except EngineError:
        # SOPS takes a regexp that does not compile for one that matches nothing.
        return frozenset()
