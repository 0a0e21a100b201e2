"""Stable, readable, unique ids of deliveries and ApplicationSets: ``argocd:Application/argocd/web@clusters/prod``."""

from __future__ import annotations

import posixpath
from itertools import chain, count

from gitlint_ops.repo.context import Context
from gitlint_ops.repo.model import Declared
from gitlint_ops.repo.views import group_of, kind_of, metadata_text


def delivery_id(context: Context, controller: str, declared: Declared, namespace: str, scope: str = "") -> str:
    """Give the id of what an object declares; the same object read from its file and rendered by its parent has one id.

    A scope follows ``@``: the one given, or one found where objects of this kind and name are declared in several
    files, or by several parents.
    """
    base = f"{controller}:{kind_of(declared.data)}/{namespace}/{metadata_text(declared.data, 'name')}"
    scoped = f"{base}@{scope or _scope(declared)}"
    plain = [] if scope or _is_ambiguous(context, declared) else [base]
    giver = declared.parent.id if declared.parent is not None else declared.scope
    owner = (declared.path, declared.document, giver)
    numbered = (f"{scoped}#{number}" for number in count(2))
    named = [*plain, scoped, *([f"{base}@{declared.path}"] if declared.path else [])]
    free = (wanted for wanted in chain(named, numbered) if _is_free(context, wanted, owner))
    identity = next(free)
    context.identities[identity] = owner
    return identity


def _is_free(context: Context, wanted: str, owner: tuple[str, int | None, str]) -> bool:
    holder = context.identities.get(wanted)
    return holder is None or _same_object(holder, owner)


def _same_object(holder: tuple[str, int | None, str], owner: tuple[str, int | None, str]) -> bool:
    """Whether two sightings are of one object: the same file and document, once raw and once rendered by its parent."""
    same_parent = holder[2] == owner[2] or "" in {holder[2], owner[2]}
    same_document = holder[1] == owner[1] or (None in {holder[1], owner[1]} and holder[2] != owner[2])
    return holder[0] == owner[0] and same_document and same_parent


def _is_ambiguous(context: Context, declared: Declared) -> bool:
    data = declared.data
    places: set[tuple[str, int | None]] = set()
    givers: set[str] = set()
    for other in context.index.named(kind_of(data), metadata_text(data, "name"), group_of(data)):
        if _identity(other) == _identity(declared):
            places.add((other.path, other.document))
            givers |= {other.parent.id if other.parent is not None else other.scope} - {""}
    return len({path for path, _ in places}) > 1 or len(givers) > 1


def _identity(declared: Declared) -> tuple[str, str]:
    return metadata_text(declared.data, "namespace"), metadata_text(declared.data, "name")


def _scope(declared: Declared) -> str:
    """Give what tells an object from its namesakes: its parent's scope, folder or name, else the folder of its file."""
    parent = declared.parent
    if parent is None:
        return declared.scope or posixpath.dirname(declared.path) or "."
    if parent.controller == "none" and parent.units:
        return parent.units[0].path
    return parent.id.partition("@")[2] or parent.name or parent.id
