"""Checks of SOPS: what should be encrypted and is not, what nobody can decrypt, what others can. No value is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Protocol

from gitlint_ops.lint.checks.delivered_files import deliveries_of_file
from gitlint_ops.lint.checks.secret_objects import plain_fields
from gitlint_ops.lint.checks.sops_config import (
    CreationRule,
    Selector,
    broken_rules,
    governed_files,
    selectors_in,
)
from gitlint_ops.lint.checks.sops_coverage import is_secret_document, plain_spans
from gitlint_ops.lint.checks.sops_documents import (
    METADATA,
    Leaf,
    SopsFile,
    cipher_fault,
    has_metadata,
    is_cipher,
    leaves,
    sops_files,
    to_encrypt,
)
from gitlint_ops.lint.checks.sops_keys import METADATA_LISTS, metadata_entries, metadata_recipients
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.source.model import Document, FieldPath, Span

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_MAX_NAMED = 5
_MAX_RECIPIENT = 100


def sops_rule_unmet(context: CheckContext) -> Iterator[Violation]:
    """Report each file that a creation rule wants encrypted and that is in plain, once, over all its plain values."""
    for path, rule, spans in plain_spans(context):
        if _matches(path, context.options["allow_files"]):
            continue
        message = (
            f"{path} is in plain text, and {rule.shown} wants it encrypted; run sops encrypt --in-place {path}, and "
            f"change what it holds: Git's history keeps it"
        )
        related = (Related(_rule_span(context, rule), "the creation rule"),)
        yield Violation(message, span=_over(spans), deliveries=deliveries_of_file(context, path), related=related)


def _matches(text: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(text, glob) for glob in globs)


def _over(spans: Sequence[Span]) -> Span:
    """Give the span from the first place to the last: what other rules say of a value in it has this one cause."""
    first, last = min(spans), max(spans, key=lambda span: (span.end_line, span.end_column))
    return replace(first, end_line=last.end_line, end_column=last.end_column)


def _rule_span(context: CheckContext, rule: CreationRule, field: str = "path_regex") -> Span:
    return context.tree.nearest(rule.config, 0, (*rule.field_path, field))[0]


# Values in plain beside cipher text


def sops_partly_encrypted(context: CheckContext) -> Iterator[Violation]:
    """Report each encrypted file in which some values are plain that its own rules, or a Secret, want encrypted."""
    for file in sops_files(context):
        asked = [(d, leaf) for d in file.documents for leaf in _asked(context, file.selector, d)]
        left_out = [(d, leaf) for d in file.documents for leaf in _left_out(file.selector, d)]
        left_out = [item for item in left_out if item not in asked]
        for found, message in ((asked, _undecryptable), (left_out, _unasked)):
            open_ones = [item for item in found if not _matches(_name(item[1][0]), context.options["allow_keys"])]
            if open_ones:
                yield _partly(context, file, open_ones, message)


def _asked(context: CheckContext, selector: Selector, document: Document) -> list[Leaf]:
    """Give the plain values that the file's own selector wants encrypted."""
    return [leaf for leaf in to_encrypt(context, selector, list(leaves(document.value))) if not is_cipher(leaf[1])]


def _left_out(selector: Selector, document: Document) -> list[Leaf]:
    """Give the credentials of a Secret that the selector did not think of; what it leaves plain by name is meant."""
    if not is_secret_document(document) or selector.setting.startswith("unencrypted"):
        return []
    credentials = plain_fields(document.value, deployed=True)
    return [leaf for leaf in leaves(document.value) if leaf[0] in credentials]


def _undecryptable(file: SopsFile, *, many: bool) -> str:
    it, value = ("them", "values") if many else ("it", "value")
    return (
        f"against its {file.selector.shown}; SOPS cannot decrypt such a file: take {it} out, set {it} again with sops "
        f"edit {file.path}, and change {it}: Git's history keeps the old {value}"
    )


def _unasked(file: SopsFile, *, many: bool) -> str:
    it, value = ("them", "values") if many else ("it", "value")
    return (
        f"as its {file.selector.shown} leaves {it} out; widen the rule in .sops.yaml, encrypt the file anew, and "
        f"change the {value}: Git's history keeps the old {value}"
    )


class _Reason(Protocol):
    def __call__(self, file: SopsFile, *, many: bool) -> str: ...


def _partly(
    context: CheckContext, file: SopsFile, found: Sequence[tuple[Document, Leaf]], reason: _Reason
) -> Violation:
    names = list(dict.fromkeys(_name(leaf[0]) for _, leaf in found))
    shown = ", ".join(names[:_MAX_NAMED]) + (f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else "")
    many = len(names) > 1
    verb = "are" if many else "is"
    message = f"{shown} {verb} in plain text in a file that SOPS encrypted, {reason(file, many=many)}"
    spans = [context.tree.nearest(file.path, document.index, leaf[0])[0] for document, leaf in found]
    return Violation(message, span=_over(spans), deliveries=deliveries_of_file(context, file.path))


def _name(path: FieldPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "an item")


# Files that nobody can decrypt


def sops_malformed(context: CheckContext) -> Iterator[Violation]:
    """Report metadata that SOPS cannot use, cipher texts that do not parse or lost their metadata, refused rules."""
    encrypted = {file.path for file in sops_files(context)}
    for file in sops_files(context):
        for field_path, message in _metadata_faults(file):
            yield _at(context, file.holder, field_path, message)
        for document in file.documents:
            yield from _value_faults(context, document)
    for document in context.tree.documents():
        if document.path in encrypted or not _mentions_cipher(context, document.path):
            continue
        if not has_metadata(document.value):
            yield from _orphans(context, document)
    for broken in broken_rules(context):
        span, exact = context.tree.nearest(broken.config, 0, broken.field_path)
        yield Violation(f"SOPS refuses {broken.config}: {broken.reason}", span=span, exact=exact)


def _at(context: CheckContext, document: Document, field_path: FieldPath, message: str) -> Violation:
    span, exact = context.tree.nearest(document.path, document.index, field_path, on_key=field_path == (METADATA,))
    return Violation(message, span=span, exact=exact, deliveries=deliveries_of_file(context, document.path))


def _metadata_faults(file: SopsFile) -> Iterator[tuple[FieldPath, str]]:
    metadata = file.metadata
    mac = metadata.get("mac")
    if not mac:
        yield (METADATA,), _broken("has no mac, so nobody can tell that its values are the ones that were encrypted")
    elif not is_cipher(mac) or cipher_fault(mac):
        yield (METADATA, "mac"), _broken("has a mac that is no cipher text of SOPS")
    if not _TIMESTAMP.fullmatch(str(metadata.get("lastmodified") or "")):
        yield (METADATA,), _broken("has no time in lastmodified, without which SOPS does not read it")
    yield from _recipient_faults(metadata)
    chosen = selectors_in(metadata)
    if len(chosen) > 1:
        yield (METADATA, chosen[1]), _broken(f"sets {' and '.join(chosen)}, of which SOPS takes one only")


def _broken(what: str) -> str:
    return f"this file's sops block {what}; take the last good version from Git, or encrypt the file anew"


def _recipient_faults(metadata: Mapping[str, object]) -> Iterator[tuple[FieldPath, str]]:
    entries = list(metadata_entries(metadata))
    if not entries:
        yield (METADATA,), _broken(f"has no recipients ({', '.join(METADATA_LISTS[:3])} ...), so nobody can decrypt it")
    for path, kind, entry in entries:
        if not entry.get("enc"):
            where: FieldPath = (METADATA, *path)
            yield where, _broken(f"has a recipient ({kind}) without its encrypted data key (enc)")


def _value_faults(context: CheckContext, document: Document) -> Iterator[Violation]:
    """Report a document's cipher texts that do not parse, once: what broke one has mostly broken them all."""
    found = [(path, cipher_fault(value)) for path, value in leaves(document.value) if is_cipher(value)]
    broken = [(path, fault) for path, fault in found if fault]
    if broken:
        path, fault = broken[0]
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        message = f"SOPS cannot decrypt {_name(path)}{more}: {fault}; take the last good version from Git"
        yield _at(context, document, path, message)


def _mentions_cipher(context: CheckContext, path: str) -> bool:
    """Look at a file's text before its values."""
    return "ENC[" in context.tree.whole_text(path)


def _orphans(context: CheckContext, document: Document) -> Iterator[Violation]:
    """Report the first cipher text of a document that has lost the metadata by which to decrypt it."""
    for path, value in leaves(document.value):
        if is_cipher(value):
            message = (
                f"{_name(path)} is cipher text of SOPS in a file without a sops block, so nobody can decrypt it; "
                f"encrypt the value anew in this file, or take the file from where it was encrypted"
            )
            yield _at(context, document, path, message)
            return


# Recipients


def sops_key_outdated(context: CheckContext) -> Iterator[Violation]:
    """Report each file that is encrypted for others than its creation rule says now."""
    governed = governed_files(context)
    for file in sops_files(context):
        rule = governed[file.path].rule if file.path in governed else None
        present = metadata_recipients(file.metadata)
        if rule is not None and rule.recipients and present and present != rule.recipients:
            yield _outdated(context, file, rule, present)


def _outdated(context: CheckContext, file: SopsFile, rule: CreationRule, present: frozenset[str]) -> Violation:
    lacking, extra = sorted(rule.recipients - present), sorted(present - rule.recipients)
    parts = [f"is not encrypted for {_listed(lacking)}"] if lacking else []
    parts += [f"is still encrypted for {_listed(extra)}"] if extra else []
    rotate = f" and sops rotate --in-place {file.path}" if extra else ""
    message = (
        f"{file.path} {' and '.join(parts)}: {rule.shown} names other recipients; run sops updatekeys "
        f"{file.path}{rotate}"
    )
    kind = next((kind for kind in METADATA_LISTS if file.metadata.get(kind)), "")
    field_path: FieldPath = (METADATA, kind) if kind else (METADATA,)
    span, exact = context.tree.nearest(file.path, file.holder.index, field_path, on_key=True)
    related = (Related(_rule_span(context, rule), "the creation rule"),)
    return Violation(
        message, span=span, exact=exact, deliveries=deliveries_of_file(context, file.path), related=related
    )


def _listed(recipients: Sequence[str]) -> str:
    shown = [text[:_MAX_RECIPIENT] for text in recipients[:_MAX_NAMED]]
    more = len(recipients) - _MAX_NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
