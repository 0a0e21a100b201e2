"""The schemas of Kubernetes' own kinds, one release at a time, compiled once a kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitlint_ops.lint.schemas.fault import SchemaView
from gitlint_ops.lint.schemas.validation.formats import QUANTITY
from gitlint_ops.lint.schemas.versions import Release, schema_folders

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

_DEFINITIONS = "_definitions.json"
_ENUMERATIONS = Path(__file__).parent / "data" / "enumerations.json"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_LEGACY_GROUPS = frozenset({"extensions"})
_NOT_ENFORCED: Mapping[str, frozenset[str]] = {
    "io.k8s.api.apps.v1.StatefulSetSpec": frozenset({"serviceName"}),
    "io.k8s.api.networking.v1.NetworkPolicySpec": frozenset({"podSelector"}),
}
"""Fields that older schemas call required, while the API server takes them as empty (optional since 1.33, 1.34)."""


@cache
def enumerations() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Give the values that fields allow: definition to field to values, of all releases together.

    The published schemas leave them out. The file is made from the Go types of the API by tools/enumerations.go.
    """
    values: dict[str, dict[str, list[str]]] = json.loads(_ENUMERATIONS.read_bytes())["values"]
    return values


@cache
def release_schemas(release: Release) -> ReleaseSchemas:
    """Give the schemas of a release; read once a process."""
    text = (schema_folders()[release] / _DEFINITIONS).read_bytes()
    return ReleaseSchemas(json.loads(text))


class ReleaseSchemas:
    """The kinds that one Kubernetes release serves, keyed by their full apiVersion."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._uri = str(document["$id"])
        self._definitions: dict[str, Any] = document["$defs"]
        self._names: dict[tuple[str, str], str] = {}
        self._versions: dict[str, list[str]] = defaultdict(list)
        self.groups: set[str] = set(_LEGACY_GROUPS)
        self._validators: dict[str, Draft202012Validator] = {}
        self._registry: Any = None
        self._document = document
        self._relax()
        self._enumerate()
        self._index()

    def _relax(self) -> None:
        for name, fields in _NOT_ENFORCED.items():
            definition = self._definitions.get(name, {})
            definition["required"] = [key for key in definition.get("required", ()) if key not in fields]

    def _enumerate(self) -> None:
        for name, fields in enumerations().items():
            properties = self._definitions.get(name, {}).get("properties", {})
            for field, values in fields.items():
                schema = properties.get(field, {})
                # Of a list, its items are meant.
                schema.get("items", schema)["enum"] = [*values, None]
        self._definitions[_QUANTITY] = {"oneOf": [{"type": "null"}, {"type": "number"}, _QUANTITY_TEXT]}

    def _index(self) -> None:
        for name, definition in self._definitions.items():
            kinds: Sequence[Mapping[str, str]] = definition.get("x-kubernetes-group-version-kind") or ()
            self.groups.update(entry["group"] for entry in kinds)
            # DeleteOptions and WatchEvent belong to every group; what people write has one kind, and metadata.
            if len(kinds) == 1 and "metadata" in definition.get("properties", {}):
                entry = kinds[0]
                api_version = f"{entry['group']}/{entry['version']}".lstrip("/")
                self._names[(api_version, entry["kind"])] = name
                self._versions[entry["kind"]].append(api_version)

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether this release serves the kind under this apiVersion."""
        return (api_version, kind) in self._names

    def replacements(self, api_version: str, kind: str) -> tuple[str, ...]:
        """Give the apiVersions under which a kind is served, the best successor of ``api_version`` first.

        Stable ones come first, then those of the same group, then those of the same major version.
        """
        return tuple(sorted(self._versions.get(kind, ()), key=lambda served: _distance(served, api_version)))

    def kinds(self, api_version: str) -> tuple[str, ...]:
        """Give the kinds served under an apiVersion, sorted."""
        return tuple(sorted(kind for version, kind in self._names if version == api_version))

    def validator(self, api_version: str, kind: str) -> Draft202012Validator:
        """Give the compiled validator of a kind that this release knows."""
        name = self._names[(api_version, kind)]
        if name not in self._validators:
            from jsonschema_rs import Draft202012Validator, Registry

            if self._registry is None:
                self._registry = Registry([(self._uri, dict(self._document))])
            reference = {"$ref": f"{self._uri}#/$defs/{name}"}
            self._validators[name] = Draft202012Validator(reference, registry=self._registry)
        return self._validators[name]

    def view(self, api_version: str, kind: str) -> SchemaView:
        """Give the schema of a kind as messages need it."""
        name = self._names[(api_version, kind)]
        return SchemaView({"$ref": f"#/$defs/{name}"}, kind, self._definitions)


_QUANTITY_TEXT = {"type": "string", "pattern": f"^{QUANTITY}$"}


def _distance(served: str, wanted: str) -> tuple[int, bool, bool, str]:
    group, _, version = served.rpartition("/")
    wanted_group, _, wanted_version = wanted.rpartition("/")
    unstable = 2 if "alpha" in version else 1 if "beta" in version else 0
    return unstable, group != wanted_group, _major(version) != _major(wanted_version), served


def _major(version: str) -> str:
    return version.partition("alpha")[0].partition("beta")[0]
