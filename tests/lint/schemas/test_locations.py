"""Schemas at templated places, as kubeconform's users have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitlint_ops.cache import cache_folder
from gitlint_ops.config import Config, ConfigError
from gitlint_ops.lint.schemas import UnknownKind, Verdicts
from gitlint_ops.lint.schemas.crds import CustomKinds
from gitlint_ops.lint.schemas.locations import LocationSchemas, template_fields
from gitlint_ops.web import PRIVATE_HOSTS_VARIABLE
from tests.lint.support import rendered
from tests.serving import serving

SCHEMA = json.dumps({"type": "object", "properties": {"spec": {"required": ["size"]}}})
CATALOGUE = "{{.Group}}/{{ .ResourceKind }}_{{.ResourceAPIVersion}}.json"


def backup() -> dict[str, object]:
    return {"apiVersion": "acme.example/v1", "kind": "Backup", "metadata": {"name": "a"}, "spec": {}}


def test_the_fields_of_a_template() -> None:
    assert template_fields("acme.example/v1beta1", "Backup", "1.33") == {
        "Group": "acme.example",
        "KindSuffix": "-acme-v1beta1",
        "NormalizedKubernetesVersion": "v1.33.0",
        "ResourceAPIVersion": "v1beta1",
        "ResourceKind": "backup",
        "StrictSuffix": "-strict",
    }
    assert template_fields("v1", "Pod", "1.33")["KindSuffix"] == "-v1"


def test_a_file_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "schemas/acme.example").mkdir(parents=True)
    (tmp_path / "schemas/acme.example/backup_v1.json").write_text(SCHEMA)
    config = Config(schema_locations=("none/" + CATALOGUE, "schemas/" + CATALOGUE))
    found = Verdicts(config, tmp_path, CustomKinds()).of(rendered(backup()))
    assert isinstance(found, tuple)
    assert [fault.message for fault in found] == ["spec.size is required, and missing"]


def test_a_file_outside_of_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "backup.json").write_text(SCHEMA)
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.json").symlink_to(tmp_path / "backup.json")
    for template in ("../{{.ResourceKind}}.json", "link.json"):
        assert LocationSchemas([template], root, "").find("acme.example/v1", "Backup", "1.33") is None


def test_an_address_is_asked_once_with_the_network_and_kept_for_runs_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PRIVATE_HOSTS_VARIABLE, "127.0.0.1")
    monkeypatch.setenv("GITLINT_OPS_CACHE_DIR", str(tmp_path / "cache"))
    with serving({"/acme.example/backup_v1.json": (200, SCHEMA.encode())}) as served:
        offline = Config(schema_locations=(f"{served.url}/{CATALOGUE}",))
        online = Config(schema_locations=offline.schema_locations, network=True)
        assert Verdicts(offline, tmp_path, CustomKinds()).of(rendered(backup())) == UnknownKind(
            "acme.example", "Backup"
        )
        assert served.asked == []
        for config in (online, online, offline):
            assert len(list(Verdicts(config, tmp_path, CustomKinds()).of(rendered(backup())))) == 1  # type: ignore[arg-type]
        assert served.asked == ["/acme.example/backup_v1.json"]
    assert [file.suffix for file in (cache_folder() / "schemas").iterdir()] == [".json"]


def test_a_server_that_fails_is_an_error_and_one_that_has_nothing_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PRIVATE_HOSTS_VARIABLE, "127.0.0.1")
    with serving({"/fail": (500, b""), "/page": (200, b"<html>")}) as served:

        def find(path: str) -> object:
            schemas = LocationSchemas([served.url + path], tmp_path, "c.yaml", network=True, cache=tmp_path / "cache")
            return schemas.find("acme.example/v1", "Backup", "1.33")

        assert find("/none") is None
        with pytest.raises(ConfigError, match=r"^schema_locations: the server answered with status 500$"):
            find("/fail")
        with pytest.raises(ConfigError, match=r"^the schema file is not JSON: JSONDecodeError$"):
            find("/page")
    assert not (tmp_path / "cache").exists()


def test_an_error_names_no_credential_of_an_address(tmp_path: Path) -> None:
    schemas = LocationSchemas(["https://user:word@example.org/{{.ResourceKind}}?token=t"], tmp_path, "", network=True)
    with pytest.raises(ConfigError) as caught:
        schemas.find("v1", "X", "1.33")
    message = "schema_locations: an address with credentials in it is not asked"
    assert (caught.value.message, caught.value.path) == (message, "https://***@example.org/x")


def test_what_is_no_kind_becomes_no_path(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(SCHEMA)
    schemas = LocationSchemas(["{{.ResourceKind}}.json"], tmp_path, "")
    assert schemas.find("v1", "X", "1.33") is not None
    assert schemas.find("v1", "../X", "1.33") is None


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{{.Kind}}.json",
            (
                "schema_locations: '{{.Kind}}.json' names .Kind; known are .Group, .KindSuffix, "
                ".NormalizedKubernetesVersion, .ResourceAPIVersion, .ResourceKind, .StrictSuffix"
            ),
        ),
        (
            "{{if .Group}}x{{end}}",
            "schema_locations: '{{if .Group}}x{{end}}' holds more than fields such as {{.ResourceKind}}",
        ),
    ],
)
def test_a_template_that_is_not_understood(tmp_path: Path, template: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        LocationSchemas([template], tmp_path, "")
    assert caught.value.message == message
