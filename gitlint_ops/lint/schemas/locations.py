"""JSON schemas at places that a template names, as kubeconform's ``-schema-location`` has them: files and URLs."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gitlint_ops import web
from gitlint_ops.config import Config, ConfigError
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.lint.schemas.fault import SchemaView
from gitlint_ops.lint.schemas.folders import MAX_SCHEMA_BYTES, compiled, is_for, may_be_kind, parsed, view_of

if TYPE_CHECKING:
    from jsonschema_rs import Validator

_FIELD = re.compile(r"\{\{-?\s*\.(\w+)\s*-?\}\}")
FIELDS = (
    "Group",
    "KindSuffix",
    "NormalizedKubernetesVersion",
    "ResourceAPIVersion",
    "ResourceKind",
    "StrictSuffix",
)
"""What a template may name. Source: kubeconform, pkg/registry/registry.go, schemaPath."""
Found = tuple["Validator", SchemaView]


def is_url(template: str) -> bool:
    """Whether a location is an address, not a path in the repository."""
    return "://" in template


class LocationSchemas:
    """The schemas at templated locations, the first that has one for a kind.

    Addresses are asked only where ``network`` is true; what they gave is kept in ``cache`` and used by later runs
    without the network.
    """

    def __init__(
        self,
        templates: Sequence[str],
        root: Path,
        config_path: str,
        *,
        network: bool = False,
        cache: Path | None = None,
    ) -> None:
        self._templates = tuple(templates)
        self._root = root.resolve()
        self._config_path = config_path
        self._network = network
        self._cache = cache
        self._found: dict[tuple[str, str, str], Found | None] = {}
        for template in self._templates:
            self._check(template)

    def _check(self, template: str) -> None:
        unknown = sorted(set(_FIELD.findall(template)) - set(FIELDS))
        if unknown:
            raise ConfigError(
                f"schema_locations: '{_shown(template)}' names .{unknown[0]}; "
                f"known are {', '.join('.' + f for f in FIELDS)}",
                self._config_path,
            )
        if "{{" in _FIELD.sub("", template):
            raise ConfigError(
                f"schema_locations: '{_shown(template)}' holds more than fields such as {{{{.ResourceKind}}}}",
                self._config_path,
            )

    def find(self, api_version: str, kind: str, release: str) -> Found | None:
        """Give the validator and schema of a kind in a Kubernetes release such as ``1.33``, None where there is none.

        Raises ConfigError for a file or an answer that is no schema, and for a server that fails.
        """
        key = (api_version, kind, release)
        if key not in self._found:
            self._found[key] = self._search(api_version, kind, release)
        return self._found[key]

    def _search(self, api_version: str, kind: str, release: str) -> Found | None:
        if not may_be_kind(api_version, kind):
            return None
        fields = template_fields(api_version, kind, release)
        for template in self._templates:
            place = _FIELD.sub(lambda match: fields[match[1]], template)
            raw = self._from_url(place) if is_url(template) else self._from_file(place)
            schema = parsed(raw, _shown(place)) if raw is not None else None
            if schema is not None and is_for(schema, api_version, kind):
                return compiled(schema, _shown(place)), view_of(schema, kind)
        return None

    def _from_file(self, place: str) -> bytes | None:
        file = self._root / PurePosixPath(place)
        if not file.is_file() or not file.resolve().is_relative_to(self._root):
            return None
        if file.stat().st_size > MAX_SCHEMA_BYTES:
            raise ConfigError("the schema file is over 10 MiB", place)
        try:
            return file.read_bytes()
        except OSError as error:
            raise ConfigError(f"the schema file cannot be read: {error.strerror}", place) from error

    def _from_url(self, url: str) -> bytes | None:
        kept = self._kept(url)
        if kept is not None and kept.is_file():
            return kept.read_bytes() or None
        if not self._network:
            return None
        try:
            body = web.get(url, MAX_SCHEMA_BYTES, web.private_hosts())
        except web.WebError as error:
            raise ConfigError(f"schema_locations: {error}", _shown(url)) from error
        if kept is not None and body is not None:
            _keep(kept, body)
        return body

    def _kept(self, url: str) -> Path | None:
        """Where the answer of an address is kept: named by the address' digest, so that no address is a path."""
        return self._cache / f"{hashlib.sha256(url.encode()).hexdigest()}.json" if self._cache else None


def _shown(place: str) -> str:
    """Give an address or path as errors name it: without user, password and query, which may hold a token."""
    shown = without_user_info(place)
    return shown.partition("?")[0] if is_url(place) else shown


def template_fields(api_version: str, kind: str, release: str) -> Mapping[str, str]:
    """Give what a template's fields stand for. Source: kubeconform, pkg/registry/registry.go, schemaPath."""
    group, _, version = api_version.rpartition("/")
    first = (group or version).partition(".")[0].lower()
    return {
        "Group": group or version,
        "KindSuffix": f"-{first}-{version.lower()}" if group else f"-{first}",
        "NormalizedKubernetesVersion": f"v{release}.0",
        "ResourceAPIVersion": version,
        "ResourceKind": kind.lower(),
        "StrictSuffix": "-strict",
    }


def _keep(file: Path, body: bytes) -> None:
    """Write a schema that was fetched; only what is JSON is worth it, and a cache that cannot be written is none."""
    try:
        json.loads(body)
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}")
        partial.write_bytes(body)
        partial.replace(file)
    except (OSError, ValueError):
        return


def has_unasked(config: Config) -> bool:
    """Whether the configuration names addresses of schemas that this run may not ask."""
    return not config.network and any(map(is_url, config.schema_locations))
