"""Which values of a Secret are plain: those that are neither empty, nor a placeholder, nor public."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.lint.checks.named_values import named_values
from gitlint_ops.lint.checks.placeholders import is_fill_in, is_placeholder, is_reference, is_weak
from gitlint_ops.lint.checks.secret_patterns import tokens_in
from gitlint_ops.lint.checks.secret_values import (
    credential_of,
    is_public,
    is_secret_text,
    is_type_word,
    text_credentials,
    url_credentials,
)
from gitlint_ops.repo.credential_names import credential_kind, is_plain_name, words_of
from gitlint_ops.source.model import FieldPath

_SECRET_TYPE = "argocd.argoproj.io/secret-type"  # noqa: S105
_HARMLESS = re.compile(
    r"-?\d{1,6}(?:\.\d+)?|\d+[a-zA-Z]{1,3}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?|(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\d+)?"
)
"""A number, a duration, an e-mail address, a host name, an IP address."""
_FILE_NAME = re.compile(r"\.(?:properties|conf|config|cfg|ini|ya?ml|json|xml|toml|env)$")
_LONG_PATH = re.compile(r"(?:/[\w.@+-]+){2,}/?")
"""A mounted file, such as the service account's token."""
_KEYSTORE = frozenset({"keystore", "p12", "pfx", "jks", "keytab", "key", "pem"})
_PUBLIC_STORE = frozenset({"truststore", "ca", "cacerts", "crt", "cer", "cert", "trust"})


def is_secret(data: Mapping[str, Any]) -> bool:
    """Say whether an object is a core Secret."""
    return data.get("kind") == "Secret" and data.get("apiVersion") == "v1"


def plain_fields(data: Mapping[str, Any], *, deployed: bool) -> tuple[FieldPath, ...]:
    """Give the fields of a Secret whose values are plain credentials, in the order written.

    ``deployed``: somebody applies it, so that an example's password (``changeme``) is a real one.
    """
    judge = _argocd_value if _label(data, _SECRET_TYPE) else _value
    return tuple(
        (section, key)
        for section, key, text in _texts(data)
        if judge(key, text) and (deployed or not _is_example(text.strip()))
    )


def _is_example(text: str) -> bool:
    """Say whether a text is an example's password, or a document (Docker's, say) of nothing but such."""
    if not text.startswith("{") or not _parses(text):
        return is_weak(text)
    found = [(name, item) for path, name, item in named_values(json.loads(text)) if _json_credential(path, name, item)]
    return bool(found) and all(
        is_weak(decoded(item).partition(":")[2] if name == "auth" else item) for name, item in found
    )


def _label(data: Mapping[str, Any], key: str) -> str:
    metadata = data.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, Mapping) else None
    return str(labels.get(key, "")) if isinstance(labels, Mapping) else ""


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for section in ("data", "stringData"):
        values = data.get(section)
        for key, value in values.items() if isinstance(values, Mapping) else ():
            if value is not None and not isinstance(value, bool | Mapping | list):
                yield section, key, decoded(str(value)) if section == "data" else str(value)


def decoded(text: str) -> str:
    """Give the text that base64 hides; what is no base64 stays as it is, bytes that are no text become U+FFFD."""
    if is_reference(text) or "{{" in text or "${" in text:
        return text
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


def _argocd_value(key: str, text: str) -> bool:
    """In the Secrets by which Argo CD declares repositories and clusters, the URL, type and name are no secrets."""
    if text.lstrip().startswith("{"):
        return _structured(text)
    return not is_placeholder(text) and bool(credential_kind(key) or any(url_credentials(text)))


def _value(key: str, text: str) -> bool:
    stripped = text.strip()
    if not stripped or is_reference(stripped) or is_public(stripped) or is_fill_in(stripped):
        return False
    if "\ufffd" in text:
        return _binary(key)
    if "PRIVATE KEY" in text and any(tokens_in(text)):
        return True
    if "\n" in stripped or stripped[0] in "{[<" or (_FILE_NAME.search(key) and re.search(r"[=:]\s*\S", stripped)):
        return not is_placeholder(stripped) and _document(key, stripped)
    return _word(key, stripped)


def _binary(key: str) -> bool:
    """Judge bytes by their key: a key store is a secret, a trust store is not."""
    words = set(words_of(key))
    return not words & _PUBLIC_STORE or bool(words & _KEYSTORE and not words & {"truststore", "trust", "ca"})


def _word(key: str, text: str) -> bool:
    if any(url_credentials(text)) or any(tokens_in(text)):
        return True
    if is_placeholder(text) or is_plain_name(key):
        return False
    if credential_kind(key):
        return not (is_type_word(text) or _LONG_PATH.fullmatch(text))
    return not (_HARMLESS.fullmatch(text) or _tells_no_secret(key)) and (is_weak(text) or is_secret_text(text))


def _tells_no_secret(key: str) -> bool:
    """Keys such as CLUSTER_NAME, keyStorePath or tunnel-mode hold settings, in a Secret too."""
    return bool(words_of(key)) and words_of(key)[-1] in _SETTINGS


_SETTINGS = frozenset(
    [
        "name",
        "fname",
        "lname",
        "role",
        "db",
        "path",
        "file",
        "dir",
        "domain",
        "mode",
        "type",
        "kind",
        "level",
        "id",
        "uuid",
        "url",
        "uri",
        "endpoint",
        "address",
        "addr",
        "timezone",
        "tz",
        "locale",
        "language",
        "enabled",
        "disabled",
        "debug",
        "count",
        "size",
        "timeout",
        "interval",
        "version",
        "class",
        "driver",
        "dialect",
        "protocol",
        "scheme",
        "issuer",
        "audience",
        "scope",
        "scopes",
        "namespace",
        "cluster",
        "environment",
        "env",
        "length",
        "algorithm",
        "rounds",
        "iterations",
        "title",
        "description",
    ]
)


def _document(key: str, text: str) -> bool:
    """Judge a text of several lines: a configuration file by the credentials in it, a list of words is one itself."""
    if credential_kind(key) or any(tokens_in(text)):
        return True
    if text[0] in "{[" and _parses(text):
        return _structured(text)
    lines = [
        line.strip() for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("#", "//", "*"))
    ]
    if lines and all(re.fullmatch(r"[^\s:={}<>;]+", line) for line in lines):
        return True
    return any(text_credentials(text))


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _structured(text: str) -> bool:
    """Look into JSON: a credential by name, or Docker's ``auth``."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return any(text_credentials(text))
    return any(_json_credential(path, name, item) for path, name, item in named_values(value))


def _json_credential(path: FieldPath, name: str, item: object) -> bool:
    if not isinstance(item, str):
        return False
    if name == "auth" and "auths" in path:
        return not is_placeholder(item) and not is_placeholder(decoded(item).partition(":")[2])
    return bool(credential_of(name, item)) or any(url_credentials(item)) or any(tokens_in(item))
