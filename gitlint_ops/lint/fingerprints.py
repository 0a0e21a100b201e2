"""Which problem a finding is, whatever line it stands on: the same tomorrow, in a longer file, in one more environment.

A fingerprint is made of the rule, the file, and the field in the file's own words: the object as the file names it, the
keys down to the value, list items by their name. No line, no position in a list, no message, no severity and no value
goes in; the rendered object's name neither, which a prefix or a release changes. Findings that are alike in all this
are numbered in their order in the file, so that their fingerprints tell how many there are. A finding that stands for
many places is known by what was decided there, in whichever file it stands first.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gitlint_ops.lint.checks.secret_values import looks_random
from gitlint_ops.lint.documents import document_at, is_yaml
from gitlint_ops.lint.merging import nameless
from gitlint_ops.lint.model import Finding
from gitlint_ops.lint.redaction import without_user_info
from gitlint_ops.source import Document, FieldPath, SourceTree

MAX_PLACE = 300
"""A longer place is cut, in characters."""
MAX_FIELD_BYTES = 1024 * 1024
"""In a larger file (definitions of a whole operator, say) an object and the key on the line have to do."""
_REFERENCES = frozenset({"resources", "bases", "components", "crds", "configurations", "generators", "transformers"})
"""Lists of paths and URLs in a kustomization: each item is its own name."""
_LINE_KEY = re.compile(r"\s*(?:export\s+|-\s+)?[\"']?(?P<name>[A-Za-z_][\w.-]{0,60})[\"']?\s*(?:=|:\s)\s*[^\s=]")
_LABEL = re.compile(r"\[[^\]]*\]")


def fingerprinted(findings: Iterable[Finding], tree: SourceTree) -> tuple[Finding, ...]:
    """Give the findings in their order, each with its place and its fingerprint (32 hexadecimal digits)."""
    given = tuple(findings)
    places = [finding.decision or place_of(finding, tree) for finding in given]
    numbers = _numbers(given, places)
    return tuple(
        replace(finding, place=place, fingerprint=_digest(finding.rule, finding.home, place, str(number)))
        for finding, place, number in zip(given, places, numbers, strict=True)
    )


def _numbers(findings: tuple[Finding, ...], places: list[str]) -> list[int]:
    """Give each finding its number among those that are alike, in the file's order; parts of one finding share it."""
    seen: Counter[tuple[str, str, str]] = Counter()
    known: dict[tuple[object, ...], int] = {}
    numbers = [0] * len(findings)
    for at in sorted(range(len(findings)), key=lambda at: (findings[at].span, findings[at].message)):
        finding = findings[at]
        alike = (finding.rule, finding.home, places[at])
        whole = (*alike, finding.span, nameless(finding.message, finding.object))
        if whole not in known:
            known[whole] = seen[alike]
            seen[alike] += 1
        numbers[at] = known[whole]
    return numbers


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "backslashreplace")).hexdigest()[:32]


def place_of(finding: Finding, tree: SourceTree) -> str:
    """Give where in its file a finding is, in words: ``Deployment shop/web spec.template.spec.containers[web].image``.

    In a file that is no YAML it is the key on the line, and what is known of the rendered object.
    """
    document = document_at(tree, finding.span) or _below(finding, tree)
    written = _written(document, finding, tree) if document else _line_key(finding, tree)
    rendered = _rendered(finding)
    words = f"{written} ({rendered})" if written and not _says(written, rendered) else written or rendered
    return words if len(words) <= MAX_PLACE else f"{words[:MAX_PLACE]} {_digest(words)[:8]}"


def _below(finding: Finding, tree: SourceTree) -> Document | None:
    """Give the file's first document where a finding stands above it: on the file's first line, say."""
    path = finding.span.path
    first = next(iter(tree.read(path).documents), None) if is_yaml(tree, path) else None
    return first if first is not None and finding.span.line < first.line else None


def _rendered(finding: Finding) -> str:
    target = finding.object
    return f"{target.kind} {_LABEL.sub('[]', target.field)}".strip() if target else ""


def _says(written: str, rendered: str) -> bool:
    """Whether the file's words hold those of the rendered object: its kind first, its field last."""
    kind, _, field = rendered.partition(" ")
    return written.startswith(kind) and _LABEL.sub("[]", written).endswith(field)


def _written(document: Document, finding: Finding, tree: SourceTree) -> str:
    if tree.read(document.path).size > MAX_FIELD_BYTES:
        return " ".join(part for part in (_name(document), _line_key(finding, tree)) if part)
    path = tree.field_at(document.path, document.index, finding.span.line, finding.span.column)
    at_start = (finding.span.line, finding.span.column) <= (document.line, 1)
    if at_start and finding.span != tree.span(document.path, document.index, path, on_key=True):
        # The whole document is meant, not the key that happens to come first.
        path = ()
    value = tree.span(document.path, document.index, path)
    within = _line_key(finding, tree) if value and value.line < finding.span.line else ""
    return " ".join(part for part in (_name(document), _field(document.value, path), within) if part)


def _line_key(finding: Finding, tree: SourceTree) -> str:
    """Give the name in front of ``=`` or ``:`` on the line, in a script, a template or a text of several lines.

    Text that may itself be a credential is no name: padded base64, and what looks drawn by a machine.
    """
    found = _LINE_KEY.match(tree.line_text(finding.span.path, finding.span.line))
    return found["name"] if found and not looks_random(found["name"]) else ""


def _name(document: Document) -> str:
    """Give an object's kind, namespace and name as its file has them, '' for a document that is none."""
    if not document.is_object:
        return ""
    metadata = document.value.get("metadata")
    names = [metadata.get(key) for key in ("namespace", "name")] if isinstance(metadata, dict) else []
    return " ".join([document.value["kind"], "/".join(str(name) for name in names if isinstance(name, str))]).strip()


def _field(value: Any, path: FieldPath) -> str:
    """Give a field path with list items by name instead of position."""
    text = ""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, int):
            text += f"[{_label(value, path)}]"
        else:
            text += f".{step}" if text else step
    return text


def _label(item: Any, path: FieldPath) -> str:
    """Name a list item: by its ``name``, or by itself where the list holds paths and URLs; '' where it has no name.

    Any other text is left out: it may be a credential, and is what gets mended.
    """
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        return str(item["name"])
    if isinstance(item, str) and len(path) == 2 and path[0] in _REFERENCES:
        return without_user_info(item).partition("?")[0]
    return ""
