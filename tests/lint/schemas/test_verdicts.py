from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gitlint_ops.cache import Memory, Store
from gitlint_ops.config import Config, ConfigError, EnvironmentSetting
from gitlint_ops.lint.schemas import Fault, UnknownKind, Verdicts
from gitlint_ops.lint.schemas.builtin import enumerations
from gitlint_ops.lint.schemas.crds import CustomKinds
from gitlint_ops.lint.schemas.versions import schema_folders
from gitlint_ops.lint.spares import Spares
from tests.lint.schemas.judging import definition, messages, verdict
from tests.lint.support import rendered


def deployment(**spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
    whole = {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": whole}


def container(**fields: Any) -> dict[str, Any]:
    data = deployment()
    data["spec"]["template"]["spec"]["containers"][0].update(fields)
    return data


PLACE = "spec.template.spec.containers[0]"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (deployment(replicas="3"), "spec.replicas must be an integer, not the string '3'"),
        (deployment(paused="yes"), "spec.paused must be true or false, not the string 'yes'"),
        (deployment(replica=3), "spec.replica is not a field of DeploymentSpec; did you mean replicas?"),
        (deployment(selector=[]), "spec.selector must be a mapping, not a list"),
        (container(env={"A": "b"}), f"{PLACE}.env must be a list, not a mapping"),
        (
            container(env=[{"name": "PORT", "value": 8080}]),
            f"{PLACE}.env[0].value must be a string, not the number 8080; put it in quotes",
        ),
        (
            container(env=[{"name": "DB_PASSWORD", "value": 4711}]),
            f"{PLACE}.env[0].value must be a string, not this value; put it in quotes",
        ),
        (container(name=None), f"{PLACE}.name must be a string, not nothing"),
        (
            container(ports=[{"name": "http"}]),
            f"{PLACE}.ports[0].containerPort is required by ContainerPort, and missing",
        ),
        (
            container(ports=[{"containerPrt": 80}]),
            f"{PLACE}.ports[0].containerPrt is not a field of ContainerPort; did you mean containerPort?",
        ),
        (
            {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {"name": "web"},
                "spec": {
                    "template": {"spec": {"restartPolcy": "Never", "containers": [{"name": "a", "image": "a:1"}]}}
                },
            },
            "spec.template.spec.restartPolcy is not a field of PodSpec; did you mean restartPolicy?",
        ),
        (
            container(resources={"limits": {"memory": True}}),
            f"{PLACE}.resources.limits.memory must be a quantity such as '500m', '1Gi' or 2, not the boolean true",
        ),
        (
            container(livenessProbe={"httpGet": {"port": []}}),
            f"{PLACE}.livenessProbe.httpGet.port must be an integer or a string, not a list",
        ),
        (
            container(imagePullPolicy="Alway"),
            f"{PLACE}.imagePullPolicy must be one of Always, IfNotPresent, Never, not 'Alway'; did you mean 'Always'?",
        ),
        (
            container(imagePullPolicy=True),
            f"{PLACE}.imagePullPolicy must be a string, not the boolean true; put it in quotes",
        ),
        (
            deployment(strategy={"type": "Blue"}),
            "spec.strategy.type must be one of Recreate, RollingUpdate, not 'Blue'",
        ),
        (
            container(resources={"limits": {"memory": "1GB"}}),
            f"{PLACE}.resources.limits.memory must be a quantity such as '500m', '1Gi' or 2, not the string '1GB'",
        ),
        (
            container(ports=[{"containerPort": 80, "protocol": "tcp"}]),
            f"{PLACE}.ports[0].protocol must be one of SCTP, TCP, UDP, not 'tcp'; did you mean 'TCP'?",
        ),
        (
            container(ports=[{"containerPort": 0}]),
            f"{PLACE}.ports[0].containerPort must be a port from 1 to 65535, not 0",
        ),
    ],
)
def test_what_the_api_server_refuses_is_said_so_that_a_person_understands(data: dict[str, Any], message: str) -> None:
    assert messages(data) == [message]


@pytest.mark.parametrize(
    "data",
    [
        deployment(replicas=None),
        {**deployment(), "status": {"anything": 1}},
        container(imagePullPolicy=""),
        container(resources={"limits": {"cpu": None, "memory": "1Gi"}, "requests": {"cpu": 0.5}}),
        container(livenessProbe={"httpGet": {"port": "http"}}),
        container(env=None),
        container(imagePullPolicy="<PULL_POLICY>", resources={"limits": {"memory": "${memory}"}}),
        container(resources={"limits": {"memory": " 1.5Gi ", "cpu": "1e3", "acme.example/gpu": None}}),
    ],
)
def test_what_the_api_server_takes_is_fine(data: dict[str, Any]) -> None:
    assert verdict(data) == ()


def test_the_place_of_a_missing_field_is_not_exact_and_that_of_an_unknown_one_is_its_key() -> None:
    (missing,) = verdict(container(ports=[{"name": "http"}]))
    assert (missing.field_path[-2:], missing.on_key, missing.exact) == (("ports", 0), True, False)
    (unknown,) = verdict(deployment(replica=3))
    assert (unknown.field_path, unknown.on_key, unknown.exact) == (("spec", "replica"), True, True)


@pytest.mark.parametrize(
    ("api_version", "kind", "message"),
    [
        (
            "extensions/v1beta1",
            "Ingress",
            "extensions/v1beta1 Ingress is not served by Kubernetes 1.33; use networking.k8s.io/v1",
        ),
        (
            "policy/v1beta1",
            "PodSecurityPolicy",
            (
                "Kubernetes 1.33 serves no kind PodSecurityPolicy in policy/v1beta1, "
                "and nothing replaces it under that name"
            ),
        ),
        ("apps/v1", "Deploymnet", "apps/v1 has no kind Deploymnet in Kubernetes 1.33; did you mean Deployment?"),
        ("apps/v1", "Service", "apps/v1 Service is not served by Kubernetes 1.33; use v1"),
        ("", "Service", "apiVersion is required, and missing; Service is served as v1"),
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            "autoscaling/v2beta2 HorizontalPodAutoscaler is not served by Kubernetes 1.33; use autoscaling/v2",
        ),
    ],
)
def test_a_kind_that_the_release_does_not_serve(api_version: str, kind: str, message: str) -> None:
    data = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}}
    assert messages(data, config=Config(kubernetes_version="1.33")) == [message]


@pytest.mark.parametrize(
    "group", ["gateway.networking.k8s.io", "snapshot.storage.k8s.io", "apps.acme.example", "cluster.x-k8s.io"]
)
def test_a_group_that_resembles_a_built_in_one_is_not_taken_for_it(group: str) -> None:
    found = verdict({"apiVersion": f"{group}/v1", "kind": "Deployment", "metadata": {}, "spec": 1})
    assert found == UnknownKind(group, "Deployment")


def test_the_environment_decides_the_release() -> None:
    data = {"apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": {"name": "x"}, "spec": {}}
    config = Config(kubernetes_version="1.30", environments=(EnvironmentSetting("prod", kubernetes_version="1.25"),))
    assert messages(data, config=config) == ["batch/v1beta1 CronJob is not served by Kubernetes 1.30; use batch/v1"]
    assert messages(data, config=config, environment="prod") == [
        "batch/v1beta1 CronJob is not served by Kubernetes 1.25; use batch/v1"
    ]


def test_a_release_without_schemas_is_named_with_the_one_that_stood_in() -> None:
    assert messages(deployment(replica=1), config=Config(kubernetes_version="v1.20.4-gke")) == [
        (
            "spec.replica is not a field of DeploymentSpec; did you mean replicas? "
            "(checked against Kubernetes 1.25, the nearest to 1.20 that is known)"
        )
    ]


def test_an_application_states_its_kubernetes_version() -> None:
    source = {"helm": {"kubeVersion": "1.25.0"}}
    data = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": {}, "spec": {}}
    found = verdict(data, controller="argocd", object={"spec": {"source": source}})
    assert found[0].message.startswith("flowcontrol.apiserver.k8s.io/v1 FlowSchema is not served by Kubernetes 1.25")


@pytest.mark.parametrize(("controller", "count"), [("flux", 0), ("none", 0), ("argocd", 1)])
def test_a_flux_variable_is_no_type_error_where_flux_may_replace_it(controller: str, count: int) -> None:
    assert len(verdict(deployment(replicas="${replicas}"), controller=controller)) == count


def test_cipher_text_of_sops_is_not_judged() -> None:
    assert verdict({**deployment(replicas="ENC[AES256_GCM,data:x,type:int]"), "sops": {"mac": "x"}}) == ()


def test_no_value_of_a_secret_is_shown() -> None:
    data = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"a": 4711, "b": ["hunter2"]}}
    assert messages(data) == [
        "data.a must be a string, not this value; put it in quotes",
        "data.b must be a string, not this value",
    ]


def test_equal_objects_are_judged_once_and_others_quickly() -> None:
    verdicts = Verdicts(Config(), Path(), CustomKinds())
    objects = [rendered(container(env=[{"name": "N", "value": str(number)}])) for number in range(500)]
    verdicts.of(objects[0])
    started = time.process_time()
    assert all(verdicts.of(item) == () for item in objects)
    assert time.process_time() - started < 0.5


def test_what_was_fine_in_an_earlier_run_is_judged_anew_for_another_release_and_controller(tmp_path: Path) -> None:
    data = container(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "NotRequired"}])
    data["spec"]["replicas"] = "${REPLICAS}"
    runs = [("flux", "1.33", 0), ("argocd", "1.33", 1), ("flux", "1.33", 0), ("flux", "1.24", 1)]
    for controller, version, count in runs:
        memory = Memory(Store(tmp_path, 1024 * 1024), b"", tmp_path)
        spares = Spares(memory)
        assert len(verdict(data, Config(kubernetes_version=version), spares=spares, controller=controller)) == count
        spares.keep()
        memory.store.close()


def test_a_secret_value_that_is_no_base64_is_not_shown() -> None:
    data = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"pin": "hunter2!"}}
    assert messages(data) == ["data.pin must be base64, and is not; write plain text under stringData"]


@pytest.mark.parametrize("release", schema_folders())
def test_the_values_of_a_newer_release_are_no_error_in_an_older_one(release: tuple[int, int]) -> None:
    claim = {"accessModes": ["ReadWriteOncePod"], "resources": {"requests": {"storage": "1Gi"}}}
    data = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x"}, "spec": claim}
    assert messages(data, config=Config(kubernetes_version="{}.{}".format(*release))) == []


def test_every_enumeration_has_values_and_most_have_a_field_in_the_newest_release() -> None:
    table = enumerations()
    assert all(values and values == sorted(values) for fields in table.values() for values in fields.values())
    newest = json.loads((list(schema_folders().values())[-1] / "_definitions.json").read_bytes())["$defs"]
    known = [name for name in table if set(table[name]) <= set(newest.get(name, {}).get("properties", {}))]
    assert len(known) > 0.8 * len(table)


def custom(spec: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    kinds = CustomKinds()
    kinds.add(definition({"type": "object", "properties": {"spec": {"type": "object", **schema}}}))
    return messages(
        {"apiVersion": "acme.example/v1", "kind": "Backup", "metadata": {"name": "x"}, "spec": spec}, kinds=kinds
    )


@pytest.mark.parametrize(
    ("spec", "schema", "expected"),
    [
        ({"a": "b"}, {"properties": {"a": {"type": "string"}}}, []),
        ({"c": "b"}, {"properties": {"a": {"type": "string"}}}, ["spec.c is not a field of spec; its fields are a"]),
        ({"c": "b"}, {"x-kubernetes-preserve-unknown-fields": True}, []),
        ({"c": "b"}, {"additionalProperties": {"type": "string"}}, []),
        ({"c": "b"}, {}, ["spec.c is not a field of spec"]),
        ({"a": 80}, {"properties": {"a": {"x-kubernetes-int-or-string": True}}}, []),
        (
            {"a": 8.5},
            {"properties": {"a": {"x-kubernetes-int-or-string": True}}},
            ["spec.a must be an integer or a string, not the number 8.5"],
        ),
        ({"a": None}, {"properties": {"a": {"type": "string"}}}, []),
        ({"a": None}, {"properties": {"a": {"type": "string", "nullable": True}}, "required": ["a"]}, []),
        (
            {"a": None},
            {"properties": {"a": {"type": "string"}}, "required": ["a"]},
            ["spec.a must be a string, not nothing"],
        ),
        ({}, {"properties": {"a": {"type": "string", "default": "x"}}, "required": ["a"]}, []),
        ({}, {"properties": {"a": {"type": "string"}}, "required": ["a"]}, ["spec.a is required, and missing"]),
        ({}, {"properties": {"a": {"not": {"required": [{}]}}}, "required": [["a"], None]}, []),
        (
            {"a": "x"},
            {"properties": {"a": {"enum": ["on", "off"]}}},
            ["spec.a must be one of on, off, not 'x'"],
        ),
        (
            {"a": 0},
            {"properties": {"a": {"minimum": 0, "exclusiveMinimum": True}}},
            ["spec.a must be over 0, not the number 0"],
        ),
        (
            {"a": "B"},
            {"properties": {"a": {"pattern": "^[a-z]+$"}}},
            ["spec.a must match the pattern ^[a-z]+$, and the string 'B' does not"],
        ),
        ({"a": "B"}, {"properties": {"a": {"pattern": "^[[:alpha:]]\\Q.\\E$"}}}, []),
        (
            {"o": {"metadata": {"name": "x"}, "kind": "P", "b": 1}},
            {
                "properties": {
                    "o": {
                        "type": "object",
                        "x-kubernetes-embedded-resource": True,
                        "properties": {"b": {"type": "integer"}},
                    }
                }
            },
            [],
        ),
        (
            {"a": 1},
            {
                "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
            [],
        ),
    ],
)
def test_a_custom_object_is_judged_as_the_api_server_does(
    spec: dict[str, Any], schema: dict[str, Any], expected: list[str]
) -> None:
    assert custom(spec, schema) == expected


def test_a_version_that_the_definition_does_not_serve() -> None:
    kinds = CustomKinds()
    kinds.add(definition({"type": "object"}, version="v2"))
    assert verdict({"apiVersion": "acme.example/v1", "kind": "Backup", "metadata": {}}, kinds=kinds) == (
        Fault(
            ("apiVersion",),
            "acme.example/v1 is not served by the CustomResourceDefinition of Backup; it serves acme.example/v2",
        ),
    )


def test_the_definition_of_the_own_environment_counts() -> None:
    kinds = CustomKinds()
    for environment, field in (("dev", "new"), ("prod", "old")):
        schema = {
            "type": "object",
            "properties": {"spec": {"type": "object", "properties": {field: {"type": "string"}}}},
        }
        kinds.add(definition(schema), environment)
    data = {"apiVersion": "acme.example/v1", "kind": "Backup", "metadata": {}, "spec": {"new": "x"}}
    assert messages(data, kinds=kinds, environment="dev") == []
    assert messages(data, kinds=kinds, environment="prod") == ["spec.new is not a field of spec; its fields are old"]
    assert messages(data, kinds=kinds) == []


@pytest.mark.parametrize("spec", [None, [], {"versions": 3}, {"group": "a", "names": [], "versions": [None]}])
def test_a_malformed_definition_teaches_nothing(spec: Any) -> None:
    kinds = CustomKinds()
    kinds.add({"apiVersion": "apiextensions.k8s.io/v1", "spec": spec})
    assert kinds.find("a/v1", "B", "") == ()


def test_a_schema_folder_in_both_layouts(tmp_path: Path) -> None:
    (tmp_path / "schemas/acme.example").mkdir(parents=True)
    text = '{"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": {"type": "integer"}}}}}'
    (tmp_path / "schemas/acme.example/backup_v1.json").write_text(text)
    (tmp_path / "schemas/restore-acme-v1.json").write_text(text)
    verdicts = Verdicts(Config(schema_folders=("schemas",)), tmp_path, CustomKinds())
    for kind in ("Backup", "Restore"):
        data = {"apiVersion": "acme.example/v1", "kind": kind, "metadata": {}, "spec": {"a": "x"}}
        found = verdicts.of(rendered(data))
        assert isinstance(found, tuple)
        assert [fault.message for fault in found] == ["spec.a must be an integer, not the string 'x'"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the schema file is not JSON"),
        ("[]", "the schema file holds no JSON object"),
        ('{"$ref": "https://example.org/x.json"}', "the schema file is no usable JSON schema"),
        ('{"type": "strange"}', "the schema file is no usable JSON schema"),
    ],
)
def test_a_bad_schema_file_is_a_configuration_error(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "backup-acme-v1.json").write_text(text)
    verdicts = Verdicts(Config(schema_folders=(".",)), tmp_path, CustomKinds())
    with pytest.raises(ConfigError, match=message):
        verdicts.of(rendered({"apiVersion": "acme.example/v1", "kind": "Backup", "metadata": {}}))


def test_a_short_schema_file_of_another_group_is_not_used(tmp_path: Path) -> None:
    named = '{"x-kubernetes-group-version-kind": [{"group": "acme.other", "kind": "Backup", "version": "v1"}]}'
    (tmp_path / "backup-acme-v1.json").write_text(named)
    verdicts = Verdicts(Config(schema_folders=(".",)), tmp_path, CustomKinds())
    found = verdicts.of(rendered({"apiVersion": "acme.example/v1", "kind": "Backup", "metadata": {}}))
    assert found == UnknownKind("acme.example", "Backup")
