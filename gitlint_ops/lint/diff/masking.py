"""Takes secrets out of what a diff shows: by where they stand, by their key's name, and by their form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitlint_ops.lint.checks.secret_patterns import tokens_in
from gitlint_ops.lint.checks.secret_values import url_credentials
from gitlint_ops.lint.checks.source_credentials import credentials_in
from gitlint_ops.lint.redaction import holds_credential
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source import FieldPath, Json

MASK = "(not shown)"
_SECTIONS = frozenset({"data", "stringData", "binaryData"})
_COPIES = frozenset({"kubectl.kubernetes.io/last-applied-configuration"})
"""Annotations that hold the whole object."""
_MIN_LENGTH = 4
"""A shorter credential is masked as a whole value only: taken out of other texts it would tell itself."""


class Mask:
    """Masks the values of one object."""

    def __init__(self, item: RenderedObject) -> None:
        self._item = item
        self._known = {found.value for _, _, found in credentials_in(item.data)} if item.kind != "Secret" else set()

    def shown(self, value: Json, path: FieldPath) -> Json:
        """Give the value of a field, all that may be secret in it replaced. Mappings and lists are masked inside."""
        if isinstance(value, Mapping):
            return {key: self.shown(below, (*path, str(key))) for key, below in value.items()}
        if isinstance(value, list):
            return [self._element(below, path, at) for at, below in enumerate(value)]
        if value is None or isinstance(value, bool):
            return value
        if self._is_secret(path) or holds_credential(self._item.data, path):
            return MASK
        return self.text(value) if isinstance(value, str) else value

    def _element(self, value: Json, path: FieldPath, at: int) -> Json:
        """Mask an element of a list; the value beside a name that tells a credential is one, as in ``env``."""
        if isinstance(value, Mapping) and "value" in value and holds_credential([value], (0, "value")):
            return {**{k: self.shown(v, (*path, at, str(k))) for k, v in value.items()}, "value": MASK}
        return self.shown(value, (*path, at))

    def _is_secret(self, path: FieldPath) -> bool:
        if self._item.kind == "Secret" and path[:1] and path[0] in _SECTIONS:
            return True
        return any(step in _COPIES for step in path)

    def text(self, text: str) -> str:
        """Give a text with the credentials in it replaced, as far as their form or the object tells them."""
        tokens = list(tokens_in(text))
        if any(token.kind == "private key" for token in tokens):
            return MASK
        # A token's form says where it stands and not always where it ends: its line goes as a whole.
        held = frozenset(token.line for token in tokens)
        text = "\n".join(MASK if at in held else line for at, line in enumerate(text.split("\n")))
        found = {*self._known, *url_credentials(text)}
        found |= {item.value for _, _, item in credentials_in({"text": text})}
        for secret in sorted(found, key=len, reverse=True):
            if text.strip() == secret:
                return MASK
            text = text.replace(secret, MASK) if len(secret) >= _MIN_LENGTH else text
        return text


def masked(item: RenderedObject | None, value: Any, path: FieldPath) -> Json:
    """Give a value of an object's field as it may be shown; None where there is no object."""
    return Mask(item).shown(value, path) if item is not None else None
