"""The verdict of a schema on each object, computed once for equal objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitlint_ops.cache import cache_folder
from gitlint_ops.config import Config
from gitlint_ops.lint.context import group_of
from gitlint_ops.lint.redaction import holds_credential
from gitlint_ops.lint.schemas.builtin import ReleaseSchemas, release_schemas
from gitlint_ops.lint.schemas.crds import CustomKind, CustomKinds
from gitlint_ops.lint.schemas.fault import Fault, SchemaView, UnknownKind
from gitlint_ops.lint.schemas.folders import FolderSchemas, controller_schemas
from gitlint_ops.lint.schemas.lifecycle import lifecycle_of
from gitlint_ops.lint.schemas.locations import LocationSchemas
from gitlint_ops.lint.schemas.misspelt import misspelt_kind
from gitlint_ops.lint.schemas.tolerance import is_tolerated, judged_part
from gitlint_ops.lint.schemas.validation import faults_beyond_schema
from gitlint_ops.lint.schemas.versions import Target, target_for, version_of
from gitlint_ops.lint.schemas.wording import faults_of, misspelt_fields, nearest_word
from gitlint_ops.lint.spares import Spares
from gitlint_ops.render.model import RenderedObject

if TYPE_CHECKING:
    from jsonschema_rs import Validator

MAX_REMEMBERED = 8
"""Most differing objects of one name that a new one is compared with: comparing with all costs more than judging."""
Verdict = tuple[Fault, ...] | UnknownKind
_Key = tuple[str, str, str, str, str]


class Verdicts:
    """Judges objects against the schema of their kind, in the Kubernetes version of their environment."""

    def __init__(
        self,
        config: Config,
        root: Path,
        custom: CustomKinds,
        met: Mapping[str, str] | None = None,
        spares: Spares | None = None,
    ) -> None:
        """Take the repository's custom kinds, and the Kubernetes versions that its deliveries meet, by their ids."""
        self._met = met or {}
        self._spare = (spares or Spares()).of("schema")
        self._config = config
        self._custom = custom
        home = config.home(root)
        self._folders = FolderSchemas([home / name for name in config.schema_folders], config.path)
        kept = Path(config.cache_folder or cache_folder()) / "schemas" if config.schema_locations else None
        self._locations = LocationSchemas(
            config.schema_locations, home, config.path, network=config.network, cache=kept
        )
        self._known: dict[_Key, list[tuple[Mapping[str, Any], Verdict]]] = {}

    def of(self, item: RenderedObject) -> Verdict:
        """Give the faults of an object (none: it is fine), or UnknownKind. Raises ConfigError for a bad schema file."""
        version = version_of(item, self._config, self._met)
        environment = item.delivery.environment
        key = (version, environment, item.api_version, item.kind, item.delivery.controller)
        earlier = self._known.setdefault((*key[:4], f"{key[4]}/{item.name}"), [])
        for data, verdict in earlier:
            if data == item.data:
                return verdict
        verdict = self._found(item, target_for(version))
        earlier.append((item.data, verdict))
        del earlier[:-MAX_REMEMBERED]
        return verdict

    def _found(self, item: RenderedObject, target: Target) -> Verdict:
        """Judge an object; one of a built-in kind that was fine before is: its release and itself alone decide."""
        if not release_schemas(target.release).knows(item.api_version, item.kind):
            return self._judge(item, target)
        thing = [target.release, item.delivery.controller, item.api_version, item.kind, item.data]
        return self._spare.look_at_object(item.kind, thing, lambda: self._judge(item, target))

    def _judge(self, item: RenderedObject, target: Target) -> Verdict:
        schemas = release_schemas(target.release)
        verdict = self._by_schema(item, target, schemas)
        if isinstance(verdict, UnknownKind):
            return verdict
        built_in = schemas.knows(item.api_version, item.kind)
        beyond = list(faults_beyond_schema(item.data, item.api_version, item.kind, built_in=built_in))
        if not beyond:
            return verdict
        refused = {fault.field_path for fault in verdict}
        # What lacks in a mapping with an unknown field is there, and misspelt.
        misspelt = {fault.field_path[:-1] for fault in verdict if fault.on_key and fault.exact}
        left = (fault for fault in beyond if fault.exact or fault.field_path not in misspelt)
        return (*verdict, *(fault for fault in left if fault.field_path not in refused))

    def _by_schema(self, item: RenderedObject, target: Target, schemas: ReleaseSchemas) -> Verdict:
        api_version, kind = item.api_version, item.kind
        if schemas.knows(api_version, kind):
            validator = schemas.validator(api_version, kind)
            if validator.is_valid(item.data):
                return ()
            return _faults(item, validator, schemas.view(api_version, kind), _remark(target))
        custom = self._custom_verdict(item)
        if custom is not None:
            return custom
        found = self._folders.find(api_version, kind) or self._locations.find(api_version, kind, target.text)
        if found is not None:
            return _faults(item, *found)
        if group_of(api_version) in schemas.groups:
            return (_not_served(api_version, kind, schemas, target),)
        return self._not_defined(item, schemas)

    def _custom_verdict(self, item: RenderedObject) -> Verdict | None:
        """Judge by the repository's definitions; where several may hold, the kindest."""
        candidates = self._custom.find(item.api_version, item.kind, item.delivery.environment)
        verdicts = [_faults(item, kind.validator, kind.view) for kind in candidates if _usable(kind)]
        return min(verdicts, key=len) if verdicts else None

    def _not_defined(self, item: RenderedObject, schemas: ReleaseSchemas) -> Verdict:
        """Judge an object that no definition and no folder knows: Argo CD's and Flux' kinds are known by ourselves."""
        api_version, kind = item.api_version, item.kind
        served = self._custom.api_versions(group_of(api_version), kind)
        if not served or api_version in served:
            found = controller_schemas().find(api_version, kind)
            if found is not None:
                return _faults(item, *found)
            fault = misspelt_kind(api_version, kind, schemas) if not served else None
            return (fault,) if fault else UnknownKind(group_of(api_version), kind)
        message = (
            f"{api_version} is not served by the CustomResourceDefinition of {kind}; it serves {', '.join(served)}"
        )
        return (Fault(("apiVersion",), message),)


def _usable(kind: CustomKind) -> bool:
    try:
        return kind.validator is not None
    except ValueError:
        return False


def _remark(target: Target) -> str:
    return (
        f" (checked against Kubernetes {target.text}, the nearest to {target.wanted} that is known)"
        if target.wanted
        else ""
    )


def _faults(item: RenderedObject, validator: Validator, view: SchemaView, remark: str = "") -> tuple[Fault, ...]:
    if validator.is_valid(item.data):
        return ()
    return tuple(dict.fromkeys(_worded(item, validator, view, remark)))


def _worded(item: RenderedObject, validator: Validator, view: SchemaView, remark: str) -> Iterator[Fault]:
    data = judged_part(item.data)
    errors: list[Any] = list(validator.iter_errors(data))
    wrong_types = {tuple(error.instance_path) for error in errors if type(error.kind).__name__ == "Type"}
    misspelt = misspelt_fields(errors, view)
    for error in errors:
        kind, place = type(error.kind).__name__, tuple(error.instance_path)
        said = kind == "Enum" and place in wrong_types
        said = said or (kind == "Required" and (place, error.kind.property) in misspelt)
        if said or is_tolerated(error, view, item):
            continue
        secret = item.kind == "Secret" or holds_credential(data, tuple(error.instance_path))
        for fault in faults_of(error, view, secret=secret):
            yield replace(fault, message=fault.message + remark)


def _not_served(api_version: str, kind: str, schemas: ReleaseSchemas, target: Target) -> Fault:
    """Word a built-in group's kind that this release has not: removed, not yet there, or misspelt."""
    release = f"Kubernetes {target.text}"
    served = schemas.replacements(api_version, kind)
    if not api_version:
        known = f"; {kind} is served as {', '.join(served)}" if served else ""
        return Fault(("apiVersion",), f"apiVersion is required, and missing{known}")
    if served:
        return Fault(("apiVersion",), f"{api_version} {kind} is not served by {release}; use {served[0]}")
    near = nearest_word(kind, schemas.kinds(api_version))
    if near:
        return Fault(("kind",), f"{api_version} has no kind {kind} in {release}; did you mean {near}?")
    # Of what was removed, the apiVersion is to blame.
    field = "apiVersion" if lifecycle_of(api_version, kind) else "kind"
    return Fault((field,), f"{release} serves no kind {kind} in {api_version}, and nothing replaces it under that name")
