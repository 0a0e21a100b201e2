"""What the API server refuses beyond the schema: each message whole, at its value."""

from __future__ import annotations

from typing import Any

import pytest

from gitlint_ops.lint.schemas.fault import Fault
from gitlint_ops.lint.schemas.validation import faults_beyond_schema
from gitlint_ops.lint.schemas.validation.formats import (
    DNS_LABEL,
    DNS_SUBDOMAIN,
    LABEL_VALUE,
    PORT_NAME,
    QUALIFIED_NAME,
)

Object = dict[str, Any]
PLACE = "spec.template.spec.containers[0]"


def faults(data: Object, *, built_in: bool = True) -> list[Fault]:
    return list(faults_beyond_schema(data, data["apiVersion"], data["kind"], built_in=built_in))


def messages(data: Object) -> list[str]:
    return [fault.message for fault in faults(data)]


def thing(api_version: str, kind: str, name: str = "web", **fields: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}


def workload(
    kind: str = "Deployment", container: Object | None = None, pod: Object | None = None, **spec: Any
) -> Object:
    containers = [{"name": "web", "image": "web:1", **(container or {})}]
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers, **(pod or {})}}
    return thing("apps/v1", kind, spec={"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec})


def job(kind: str = "Job", policy: str = "Never", **spec: Any) -> Object:
    template = {"spec": {"containers": [{"name": "web"}], "restartPolicy": policy}}
    inner = {"template": template}
    return thing("batch/v1", kind, spec={**(inner if kind == "Job" else {"jobTemplate": {"spec": inner}}), **spec})


def service(*ports: Object, **spec: Any) -> Object:
    return thing("v1", "Service", spec={"ports": list(ports), **spec})


def ingress(**rule: Any) -> Object:
    return thing("networking.k8s.io/v1", "Ingress", spec={"rules": [rule]})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (thing("v1", "ConfigMap", "Web"), f"metadata.name must be {DNS_SUBDOMAIN}, not 'Web'"),
        (thing("v1", "Namespace", "a.b"), f"metadata.name must be {DNS_LABEL}, not 'a.b'"),
        (
            {**job("CronJob", schedule="@daily"), "metadata": {"name": "x" * 53}},
            "metadata.name must have at most 52 characters, and has 53",
        ),
        (
            {**thing("v1", "ConfigMap"), "metadata": {"labels": {"a b": "c"}}},
            f"metadata.labels.a b must be {QUALIFIED_NAME}, not 'a b'",
        ),
        (
            {**thing("v1", "ConfigMap"), "metadata": {"labels": {"v": "1.0+x"}}},
            f"metadata.labels.v must be {LABEL_VALUE}, not '1.0+x'",
        ),
        (
            {**thing("v1", "ConfigMap"), "metadata": {"annotations": {"a//b": "c"}}},
            f"metadata.annotations['a//b'] must be {QUALIFIED_NAME}, not 'a//b'",
        ),
    ],
)
def test_metadata(data: Object, message: str) -> None:
    assert messages(data) == [message]


def test_metadata_of_a_custom_kind_is_text() -> None:
    data = {**thing("acme.example/v1", "Backup"), "metadata": {"name": "a", "labels": {"v": 1, "none": None}}}
    assert faults(data, built_in=False) == [
        Fault(
            ("metadata", "labels", "v"),
            "metadata.labels.v must be a string, not the number 1; put it in quotes",
            beyond_schema=True,
        )
    ]


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ({"name": "Web"}, f"{PLACE}.name must be {DNS_LABEL}, not 'Web'"),
        ({"ports": [{"containerPort": 0}]}, f"{PLACE}.ports[0].containerPort must be a port from 1 to 65535, not 0"),
        (
            {"ports": [{"containerPort": 80, "name": "http-metrics-port"}]},
            f"{PLACE}.ports[0].name must be {PORT_NAME}, not 'http-metrics-port'",
        ),
        (
            {"ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81, "name": "http"}]},
            f"{PLACE}.ports[1].name repeats the port name 'http' of {PLACE}.ports[0].name",
        ),
        (
            {"env": [{"name": "A", "value": "x", "valueFrom": {"fieldRef": {}}}]},
            f"{PLACE}.env[0].valueFrom stands beside value; a variable has one of them",
        ),
        (
            {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {}, "configMapKeyRef": {}}}]},
            f"{PLACE}.env[0].valueFrom must name one source, not secretKeyRef and configMapKeyRef",
        ),
        (
            {"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
            f"{PLACE}.volumeMounts[0].name names the volume 'data', which the pod has not",
        ),
        (
            {"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "512Mi"}}},
            f"{PLACE}.resources.requests.memory is 1Gi, over the limit of 512Mi",
        ),
        ({"resources": {"limits": {"cpu": "-1"}}}, f"{PLACE}.resources.limits.cpu must not be negative, and is -1"),
        (
            {"livenessProbe": {"periodSeconds": 3}},
            f"{PLACE}.livenessProbe must have one of exec, grpc, httpGet, tcpSocket, and has none",
        ),
        (
            {"readinessProbe": {"httpGet": {"port": "http"}, "tcpSocket": {"port": 80}}},
            f"{PLACE}.readinessProbe.tcpSocket stands beside httpGet; a probe has one handler",
        ),
        (
            {"startupProbe": {"tcpSocket": {"port": 70000}}},
            f"{PLACE}.startupProbe.tcpSocket.port must be a port from 1 to 65535, not 70000",
        ),
    ],
)
def test_a_container(container: Object, message: str) -> None:
    assert messages(workload(container=container)) == [message]


def test_a_container_name_stands_once_in_a_pod() -> None:
    (fault,) = faults(workload(pod={"initContainers": [{"name": "web"}]}))
    assert fault.field_path == ("spec", "template", "spec", "containers", 0, "name")
    first = "spec.template.spec.initContainers[0].name"
    assert fault.message == f"{PLACE}.name repeats the container name 'web' of {first}"


@pytest.mark.parametrize(
    ("volumes", "message"),
    [
        (
            [{"name": "a"}, {"name": "a"}],
            "spec.template.spec.volumes[1].name repeats the volume name 'a' of spec.template.spec.volumes[0].name",
        ),
        (
            [{"name": "a", "emptyDir": {}, "configMap": {"name": "x"}}],
            "spec.template.spec.volumes[0].configMap stands beside emptyDir; a volume has one source",
        ),
    ],
)
def test_a_volume(volumes: list[Object], message: str) -> None:
    assert messages(workload(pod={"volumes": volumes})) == [message]


def test_a_mount_names_a_volume_or_a_claim_template() -> None:
    mounts = {"volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "typo", "mountPath": "/x"}]}
    claims = [{"metadata": {"name": "data"}}]
    data = workload("StatefulSet", mounts, {"volumes": [{"name": "tmp", "emptyDir": {}}]}, volumeClaimTemplates=claims)
    assert messages(data) == [
        f"{PLACE}.volumeMounts[1].name names the volume 'typo', which the pod has not; its volumes are data, tmp"
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (workload(replicas=-1), "spec.replicas must not be negative, and is -1"),
        (workload(selector={}), "spec.selector must not be empty"),
        (
            workload(selector={"matchLabels": {"app": "api"}}),
            (
                "spec.selector.matchLabels.app is 'api', and the pod template has 'web' there; "
                "a selector has to match its own template"
            ),
        ),
        (
            workload("DaemonSet", selector={"matchLabels": {"tier": "api"}}),
            (
                "spec.selector.matchLabels.tier is 'api', and the pod template has no such label; "
                "a selector has to match its own template"
            ),
        ),
        (
            workload(pod={"restartPolicy": "Never"}),
            "spec.template.spec.restartPolicy must be Always in a Deployment, not 'Never'",
        ),
        (
            workload(strategy={"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}),
            "spec.strategy.rollingUpdate must not be set where spec.strategy.type is Recreate",
        ),
        (job(policy="Always"), "spec.template.spec.restartPolicy must be OnFailure or Never in a Job, not 'Always'"),
        (job(policy=""), "spec.template.spec must set restartPolicy to OnFailure or Never in a Job"),
        (
            job("CronJob", schedule="0 0 * * 7"),
            (
                "spec.schedule must be a schedule such as '0 3 * * *', not '0 0 * * 7': "
                "'7' is no day of the week, which goes from 0 to 6"
            ),
        ),
        (
            service({"port": 80, "name": "http"}, {"port": 81}),
            "spec.ports[1].name is required where a Service has several ports, and missing",
        ),
        (service({"port": 0}), "spec.ports[0].port must be a port from 1 to 65535, not 0"),
        (
            service({"port": 80, "name": "a"}, {"port": 80, "name": "b", "protocol": "TCP"}),
            "spec.ports[1].port repeats the port '80/TCP' of spec.ports[0].port",
        ),
        (service({"port": 80, "targetPort": "80"}), f"spec.ports[0].targetPort must be {PORT_NAME}, not '80'"),
        (
            ingress(host="WWW.acme.example"),
            "spec.rules[0].host must be a DNS name such as www.acme.example, not 'WWW.acme.example'",
        ),
        (
            ingress(http={"paths": [{"path": "api"}]}),
            "spec.rules[0].http.paths[0].path must be a path that starts with '/', not 'api'",
        ),
        (
            thing("autoscaling/v2", "HorizontalPodAutoscaler", spec={"minReplicas": 5, "maxReplicas": 3}),
            "spec.minReplicas is 5, over spec.maxReplicas, which is 3",
        ),
        (
            thing("autoscaling/v2", "HorizontalPodAutoscaler", spec={"maxReplicas": 0}),
            "spec.maxReplicas must be at least 1, and is 0",
        ),
        (
            thing("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "maxUnavailable": 1}),
            "spec.maxUnavailable stands beside spec.minAvailable; a budget has one of them",
        ),
        (
            thing("v1", "ConfigMap", data={"a": "x" * 1048577}),
            "data holds 1048577 bytes, over the limit of 1048576 for a ConfigMap",
        ),
        (
            thing("v1", "ConfigMap", data={"a/b": ""}),
            "data['a/b'] must be a key of letters, digits, '-', '_' and '.', at most 253 characters, not 'a/b'",
        ),
        (
            thing("v1", "Secret", data={"pin": "hunter2!"}),
            "data.pin must be base64, and is not; write plain text under stringData",
        ),
        (thing("v1", "ConfigMap", binaryData={"logo": "no"}), "binaryData.logo must be base64, and is not"),
    ],
)
def test_a_kind(data: Object, message: str) -> None:
    assert messages(data) == [message]


@pytest.mark.parametrize(
    "data",
    [
        workload(),
        workload(replicas=0, strategy={"type": "Recreate", "rollingUpdate": None}),
        workload(container={"ports": [{"containerPort": 80, "name": ""}], "resources": {"requests": {"cpu": "1"}}}),
        workload(container={"env": [{"name": "A", "value": "", "valueFrom": {"fieldRef": {}, "secretKeyRef": None}}]}),
        workload(container={"livenessProbe": {"httpGet": {"port": "http"}, "exec": None}, "readinessProbe": None}),
        workload(container={"resources": {"requests": {"cpu": "1000m"}, "limits": {"cpu": 1}}}),
        workload(container={"name": "${name}"}, selector={"matchLabels": {"app": "${app}"}}),
        workload(selector={"matchExpressions": [{"key": "app", "operator": "Exists"}]}),
        workload(pod={"volumes": [{"name": "a", "emptyDir": {}, "hostPath": None}]}),
        thing("apps/v1", "Deployment", spec=None),
        thing("apps/v1", "Deployment", spec={"selector": 1, "template": [{"spec": 1}]}),
        workload(pod={"containers": {"a": 1}, "volumes": "x"}),
        service({"port": 80, "targetPort": "http"}, type="ExternalName"),
        service({"port": 53, "name": "a", "protocol": "UDP"}, {"port": 53, "name": "b", "protocol": "TCP"}),
        ingress(host="*.acme.example", http={"paths": [{"path": "/"}, {"path": ""}]}),
        thing("v1", "Secret", data={"a": "<path:kv/data/db#pin>", "b": "ENC[AES256_GCM]", "c": "aGk=", "d": None}),
        {**thing("v1", "Secret", data={"pin": "hunter2!"}), "sops": {"mac": "x"}},
        thing("rbac.authorization.k8s.io/v1", "ClusterRole", "system:Node"),
        {"apiVersion": "v1", "kind": "Pod", "metadata": None, "spec": {"restartPolicy": "Never"}},
        thing("serving.knative.dev/v1", "Service", spec={"ports": [{"port": 0}]}),
    ],
)
def test_what_the_api_server_takes_is_fine(data: Object) -> None:
    assert messages(data) == []


def test_a_fault_lies_on_its_value_and_that_of_a_key_on_the_key() -> None:
    (value,) = faults(workload(container={"resources": {"requests": {"cpu": 2}, "limits": {"cpu": 1}}}))
    assert (value.field_path[-3:], value.on_key, value.exact) == (("resources", "requests", "cpu"), False, True)
    (key,) = faults(thing("v1", "ConfigMap", data={"a/b": ""}))
    assert (key.field_path, key.on_key, key.exact) == (("data", "a/b"), True, True)
    (missing,) = faults(job(policy=""))
    assert (missing.field_path, missing.on_key, missing.exact) == (("spec", "template", "spec"), True, False)
