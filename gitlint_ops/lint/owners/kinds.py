"""Kinds as people type them: ``deploy``, ``deployments.apps``, ``Deployment``; and who makes objects that Git lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.narrowing import mapping

_SHORT = {
    "cj": "cronjob",
    "cm": "configmap",
    "crd": "customresourcedefinition",
    "crds": "customresourcedefinition",
    "deploy": "deployment",
    "ds": "daemonset",
    "ep": "endpoints",
    "es": "externalsecret",
    "gtw": "gateway",
    "hpa": "horizontalpodautoscaler",
    "hr": "helmrelease",
    "ing": "ingress",
    "ks": "kustomization",
    "netpol": "networkpolicy",
    "no": "node",
    "ns": "namespace",
    "pc": "priorityclass",
    "pdb": "poddisruptionbudget",
    "po": "pod",
    "pv": "persistentvolume",
    "pvc": "persistentvolumeclaim",
    "quota": "resourcequota",
    "ro": "rollout",
    "rs": "replicaset",
    "sa": "serviceaccount",
    "sc": "storageclass",
    "sts": "statefulset",
    "svc": "service",
}
"""Short names of kubectl api-resources, of Kubernetes and of the operators that GitOps repositories use."""
_UNSHORTENED = "clusterrole clusterrolebinding controllerrevision endpointslice job role rolebinding secret"
_KINDS = frozenset({*_SHORT.values(), *_UNSHORTENED.split()})
_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes draws random names from (apimachinery, util/rand)."""
_POD_OF_REPLICA_SET = re.compile(rf"(?P<name>.+)-[{_SAFE}]{{5,10}}-[{_SAFE}]{{5}}")
_DRAWN = re.compile(rf"(?P<name>.+)-[{_SAFE}]{{5}}")
_TEMPLATE_HASH = re.compile(rf"(?P<name>.+)-[{_SAFE}]{{5,10}}")
_ORDINAL = re.compile(r"(?P<name>.+)-\d+")
_SCHEDULED = re.compile(rf"(?P<name>.+)-\d{{8,10}}(?:-[{_SAFE}]{{5}})?")

_MAKERS: Mapping[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = {
    "pod": (
        (_POD_OF_REPLICA_SET, ("deployment", "rollout")),
        (_SCHEDULED, ("cronjob",)),
        (_DRAWN, ("daemonset", "job", "replicaset")),
        (_ORDINAL, ("statefulset",)),
    ),
    "replicaset": ((_TEMPLATE_HASH, ("deployment", "rollout")),),
    "job": ((_SCHEDULED, ("cronjob",)),),
    "endpoints": ((re.compile(r"(?P<name>.+)"), ("service",)),),
    "endpointslice": ((_DRAWN, ("service",)),),
    "controllerrevision": ((_TEMPLATE_HASH, ("statefulset", "daemonset")),),
}
"""For a kind that controllers make: how its names are made, and of which kinds' names."""


def singular(kind: str) -> str:
    """Give a kind as asked for in lower case, without its group and its plural: ``deployments.apps`` is deployment."""
    plain = kind.lower().partition(".")[0]
    if plain in _SHORT:
        return _SHORT[plain]
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if plain.endswith(ending):
            return plain.removesuffix(ending) + instead
    return plain if plain.endswith(("ss", "endpoints")) else plain.removesuffix("s")


def is_common(word: str) -> bool:
    """Whether a word is a kind that every cluster knows, or the short name of one."""
    return word.lower() in _SHORT or singular(word) in _KINDS


def is_kind(asked: str, kind: str) -> bool:
    """Whether a kind as asked for is an object's kind; '' asks for any."""
    return not asked or singular(asked) in {kind.lower(), singular(kind)}


def made_from(kind: str, name: str) -> Iterator[tuple[str, str]]:
    """Give the kinds and names of what may have made an object, the likeliest first; a kind of '' may be a pod."""
    own = singular(kind) if kind else "pod"
    for pattern, makers in _MAKERS.get(own, ()):
        found = pattern.fullmatch(name)
        if found is not None:
            yield from ((maker, found["name"]) for maker in makers)


def claims(item: RenderedObject, kind: str, name: str) -> bool:
    """Whether an object is the StatefulSet behind a volume claim of this name."""
    if item.kind != "StatefulSet" or singular(kind) != "persistentvolumeclaim":
        return False
    own = re.escape(item.name)
    return any(re.fullmatch(rf"{re.escape(claim)}-{own}-\d+", name) for claim in _templates(mapping(item.data, "spec")))


def _templates(spec: Mapping[str, Any]) -> Iterator[str]:
    templates = spec.get("volumeClaimTemplates")
    for template in templates if isinstance(templates, list) else ():
        if isinstance(template, Mapping):
            yield str(mapping(template, "metadata").get("name") or "")
