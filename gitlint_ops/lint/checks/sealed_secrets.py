"""Checks of SealedSecrets: whether they still unseal where they land, who may unseal them, what they leave in plain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitlint_ops.lint.checks.declarations import at_field
from gitlint_ops.lint.checks.secret_objects import plain_fields
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.source.model import Document, FieldPath, Json, Span

KIND = "SealedSecret"
GROUP = "bitnami.com"
_CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide"
_NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide"
_ANNOTATIONS: tuple[FieldPath, ...] = (("spec", "template", "metadata", "annotations"), ("metadata", "annotations"))
"""Where the scope is written; the controller reads the template's, kubeseal writes both."""
_TEMPLATE_DATA: FieldPath = ("spec", "template", "data")
_MAX_NAMED = 5
_MANY = 2
"""So many places may move one SealedSecret before it is taken for shared."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A SealedSecret as kubeseal wrote it; ``namespace`` is '' where neither it nor its template states one."""

    document: Document
    name: str
    namespace: str

    @property
    def place(self) -> tuple[str, int]:
        """Path and index of the document."""
        return self.document.path, self.document.index


@dataclass(frozen=True, slots=True)
class Moved:
    """A rendered SealedSecret that does not unseal: the field that changed, from what to what, and the sealed one."""

    item: RenderedObject
    field: str
    before: str
    after: str
    sealed: Sealed


def scope_of(data: Mapping[str, Any]) -> str:
    """Give ``cluster-wide``, ``namespace-wide`` or ``strict``."""
    for key, scope in ((_CLUSTER_WIDE, "cluster-wide"), (_NAMESPACE_WIDE, "namespace-wide")):
        if any(str(_at(data, (*path, key))).lower() == "true" for path in _ANNOTATIONS):
            return scope
    return "strict"


def _at(data: Json, path: FieldPath) -> Json:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _is_sealed(value: Json) -> bool:
    return (
        isinstance(value, Mapping)
        and value.get("kind") == KIND
        and str(value.get("apiVersion")).startswith(f"{GROUP}/")
    )


def _documents(context: CheckContext) -> Sequence[Document]:
    return context.once("sealed-documents", lambda: [d for d in context.tree.documents() if _is_sealed(d.value)])


# Moved away from the name or namespace they are sealed for


def sealed_secret_rescoped(context: CheckContext) -> Iterator[Violation]:
    """Report SealedSecrets whose sealed name or namespace the render changes, once for each line that does so.

    One that several places move is one finding, where it is sealed: it cannot be shared.
    """
    by_document: dict[tuple[str, int], list[tuple[Span | str, Moved]]] = defaultdict(list)
    for moved in _all_moved(context):
        by_document[moved.sealed.place].append((_where(context, moved), moved))
    groups: dict[tuple[Span | str, str, tuple[str, ...]], list[Moved]] = defaultdict(list)
    for found in by_document.values():
        if len({where for where, _ in found}) > _MANY:
            yield _shared(context, found)
            continue
        for where, moved in found:
            change = (moved.before, moved.after) if moved.field == "namespace" else ()
            groups[(where, moved.field, change)].append(moved)
    for (where, *_), items in groups.items():
        yield _rescoped(context, where, sorted(items, key=lambda m: (m.sealed.place, m.after)))


def _shared(context: CheckContext, found: Sequence[tuple[Span | str, Moved]]) -> Violation:
    first = found[0][1]
    after = list(dict.fromkeys(moved.after for _, moved in found))
    identity = first.before if first.field == "name" else f"the namespace {first.before}"
    message = (
        f"SealedSecret {first.sealed.name} is sealed for {identity} and applied as {_listed(after)}, where the "
        f"controller cannot unseal it: it cannot be shared; seal one for each place that applies it"
    )
    span, exact = context.tree.nearest(*first.sealed.place, ("metadata", "name"))
    return Violation(
        message,
        span=span,
        exact=exact,
        deliveries=tuple(moved.item.delivery for _, moved in found),
        related=tuple(Related(where, "moved here") for where, _ in found if isinstance(where, Span)),
    )


def _all_moved(context: CheckContext) -> Iterator[Moved]:
    originals = _originals(context)
    for item in context.of_kinds((KIND,), (GROUP,)) if originals else ():
        candidates = originals.get(_cipher(item.data), [])
        faults = [_fault(item, sealed) for sealed in candidates]
        if faults and all(faults):
            here = [fault for fault in faults if fault and fault.sealed.document.path == item.source_path]
            yield next(iter(here), None) or next(fault for fault in faults if fault)


def _originals(context: CheckContext) -> Mapping[str, list[Sealed]]:
    """Give the sealed documents by their cipher text, which no transformer changes."""
    found: dict[str, list[Sealed]] = defaultdict(list)
    for document in _documents(context):
        namespace = _at(document.value, ("metadata", "namespace")) or _at(
            document.value, ("spec", "template", "metadata", "namespace")
        )
        name = str(_at(document.value, ("metadata", "name")) or "")
        found[_cipher(document.value)].append(Sealed(document, name, str(namespace or "")))
    found.pop("", None)
    return found


def _cipher(data: Mapping[str, Any]) -> str:
    encrypted = _at(data, ("spec", "encryptedData"))
    return "\0".join(sorted(map(str, encrypted.values()))) if isinstance(encrypted, Mapping) else ""


def _fault(item: RenderedObject, sealed: Sealed) -> Moved | None:
    scope = scope_of(item.data)
    if scope == "strict" and item.name != sealed.name:
        return Moved(item, "name", sealed.name, item.name, sealed)
    if scope != "cluster-wide" and sealed.namespace and item.namespace and item.namespace != sealed.namespace:
        return Moved(item, "namespace", sealed.namespace, item.namespace, sealed)
    return None


def _where(context: CheckContext, moved: Moved) -> Span | str:
    """Give the line that moves it; where a delivery's own namespace does so, that delivery's id.

    A prefix only adds to the name, which stands in the sealed document: the place outside of that is the change.
    """
    if _from_delivery(moved):
        return moved.item.delivery.id
    origins = context.provenance.origins(moved.item, ("metadata", moved.field))
    return next((o for o in origins if o.span.path != moved.sealed.document.path), origins[0]).span


def _from_delivery(moved: Moved) -> bool:
    """Whether the namespace is the one that the delivery gives to objects without any."""
    return moved.field == "namespace" and not _at(moved.item.data, ("metadata", "namespace"))


def _rescoped(context: CheckContext, where: Span | str, items: Sequence[Moved]) -> Violation:
    first = items[0]
    places = {moved.sealed.place for moved in items}
    spans = (context.tree.nearest(path, index, ("metadata", "name"))[0] for path, index in sorted(places))
    violation = Violation(
        _rescoped_message(items),
        deliveries=tuple(moved.item.delivery for moved in items),
        related=tuple(Related(span, "sealed here") for span in spans),
    )
    if isinstance(where, Span):
        return replace(violation, span=where, object=first.item, field_path=("metadata", first.field))
    return at_field(context, first.item.delivery, ("spec", "destination", "namespace"), violation)


def _rescoped_message(items: Sequence[Moved]) -> str:
    names = list(dict.fromkeys(moved.sealed.name for moved in items))
    after = list(dict.fromkeys(moved.after for moved in items))
    many = len(names) > 1
    who, them = (f"SealedSecrets {_listed(names)} are", "them") if many else (f"SealedSecret {names[0]} is", "it")
    if items[0].field == "namespace":
        before, target = f"the namespace {items[0].before}", f"in {after[0]}"
        remedy = f"seal {them} for {after[0]}, or leave the namespace as it is"
    else:
        before, target = "these names" if many else "this name", f"as {_listed(after)}"
        remedy = f"seal {them} for the new {'names' if many else 'name'}, or leave out what renames {them}"
    return f"{who} sealed for {before} and applied {target}, where the controller cannot unseal {them}; {remedy}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MAX_NAMED]) + (f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else "")


# Open to the whole cluster


def sealed_secret_cluster_wide(context: CheckContext) -> Iterator[Violation]:
    """Report SealedSecrets that unseal under any name in any namespace, at the annotation that says so."""
    message = (
        "this SealedSecret unseals under any name in any namespace, so whoever may create one in some namespace can "
        "read it there; seal it for its own place (kubeseal --scope strict), or for its namespace (--scope "
        "namespace-wide)"
    )
    for item, document in _everywhere(context):
        data: Mapping[str, Any] = item.data if item else document.value if document else {}
        if scope_of(data) == "cluster-wide":
            path = next(
                (*p, _CLUSTER_WIDE) for p in reversed(_ANNOTATIONS) if str(_at(data, (*p, _CLUSTER_WIDE))) != "None"
            )
            yield _at_place(context, item, document, path, message)


def _everywhere(context: CheckContext) -> Iterator[tuple[RenderedObject | None, Document | None]]:
    """Give the rendered SealedSecrets, then those of files that nothing renders."""
    rendered = list(context.of_kinds((KIND,), (GROUP,)))
    yield from ((item, None) for item in rendered)
    seen = {item.source_path for item in rendered}
    yield from ((None, document) for document in _documents(context) if document.path not in seen)


def _at_place(
    context: CheckContext, item: RenderedObject | None, document: Document | None, path: FieldPath, message: str
) -> Violation:
    if document is None:
        return Violation(message, object=item, field_path=path)
    span, exact = context.tree.nearest(document.path, document.index, path)
    return Violation(message, span=span, exact=exact)


# In plain


def sealed_secret_plain_template(context: CheckContext) -> Iterator[Violation]:
    """Report SealedSecrets whose template adds credentials that are not sealed, once each, naming keys only."""
    for item, document in _everywhere(context):
        data: Mapping[str, Any] = item.data if item else document.value if document else {}
        written = _at(data, _TEMPLATE_DATA)
        if isinstance(written, Mapping):
            texts = {"apiVersion": "v1", "kind": "Secret", "stringData": written}
            keys = [str(path[1]) for path in plain_fields(texts, deployed=item is not None)]
            if keys:
                yield _at_place(context, item, document, (*_TEMPLATE_DATA, keys[0]), _plain_message(keys))


def _plain_message(keys: Sequence[str]) -> str:
    it, value = ("them", "values") if len(keys) > 1 else ("it", "value")
    return (
        f"spec.template.data puts {_listed(keys)} into the Secret in plain text: only encryptedData is sealed; "
        f"seal {it} with kubeseal --merge-into, or refer to {it} as {{{{ .{keys[0]} }}}} there, and change {it}: "
        f"Git's history keeps the old {value}"
    )
