"""Checks of secrets in Git. No message, place or memory of these checks shows a secret's value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from gitlint_ops.lint.checks.chart_values import unrendered_values
from gitlint_ops.lint.checks.named_values import named_values
from gitlint_ops.lint.checks.placeholders import is_weak
from gitlint_ops.lint.checks.plain_secrets import (
    PlainKey,
    PlainSecret,
    claimed_lines,
    plain_secrets,
    unrendered_generators,
)
from gitlint_ops.lint.checks.secret_values import Credential, entropy, is_secret_text, looks_random
from gitlint_ops.lint.checks.source_credentials import (
    SourceCredential,
    credentials_in,
    shown_name,
    source_credentials,
)
from gitlint_ops.lint.checks.trial_builds import users_of
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.render.model import RenderedObject
from gitlint_ops.repo.model import Delivery, HelmUnit, Kustomization, KustomizeUnit
from gitlint_ops.source.model import FieldPath

DEFAULT_SKIP = (
    "*.md",
    "*.markdown",
    "*.rst",
    "*.adoc",
    "*.lock",
    "*.sum",
    "*.svg",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "*.schema.json",
    "*.example",
    "*.sample",
    "*.dist",
    ".secrets.baseline",
    "*_test.go",
    "*_test.py",
    "test_*.py",
    "*.test.[jt]s",
    "*.spec.[jt]s",
)
"""Documentation, locks, samples, tests of programs: what looks like a credential there is an example or a digest."""
_REMEDY = (
    "move it into a Secret that SOPS or Sealed Secrets encrypts or External Secrets fetches, and change it: Git's "
    "history keeps the old value"
)
_MAX_NAME = 80
_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
"""The letters of base64 and hex; image references, URLs and host names hold others."""


def plaintext_secret(context: CheckContext) -> Iterator[Violation]:
    """Report each Secret whose data reaches Git in plain, once a file that writes it, naming keys and never values."""
    written = source_credentials(context, DEFAULT_SKIP)
    for secret in (*plain_secrets(context, written), *unrendered_generators(context)):
        keys = [key for key in secret.keys if not _matches(key.name, context.options["allow_keys"])]
        allowed = any(_matches(item.name, context.options["allow_names"]) for item in secret.objects)
        if keys and not allowed:
            yield _plain(secret, keys)


def _plain(secret: PlainSecret, keys: Sequence[PlainKey]) -> Violation:
    first, *others = keys
    names = ", ".join(_short(key.name) for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
    pronoun, value = ("it", "value") if len(keys) == 1 else ("them", "values")
    message = (
        f"this Secret's data is in Git in plain text: {names}; encrypt {pronoun} with SOPS or Sealed Secrets, or fetch "
        f"{pronoun} with External Secrets, and change {pronoun}: Git's history keeps the old {value}"
    )
    related = [Related(key.span, f"{_short(key.name)} is plain too") for key in others]
    related += [Related(span, "the value comes through here") for span in first.also]
    return Violation(
        message,
        span=first.span,
        exact=first.exact,
        object=next(iter(secret.objects), None),
        field_path=first.field_path,
        deliveries=secret.deliveries or tuple(item.delivery for item in secret.objects),
        related=tuple(related),
    )


def secret_value(context: CheckContext) -> Iterator[Violation]:
    """Report credentials outside of Secrets, in files and in rendered objects, each at the line that writes it."""
    skip = (*DEFAULT_SKIP, *context.options["skip_files"])
    every = source_credentials(context, skip)
    written = [c for c in every if not _matches(c.name, context.options["allow_keys"])]
    claimed = claimed_lines(plain_secrets(context, source_credentials(context, DEFAULT_SKIP)))
    claimed |= claimed_lines(tuple(unrendered_generators(context)))
    open_ones = [c for c in written if (c.span.path, c.span.line) not in claimed]
    deployed, composed = _in_rendered(context, every)
    applied = _applied_files(context)
    for credential in open_ones:
        users = deployed.get(id(credential), ())
        if users or credential.span.path in applied or not is_weak(credential.value):
            also = context.unrendered_readers(credential.span.path) if users else ()
            yield _written(credential, (*users, *also))
    yield from composed
    if context.options["high_entropy"]:
        yield from _random_looking(context, claimed, {c.value for c in every})


def _written(credential: SourceCredential, users: Sequence[Delivery]) -> Violation:
    message = _message(credential.kind, credential.name, credential.span.path)
    return Violation(message, span=credential.span, exact=credential.exact, deliveries=tuple(users))


def _message(kind: str, name: str, path: str) -> str:
    where = f", in {_short(name)}" if name else ""
    article = "an" if kind[0] in "aeioAO" or kind.startswith("npm") else "a"
    return f"{path} holds {article} {kind} in plain text{where}; {_REMEDY}"


def _short(name: str) -> str:
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"


def _matches(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _applied_files(context: CheckContext) -> frozenset[str]:
    """Give the files that controllers read although nothing here renders them: declarations, values of charts."""
    declared = {d.document[0] for d in context.deliveries if d.document}
    return frozenset(declared | {values.file for values in unrendered_values(context) if values.file})


# Rendered objects


def _in_rendered(
    context: CheckContext, written: Sequence[SourceCredential]
) -> tuple[Mapping[int, tuple[Delivery, ...]], list[Violation]]:
    """Give which deliveries each written credential reaches, and the credentials that only rendering puts together."""
    by_value: dict[str, list[SourceCredential]] = defaultdict(list)
    for credential in written:
        by_value[credential.value].append(credential)
    reached: dict[int, dict[str, Delivery]] = defaultdict(dict)
    composed: list[Violation] = []
    for item in context.objects:
        is_composed = _is_composed(context, item)
        if not (is_composed or by_value) or item.kind in ("Secret", "SealedSecret", "CustomResourceDefinition"):
            continue
        for path, name, found in credentials_in(item.data):
            sources = _sources(context, item, (path, found), by_value.get(found.value, []))
            for source in sources:
                reached[id(source)][item.delivery.id] = item.delivery
            # A text of several lines that holds a known value says nothing of where that stands in it.
            is_new = found.value not in by_value or (found.line < 0 and not sources)
            if is_new and is_composed and not _matches(name, context.options["allow_keys"]):
                shown = name if found.line >= 0 else shown_name(path, name)
                composed.append(_rendered(context, item, path, (found.kind, shown)))
    return {key: tuple(users.values()) for key, users in reached.items()}, composed


_MOVING = frozenset({"patchesJson6902", "replacements", "vars"})
"""Fields of a kustomization that write a value where its key is not beside it."""


def _is_composed(context: CheckContext, item: RenderedObject) -> bool:
    """Whether rendering may write values that no file holds under their names.

    Templates, generators, substitution, and the patches and replacements that only name the path of a field.
    """
    unit = item.unit
    if isinstance(unit, KustomizeUnit):
        composed = unit.enable_helm or unit.flux is not None or item.kind == "ConfigMap"
        return composed or unit.path in context.once("secrets.moving", lambda: _moving_folders(context))
    return isinstance(unit, HelmUnit)


def _moves(context: CheckContext, kustomization: Kustomization) -> bool:
    """Whether a kustomization has such a field, a patch in its own text, or a file of JSON operations."""
    patches = kustomization.data.get("patches")
    entries = [entry for entry in patches if isinstance(entry, dict)] if isinstance(patches, list) else []
    files = [r.target for r in kustomization.references if r.role == "patches" and r.exists]
    documents = (document for file in files for document in context.tree.read(file).documents)
    moves = bool(_MOVING & kustomization.data.keys()) or any("patch" in entry for entry in entries)
    return moves or any(isinstance(document.value, list) for document in documents)


def _moving_folders(context: CheckContext) -> frozenset[str]:
    """Give the kustomization folders that have such a field, or build upon one that has."""
    kustomizations = context.graph.kustomizations
    users = users_of(context)
    found: set[str] = set()
    ahead = [folder for folder, kustomization in kustomizations.items() if _moves(context, kustomization)]
    while ahead:
        folder = ahead.pop()
        if folder not in found:
            found.add(folder)
            ahead += users.get(folder, ())
    return frozenset(found)


def _sources(
    context: CheckContext,
    item: RenderedObject,
    found: tuple[FieldPath, Credential],
    candidates: Sequence[SourceCredential],
) -> Sequence[SourceCredential]:
    """Give which of the written credentials of one value are behind a rendered field: any may, where nothing tells."""
    path, credential = found
    origins = context.provenance.origins(item, path) if candidates else ()
    if not any(origin.exact for origin in origins):
        return candidates
    files = {o.span.path for o in origins if credential.line >= 0}
    near = {(o.span.path, line) for o in origins for line in range(o.span.line, o.span.end_line + 1)}
    return [c for c in candidates if c.span.path in files or (c.span.path, c.span.line) in near]


def _rendered(context: CheckContext, item: RenderedObject, path: FieldPath, found: tuple[str, str]) -> Violation:
    kind, name = found
    origin = context.provenance.origins(item, path)[0]
    message = _message(kind, name, origin.span.path)
    return Violation(message, object=item, field_path=path, cause=f"{kind} {name}")


# Entropy


def _random_looking(context: CheckContext, claimed: frozenset[tuple[str, int]], known: set[str]) -> Iterator[Violation]:
    """Report strings of YAML files that look drawn by a machine, under any key (the option high_entropy)."""
    for document in context.tree.documents():
        if isinstance(document.value, Mapping) and document.value.get("kind") in ("Secret", "SealedSecret"):
            continue
        for path, name, value in named_values(document.value):
            if not path or not isinstance(value, str) or value in known or not _is_random(value):
                continue
            span, exact = context.tree.nearest(document.path, document.index, path)
            if (span.path, span.line) not in claimed:
                yield Violation(_message("high-entropy string", name, document.path), span=span, exact=exact)


def _is_random(text: str) -> bool:
    return bool(_RANDOM.fullmatch(text)) and looks_random(text) and is_secret_text(text) and entropy(text) >= 4.0
