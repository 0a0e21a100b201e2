from __future__ import annotations

import pytest

from gitlint_ops.config import ExemptSetting
from gitlint_ops.lint.system_components import SystemComponents
from tests.lint.support import rendered


def known(name: str, namespace: str, image: str, **own: tuple[str, ...]) -> bool:
    item = rendered(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"containers": [{"name": "a", "image": image}]},
        }
    )
    return SystemComponents(ExemptSetting(**own)).has(item)


@pytest.mark.parametrize(
    ("name", "namespace", "image"),
    [
        ("anything", "kube-system", "registry.example.com/app:1.2.3"),
        ("kube-prometheus-node-exporter", "monitoring", "registry.example.com/app:1.2.3"),
        ("agent", "monitoring", "quay.io/prometheus/node-exporter:v1.8.0"),
        ("agent", "monitoring", "prom/node-exporter:v1.8.0"),
    ],
)
def test_a_component_is_known_by_namespace_name_or_image(name: str, namespace: str, image: str) -> None:
    assert known(name, namespace, image)


def test_others_are_not() -> None:
    assert not known("web", "web", "registry.example.com/web:1.2.3")


@pytest.mark.parametrize("own", [{"namespaces": ("web*",)}, {"names": ("we?",)}, {"images": ("*/web",)}])
def test_a_configuration_adds_its_own(own: dict[str, tuple[str, ...]]) -> None:
    assert known("web", "web", "registry.example.com/web:1.2.3", **own)
