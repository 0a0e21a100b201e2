"""Where a fault can stand in a repository of Kustomize bases, overlays and components."""

from __future__ import annotations

from typing import Any

from tests.e2e.planting.fault import HERE, MARK, Entry, Field, Files, Whole, kustomization, quoted
from tests.e2e.planting.patch_texts import field_path, merge_patch, operation

_OVER_BASE = kustomization(resources=["../../base"])
_COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}


def folder(fault: Whole) -> Files:
    """A file that a kustomization for production lists."""
    return {"apps/prod/kustomization.yaml": kustomization(resources=["o.yaml"]), "apps/prod/o.yaml": fault.bad_object}


def base(fault: Whole) -> Files:
    """A base that two overlays use."""
    return {**_overlays(), **_base(fault.bad_object)}


def overlay_patch(fault: Field) -> Files:
    """A strategic merge patch of one overlay."""
    return {
        **_base(fault.good_object),
        "overlays/prod/patch.yaml": merge_patch(fault),
        **_overlays(patches=[{"path": "patch.yaml"}]),
    }


def inline_patch(fault: Field) -> Files:
    """A strategic merge patch inside the overlay's kustomization."""
    lines = "".join(f"      {line}\n" for line in merge_patch(fault).splitlines())
    text = f"resources: [../../base]\npatches:\n  - patch: |-\n{lines}"
    return {**_base(fault.good_object), **_overlays(), "overlays/prod/kustomization.yaml": text}


def json_patch(fault: Field) -> Files:
    """A JSON 6902 patch in a file of the overlay."""
    patch = {"path": "patch.yaml", "target": {"kind": fault.kind}}
    return {
        **_base(fault.good_object),
        "overlays/prod/patch.yaml": operation(fault),
        **_overlays(patches=[patch]),
    }


def component_patch(fault: Field) -> Files:
    """A patch of a component that one overlay takes."""
    return {
        **_base(fault.good_object),
        "components/hard/kustomization.yaml": kustomization(**_COMPONENT, patches=[{"path": "patch.yaml"}]),
        "components/hard/patch.yaml": merge_patch(fault),
        **_overlays(components=["../../components/hard"]),
    }


def component(fault: Whole) -> Files:
    """A resource of a component that one overlay takes."""
    return {
        **_base(_OTHER),
        "components/hard/kustomization.yaml": kustomization(**_COMPONENT, resources=["o.yaml"]),
        "components/hard/o.yaml": fault.bad_object,
        **_overlays(components=["../../components/hard"]),
    }


def replacement(fault: Field) -> Files:
    """A ConfigMap that a replacement of the overlay copies from."""
    entry = {
        "source": {"kind": "ConfigMap", "name": "slots", "fieldPath": "metadata.annotations.slot"},
        "targets": [{"select": {"kind": fault.kind, "name": fault.object_name}, "fieldPaths": [field_path(fault)]}],
    }
    return {
        **_base(fault.good_object),
        **_overlays(),
        "overlays/prod/kustomization.yaml": kustomization(resources=["../../base", "slots.yaml"], replacements=[entry]),
        "overlays/prod/slots.yaml": config_map("slots", "  annotations:\n    slot", fault),
    }


def overlay_entry(fault: Entry) -> Files:
    """The kustomization of one overlay."""
    return {
        **_base(fault.object),
        **_overlays(),
        "overlays/prod/kustomization.yaml": fault.text.replace("BASE", "../../base"),
    }


def base_entry(fault: Entry) -> Files:
    """The kustomization of a base that two overlays use."""
    return {
        **_overlays(),
        "base/o.yaml": fault.object,
        "base/kustomization.yaml": fault.text.replace("BASE", "o.yaml"),
    }


def middle_entry(fault: Entry) -> Files:
    """An overlay that is itself the base of overlays."""
    return {
        "root/o.yaml": fault.object,
        "root/kustomization.yaml": kustomization(resources=["o.yaml"]),
        "base/kustomization.yaml": fault.text.replace("BASE", "../root"),
        **_overlays(),
    }


def component_entry(fault: Entry) -> Files:
    """The kustomization of a component that one overlay takes."""
    head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    return {
        **_base(fault.object),
        "components/hard/kustomization.yaml": head + fault.text.replace("BASE", "more.yaml"),
        "components/hard/more.yaml": _OTHER,
        **_overlays(components=["../../components/hard"]),
    }


def config_map(name: str, place: str, fault: Field) -> str:
    """Give a ConfigMap that holds the bad value; ``place`` are the lines before it, up to its key."""
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
    return f"{head}{place}: {quoted(fault.bad)}{MARK}\n"


_OTHER = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {HERE}-other\ndata:\n  mode: plain\n"


def _base(text: str) -> dict[str, str]:
    return {"base/kustomization.yaml": kustomization(resources=["o.yaml"]), "base/o.yaml": text}


def _overlays(**production: Any) -> dict[str, str]:
    """Two overlays of the base; what is given is production's."""
    return {
        "overlays/dev/kustomization.yaml": _OVER_BASE,
        "overlays/prod/kustomization.yaml": kustomization(resources=["../../base"], **production),
    }
