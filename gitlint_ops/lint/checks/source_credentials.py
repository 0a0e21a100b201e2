"""Credentials in the files as they are written: in YAML by key, in other texts by line, tokens anywhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import partial

from gitlint_ops.lint.checks.named_values import named_values
from gitlint_ops.lint.checks.secret_objects import is_secret
from gitlint_ops.lint.checks.secret_patterns import tokens_in
from gitlint_ops.lint.checks.secret_values import (
    Credential,
    authorization,
    credential_of,
    login_credentials,
    query_credentials,
    text_credentials,
    url_credentials,
)
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.credential_names import credential_kind
from gitlint_ops.source import SourceTree
from gitlint_ops.source.model import Document, FieldPath, Json, Span, display_path

_PROSE = frozenset({"description", "summary", "title", "help", "note", "notes", "message", "comment", "usage"})
_SKIPPED_KINDS = frozenset({"Secret", "SealedSecret", "CustomResourceDefinition"})
_LINE_FILES = re.compile(
    r"(?:^|\.)(?:sh|bash|zsh|ps1|bat|env|properties|ini|cfg|cnf|conf|config|toml|xml|tf|tfvars|tpl|yaml|yml|jsonnet|libsonnet|txt)$"
    r"|^\.env|^(?:Dockerfile|Containerfile|Makefile|Jenkinsfile|Tiltfile|\.npmrc|\.netrc|\.pgpass|\.htpasswd)$|^[^.]+$"
)
_PROGRAMS = re.compile(r"\.(?:py|groovy|jsonnet|libsonnet|tf|hcl)$|^Jenkinsfile$|^Tiltfile$")
"""Programs that deploy. Those of an application have their own scanners, and their tests are full of passwords."""
_CODE = re.compile(r"\.(?:py|js|ts|go|java|groovy|rb|lua|jsonnet|libsonnet|tf|hcl)$")
_LABELS = re.compile(r"(?:^|/)(?:i18n|l10n|locales?|translations?|lang(?:uage)?s?)/", re.IGNORECASE)
"""Folders of texts in several languages: what stands there beside ``password`` is what people read."""
_TRIALS = re.compile(r"(?P<chart>.+)/ci/[^/]*values[^/]*\.ya?ml")
"""Values with which the tool chart-testing tries a chart."""
_SPEAKING = re.compile(r"[ :\n]")
"""What every text holds that is a credential under any name: a URL, a header, a command, several lines."""
_SCHEMA_KEYS = frozenset({"$schema", "openapi", "swagger"})


@dataclass(frozen=True, slots=True)
class SourceCredential:
    """A credential in a file: its kind, the name shown for it, its place and if that is exact; never its value."""

    kind: str
    name: str
    span: Span
    value: str = field(repr=False)
    exact: bool = True
    is_token: bool = False
    """Known by its form, whatever its key is called."""


def source_credentials(context: CheckContext, skip: tuple[str, ...]) -> tuple[SourceCredential, ...]:
    """Give every credential of the files, in order of file; ``skip`` are globs of file names or paths left out."""
    return context.once(f"source-credentials {skip}", lambda: tuple(_scan(context, skip)))


def _scan(context: CheckContext, skip: tuple[str, ...]) -> Iterator[SourceCredential]:
    tree = context.tree
    generator_inputs = {
        r.target for k in context.graph.kustomizations.values() for r in k.references if r.role == "secretGenerator"
    }
    documents = frozenset(tree.yaml_files)
    skipped = re.compile("|".join(map(translate, skip)))
    spare = context.spares.of("source-credentials")
    for path in tree.files:
        if path in generator_inputs or skipped.match(posixpath.basename(path)) or skipped.match(path):
            continue
        is_yaml = path in documents
        yield from spare.look_at_file(path, is_yaml, partial(_of_file, tree, path, is_yaml=is_yaml))


def _of_file(tree: SourceTree, path: str, *, is_yaml: bool) -> tuple[SourceCredential, ...]:
    found = [] if _is_unnamed(tree, path) else list(_of_yaml(tree, path) if is_yaml else _of_lines(tree, path))
    tokens = list(_tokens(tree, path))
    lines = {item.span.line for item in found} if tokens else set()
    return (*found, *(item for item in tokens if item.span.line not in lines))


def _is_unnamed(tree: SourceTree, path: str) -> bool:
    """Say whether names of keys tell nothing in a file (labels, trial values). Tokens are looked for even there."""
    trial = _TRIALS.fullmatch(path)
    return bool(_LABELS.search(path)) or (trial is not None and f"{trial['chart']}/Chart.yaml" in tree.files)


def _tokens(tree: SourceTree, path: str) -> Iterator[SourceCredential]:
    """Give the tokens of a file. Those in a Secret's document are the Secret's."""
    text = tree.text(path)
    if "\0" in text[:1024]:
        return
    secret_lines = None
    for token in tokens_in(text):
        secret_lines = _secret_lines(tree, path) if secret_lines is None else secret_lines
        if token.line + 1 not in secret_lines:
            yield SourceCredential(token.kind, "", tree.line_span(path, token.line + 1), token.value, is_token=True)


def _secret_lines(tree: SourceTree, path: str) -> frozenset[int]:
    if path not in tree.yaml_files:
        return frozenset()
    secrets = (d for d in tree.read(path).documents if isinstance(d.value, Mapping) and is_secret(d.value))
    return frozenset(line for d in secrets for line in range(d.line, d.end_line + 1))


# YAML


def _of_yaml(tree: SourceTree, path: str) -> Iterator[SourceCredential]:
    for document in tree.read(path).documents:
        if not _left_out(document):
            yield from _of_document(tree, document)


def _left_out(document: Document) -> bool:
    """Secrets have their own rule, SOPS documents are cipher text, schemas and CRDs describe values."""
    value = document.value
    if not isinstance(value, Mapping):
        return not isinstance(value, list)
    sops = value.get("sops")
    encrypted = isinstance(sops, Mapping) and ("mac" in sops or "lastmodified" in sops)
    is_skipped = document.is_object and value["kind"] in _SKIPPED_KINDS
    return encrypted or is_skipped or bool(_SCHEMA_KEYS.intersection(value))


def _of_document(tree: SourceTree, document: Document) -> Iterator[SourceCredential]:
    for path, name, found in credentials_in(document.value):
        if path[0] == "secretGenerator":
            continue
        span, exact = tree.nearest(document.path, document.index, path)
        shown = name if found.line >= 0 else shown_name(path, name)
        if found.line >= 0:
            span, exact = _line_in_block(tree, span, found)
        yield SourceCredential(found.kind, shown, span, found.value, exact)


def shown_name(path: FieldPath, name: str) -> str:
    """Give the name that a message shows: a variable's or a flag's own, else the field path."""
    return name if path[-1] in ("value", "Value") or isinstance(path[-1], int) else display_path(path)


def credentials_in(value: Json) -> Iterator[tuple[FieldPath, str, Credential]]:
    """Give the credentials below a YAML value: field path, name, and the credential.

    ``line`` is -1 where the whole value is one, else the 0-based line within a text of several lines (or a command).
    """
    for path, name, item in named_values(value):
        if not isinstance(item, str):
            kind = credential_of(name, item)
            if kind and path:
                yield path, name, Credential(kind, name, -1, str(item))
        elif path and item and name not in _PROSE and (credential_kind(name) or _SPEAKING.search(item)):
            yield from ((path, found.name, found) for found in _of_string(name, item, is_final=_is_env_value(path)))


def _is_env_value(path: FieldPath) -> bool:
    """Whether a field is the value of a container's variable: what the program gets, never the name of a key."""
    return len(path) > 3 and path[-1] == "value" and path[-3] == "env" and isinstance(path[-4], int)


def _of_string(name: str, text: str, *, is_final: bool) -> Iterator[Credential]:
    stripped = text.strip()
    if "\n" in text:
        yield from text_credentials(text, quoted_only=bool(_CODE.search(name)))
        return
    kind = credential_of(name, stripped, is_final=is_final)
    if not kind and " " not in stripped and ":" not in stripped:
        return
    kind = kind or authorization(stripped)
    if kind:
        yield Credential(kind, name, -1, stripped)
        return
    yield from (Credential("password in a URL", name, -1, found) for found in url_credentials(stripped))
    yield from (Credential("password in a URL", name, -1, found) for _, found in query_credentials(stripped))
    yield from (Credential("password", "--user", -1, found) for found in login_credentials(stripped))
    if " " in stripped and ("=" in stripped or "--" in stripped) and "://" not in stripped:
        yield from text_credentials(stripped)


def _line_in_block(tree: SourceTree, span: Span, found: Credential) -> tuple[Span, bool]:
    """Give the line of a block scalar that holds what was found; folded and quoted texts give the scalar itself."""
    start, end = span.line, max(span.end_line, span.line)
    candidates = [n for n in range(start, end + 1) if found.value in tree.line_text(span.path, n)]
    named = [n for n in candidates if found.name.split(" ")[0] in tree.line_text(span.path, n)]
    line = next(iter(named or candidates), 0)
    return (tree.line_span(span.path, line), True) if line and span.end_line > start else (span, bool(line))


# Other files


def _of_lines(tree: SourceTree, path: str) -> Iterator[SourceCredential]:
    name = posixpath.basename(path)
    is_program = bool(_PROGRAMS.search(name))
    if not (is_program or _LINE_FILES.search(name)) or name == "NOTES.txt":
        return
    text = tree.text(path)
    if "\0" in text[:1024] or "sops_mac=" in text or ("[sops]" in text and "ENC[" in text):
        return
    for found in text_credentials(text, quoted_only=is_program):
        yield SourceCredential(found.kind, found.name, tree.line_span(path, found.line + 1), found.value)
