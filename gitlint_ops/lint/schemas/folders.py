"""JSON schemas of custom kinds in folders, in the layouts that kubeconform reads: the user's, and our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitlint_ops.config import ConfigError
from gitlint_ops.lint.schemas.fault import SchemaView

if TYPE_CHECKING:
    from jsonschema_rs import Validator

MAX_SCHEMA_BYTES = 10 * 1024 * 1024
_MAX_NAME = 200
"""Characters of a version and a kind together: a file system takes 255 bytes for a name."""
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


@cache
def controller_schemas() -> FolderSchemas:
    """Give the schemas of Argo CD's and Flux' own kinds, which tools/controller_schemas.py makes from their modules."""
    return FolderSchemas((Path(__file__).parent / "data",))


class FolderSchemas:
    """The schema files of folders: ``{kind}-{group}-{version}.json`` and ``{group}/{kind}_{version}.json``.

    ``config_path`` is the configuration that names the folders, for messages.
    """

    def __init__(self, folders: Sequence[Path], config_path: str = "") -> None:
        self._folders = tuple(folders)
        self._config_path = config_path
        self._found: dict[tuple[str, str], tuple[Validator, SchemaView] | None] = {}

    def find(self, api_version: str, kind: str) -> tuple[Validator, SchemaView] | None:
        """Give the validator and schema of a kind, None where no folder has one. Raises ConfigError for a bad file."""
        key = (api_version, kind)
        if key not in self._found:
            self._found[key] = self._load(api_version, kind)
        return self._found[key]

    def _load(self, api_version: str, kind: str) -> tuple[Validator, SchemaView] | None:
        for folder in self._folders:
            if not folder.is_dir():
                raise ConfigError(f"schema_folders: there is no folder '{folder.name}'", self._config_path)
            for name in file_names(api_version, kind) if may_be_kind(api_version, kind) else ():
                file = folder / name
                if file.is_file() and file.resolve().is_relative_to(folder.resolve()):
                    schema = _read(file)
                    if is_for(schema, api_version, kind):
                        return compiled(schema, file.name), view_of(schema, kind)
        return None


def view_of(schema: dict[str, Any], kind: str) -> SchemaView:
    """Give the schema of a file as messages need it."""
    definitions = schema.get("definitions", schema.get("$defs"))
    return SchemaView(schema, kind, definitions if isinstance(definitions, dict) else {})


def may_be_kind(api_version: str, kind: str) -> bool:
    """Whether these can name a kind of Kubernetes: nothing else may become a path or an address."""
    fits = len(api_version) + len(kind) <= _MAX_NAME
    return fits and all(_SAFE.fullmatch(part) for part in (*api_version.split("/"), kind))


def file_names(api_version: str, kind: str) -> Iterator[str]:
    """Give the file names under which a kind's schema may lie, lower case as kubeconform writes them."""
    group, _, version = api_version.rpartition("/")
    kind, group = kind.lower(), group.lower()
    if not group:
        yield f"{kind}-{version}.json"
        return
    yield f"{group}/{kind}_{version}.json"
    yield f"{kind}-{group}-{version}.json"
    # The short form drops the domain of the group, as Kubernetes' own schema files do.
    yield f"{kind}-{group.partition('.')[0]}-{version}.json"


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_SCHEMA_BYTES:
            raise ConfigError("the schema file is over 10 MiB", file.name)
        return parsed(file.read_bytes(), file.name)
    except OSError as error:
        raise ConfigError(f"the schema file cannot be read: {error}", file.name) from error


def parsed(raw: bytes, place: str) -> dict[str, Any]:
    """Give the JSON object of a schema file; raises ConfigError, which names ``place``, where it holds none."""
    try:
        schema = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the schema file is not JSON: {type(error).__name__}", place) from error
    if not isinstance(schema, dict):
        raise ConfigError("the schema file holds no JSON object", place)
    return schema


def is_for(schema: dict[str, Any], api_version: str, kind: str) -> bool:
    """Whether a schema that names its kinds names this one: the short file name alone may be another group's."""
    named = schema.get("x-kubernetes-group-version-kind")
    if not isinstance(named, list) or not named:
        return True
    group, _, version = api_version.rpartition("/")
    return {"group": group, "kind": kind, "version": version} in named


def compiled(schema: dict[str, Any], place: str) -> Validator:
    """Compile a schema; raises ConfigError, which names ``place``, where it is not usable."""
    from jsonschema_rs import ReferencingError, ValidationError, validator_for

    try:
        # Schemas of this layout are self-contained: a reference to another place is refused, not fetched.
        return validator_for(schema, validate_formats=False, retriever=_refuse)
    except (ReferencingError, ValidationError, ValueError) as error:
        raise ConfigError(f"the schema file is no usable JSON schema: {error}", place) from error


def _refuse(uri: str) -> Any:
    raise ValueError(f"refers to {uri}, which is not read")
