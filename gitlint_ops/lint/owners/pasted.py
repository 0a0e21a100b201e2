"""What kubectl printed, read back: tables, ``-o name``, and live objects as YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gitlint_ops.lint.owners.asked import Asked, Mark
from gitlint_ops.repo.views import kind_of, metadata_map, metadata_text
from gitlint_ops.source.narrowing import mapping

ReadYaml = Callable[[str], Iterable[Any]]
"""Gives the documents of a text, JSON too; none where it is neither."""

MAX_ASKED = 5_000
"""Objects of one paste beyond these are not looked for."""
_COLUMNS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"UP-TO-DATE", "AVAILABLE", "DESIRED"}), "daemonset"),
    (frozenset({"UP-TO-DATE", "AVAILABLE"}), "deployment"),
    (frozenset({"DESIRED", "CURRENT", "READY"}), "replicaset"),
    (frozenset({"RESTARTS"}), "pod"),
    (frozenset({"CLUSTER-IP"}), "service"),
    (frozenset({"COMPLETIONS"}), "job"),
    (frozenset({"SCHEDULE", "SUSPEND"}), "cronjob"),
    (frozenset({"ACCESS", "VOLUME", "CAPACITY"}), "persistentvolumeclaim"),
    (frozenset({"CLASS", "HOSTS"}), "ingress"),
    (frozenset({"TYPE", "DATA"}), "secret"),
    (frozenset({"DATA"}), "configmap"),
    (frozenset({"ENDPOINTS"}), "endpoints"),
    (frozenset({"MINPODS", "MAXPODS"}), "horizontalpodautoscaler"),
    (frozenset({"ALLOWED", "DISRUPTIONS"}), "poddisruptionbudget"),
    (frozenset({"POD-SELECTOR"}), "networkpolicy"),
)
"""Columns by which a table of ``kubectl get`` tells its kind."""
_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9.:]*[a-z0-9])?")
_TYPED = re.compile(r"(?P<kind>[A-Za-z][\w.-]*)/(?P<name>[a-z0-9][-a-z0-9.:]*)")


def read_pasted(text: str, namespace: str, read_yaml: ReadYaml) -> tuple[Asked, ...]:
    """Give the objects that a text of kubectl names, each once; ``namespace`` for those that it gives none."""
    is_yaml = re.search(r"^[ \t]*[\"{]?\"?(?:apiVersion|kind)\"?:", text, re.MULTILINE) or text.lstrip().startswith("{")
    found = _objects(read_yaml(text)) if is_yaml else _lines(text.splitlines())
    distinct: dict[Asked, None] = {}
    for asked in found:
        if len(distinct) < MAX_ASKED:
            distinct[asked if asked.namespace or not namespace else _in(asked, namespace)] = None
    return tuple(distinct)


def _in(asked: Asked, namespace: str) -> Asked:
    return Asked(asked.name, asked.kind, namespace, asked.marks, asked.made_by)


# Tables and names


def _lines(lines: Sequence[str]) -> Iterator[Asked]:
    columns: list[str] = []
    for line in lines:
        cells = line.split()
        if cells[:1] in (["NAMESPACE"], ["NAME"]):
            columns = cells
        elif cells:
            yield from _row(cells, columns)


def _row(cells: Sequence[str], columns: Sequence[str]) -> Iterator[Asked]:
    typed = next((cell for cell in cells[:2] if _TYPED.fullmatch(cell)), None)
    if columns:
        has_namespace = columns[0] == "NAMESPACE"
        name = cells[1] if has_namespace and len(cells) > 1 else cells[0]
        yield from _named(name, cells[0] if has_namespace else "", _kind_of(columns))
    elif typed is not None:
        yield from _named(typed, cells[0] if typed is not cells[0] else "", "")
    elif len(cells) > 1 and all(map(_NAME.fullmatch, cells[:2])) and not cells[1].isdigit():
        yield Asked(cells[1], namespace=cells[0])
    elif _NAME.fullmatch(cells[0]):
        yield Asked(cells[0])


def _named(text: str, namespace: str, kind: str) -> Iterator[Asked]:
    typed = _TYPED.fullmatch(text)
    if typed is not None:
        yield Asked(typed["name"], typed["kind"], namespace)
    elif _NAME.fullmatch(text):
        yield Asked(text, kind, namespace)


def _kind_of(columns: Sequence[str]) -> str:
    own = set(columns)
    found = next((kind for wanted, kind in _COLUMNS if wanted <= own), "")
    return found or ("statefulset" if own - {"NAMESPACE"} == {"NAME", "READY", "AGE"} else "")


# Live objects


def _objects(documents: Iterable[Any]) -> Iterator[Asked]:
    for document in documents:
        items = document.get("items") if isinstance(document, Mapping) else None
        for item in items if isinstance(items, list) else [document]:
            if metadata_text(item, "name"):
                yield _live(item)


def _live(item: Mapping[str, Any]) -> Asked:
    return Asked(
        metadata_text(item, "name"),
        kind_of(item),
        metadata_text(item, "namespace"),
        tuple(_marks(item)),
        tuple(_controllers(item)),
    )


def _controllers(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    owners = mapping(item, "metadata").get("ownerReferences")
    for owner in owners if isinstance(owners, list) else ():
        if isinstance(owner, Mapping) and owner.get("controller"):
            yield str(owner.get("kind") or ""), str(owner.get("name") or "")


def _marks(item: Mapping[str, Any]) -> Iterator[Mark]:
    """Give what controllers write on what they apply: Argo CD's tracking, Flux's owner labels, Helm's release."""
    labels, annotations = metadata_map(item, "labels"), metadata_map(item, "annotations")
    tracked = annotations.get("argocd.argoproj.io/tracking-id", "").partition(":")[0]
    for name in (tracked, labels.get("argocd.argoproj.io/instance", ""), labels.get("app.kubernetes.io/instance", "")):
        if name:
            # Outside of Argo CD's own namespace an Application is called <namespace>_<name>.
            space, _, plain = name.rpartition("_")
            yield Mark("Application", plain, space)
    for kind, group in (("Kustomization", "kustomize"), ("HelmRelease", "helm")):
        name = labels.get(f"{group}.toolkit.fluxcd.io/name", "")
        if name:
            yield Mark(kind, name, labels.get(f"{group}.toolkit.fluxcd.io/namespace", ""))
    release = annotations.get("meta.helm.sh/release-name", "")
    if release:
        yield Mark("HelmRelease", release, annotations.get("meta.helm.sh/release-namespace", ""))
