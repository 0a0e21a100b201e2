"""Which values of a file are in plain although the file's creation rule wants SOPS to encrypt them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gitlint_ops.lint.checks.placeholders import is_placeholder
from gitlint_ops.lint.checks.plain_secrets import plain_secrets
from gitlint_ops.lint.checks.secret_objects import decoded, is_secret
from gitlint_ops.lint.checks.secrets import DEFAULT_SKIP
from gitlint_ops.lint.checks.sops_config import SECRET_WORD, CreationRule, Governed, governed_files
from gitlint_ops.lint.checks.sops_documents import Leaf, is_cipher, leaves, sops_files, to_encrypt
from gitlint_ops.lint.checks.source_credentials import source_credentials
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.repo.kustomizations import FILE_NAMES
from gitlint_ops.source.model import Document, Span

_NAMED_SO = re.compile(r"(?:^|[._-])(?:sops|enc|encrypted)(?:[._-]|$)", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"(?:^|[._/-])(?:examples?|samples?|templates?|tmpl|tpl|dist|dummy|testdata)(?:[._/-]|$)", re.IGNORECASE
)
_NEVER = frozenset({*FILE_NAMES, "Chart.yaml", "Chart.lock", "helmfile.yaml"})
"""Files that a build reads as they are."""
_DOTENV = re.compile(r"(?:^|\.)env(?:\.|$)", re.IGNORECASE)
_KEY_FILE = re.compile(r"\.(?:key|pem|p12|pfx|jks|keytab|kdbx|ini)$|^id_(?:rsa|ed25519|ecdsa)$", re.IGNORECASE)
_ENCRYPTED_TEXT = re.compile(r'^sops_(?:mac|version)=|^\[sops\]|"sops"\s*:\s*\{|^sops:|^-----BEGIN AGE', re.MULTILINE)
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<key>[A-Za-z_][\w.]*)\s*=\s*(?P<value>.*?)\s*")


def plain_spans(context: CheckContext) -> Iterator[tuple[str, CreationRule, list[Span]]]:
    """Give each file that SOPS should have encrypted and did not, its rule, and the places of its plain values."""
    encrypted = {file.path for file in sops_files(context)}
    followed = _followed_rules(context, encrypted)
    for path, governed in sorted(governed_files(context).items()):
        if path in encrypted or not _can_be_encrypted(context, path):
            continue
        is_meant = _is_meant(path, governed, (governed.rule.config, governed.rule.index) in followed)
        spans = _values(context, path, governed.rule) if is_meant else _secrets(context, path, governed.rule)
        if spans:
            yield path, governed.rule, spans


def _followed_rules(context: CheckContext, encrypted: set[str]) -> frozenset[tuple[str, int]]:
    """Give the rules that at least half of the files of that kind obey: what is left over was forgotten."""
    obeying: dict[tuple[str, int], list[bool]] = {}
    for path, governed in governed_files(context).items():
        if governed.by_name and governed.rule.path_regex and _can_be_encrypted(context, path):
            obeying.setdefault((governed.rule.config, governed.rule.index), []).append(path in encrypted)
    return frozenset(rule for rule, answers in obeying.items() if 2 * sum(answers) >= len(answers))


def _can_be_encrypted(context: CheckContext, path: str) -> bool:
    name = path.rpartition("/")[2]
    if name in _NEVER or _EXAMPLE.search(path) or context.tree.is_chart_template(path):
        return False
    return path in context.tree.yaml_files or bool(_DOTENV.search(name) or _KEY_FILE.search(name) or _named_so(name))


def _named_so(name: str) -> bool:
    return bool(_NAMED_SO.search(name)) and not name.endswith((".md", ".sh", ".py", ".txt"))


def _is_meant(path: str, governed: Governed, followed: bool) -> bool:
    """Whether the rule is for this very file, rather than a way to encrypt whatever Secret lies in a folder.

    ``path_regex: clusters/prod/.*`` does not say that each Deployment there must be encrypted.
    """
    folder, _, name = path.rpartition("/")
    if _named_so(name):
        return True
    says_secret = bool(SECRET_WORD.search(governed.rule.path_regex))
    return (governed.by_name and (says_secret or followed)) or (says_secret and bool(SECRET_WORD.search(folder)))


def _values(context: CheckContext, path: str, rule: CreationRule) -> list[Span]:
    """Give the places of the values that the rule wants encrypted in a file that it means."""
    if path not in context.tree.yaml_files:
        return _text_values(context, path, rule)
    named_so = _named_so(path.rpartition("/")[2])
    spans = []
    for document in context.tree.read(path).documents:
        if is_secret_document(document) or not document.is_object or named_so:
            found = to_encrypt(context, rule.selector, [leaf for leaf in leaves(document.value) if _is_value(leaf)])
            spans += [context.tree.nearest(path, document.index, leaf[0])[0] for leaf in _telling(document, found)]
    return spans


def is_secret_document(document: Document) -> bool:
    """Whether a document is a core Secret."""
    return isinstance(document.value, Mapping) and is_secret(document.value)


def _is_value(leaf: Leaf) -> bool:
    return not (isinstance(leaf[1], str) and (is_placeholder(leaf[1]) or is_cipher(leaf[1])))


def _telling(document: Document, found: Sequence[Leaf]) -> list[Leaf]:
    """Give the values that may be secret: of a Secret its data; of others all, where one is a text."""
    if is_secret_document(document):
        data = [leaf for leaf in found if leaf[0][0] in ("data", "stringData") and not _hides_placeholder(leaf)]
        return [leaf for leaf in data if not isinstance(leaf[1], bool)]
    told = [leaf for leaf in found if leaf[0] and leaf[0][0] not in ("apiVersion", "kind", "metadata")]
    return told if any(isinstance(value, str) for _, value in told) else []


def _hides_placeholder(leaf: Leaf) -> bool:
    return leaf[0][0] == "data" and is_placeholder(decoded(str(leaf[1])))


def _text_values(context: CheckContext, path: str, rule: CreationRule) -> list[Span]:
    text = context.tree.text(path)
    if not text.strip() or _ENCRYPTED_TEXT.search(text):
        return []
    if not _DOTENV.search(path.rpartition("/")[2]):
        return [context.tree.line_span(path, 1)]
    found = ((n, _ASSIGNMENT.fullmatch(line)) for n, line in enumerate(context.tree.lines(path), 1))
    values = [((m["key"],), (n, m["value"].strip("'\""))) for n, m in found if m is not None]
    asked = to_encrypt(context, rule.selector, [(key, value) for key, value in values if not is_placeholder(value[1])])
    return [context.tree.line_span(path, value[0]) for _, value in asked]


def _secrets(context: CheckContext, path: str, rule: CreationRule) -> list[Span]:
    """Give the credentials of the Secrets in a file of whose folder a rule says how to encrypt, and not that."""
    asked = {
        context.tree.nearest(path, document.index, leaf[0])[0].line
        for document in context.tree.read(path).documents
        if path in _plain_by_file(context) and is_secret_document(document)
        for leaf in to_encrypt(context, rule.selector, list(leaves(document.value)))
    }
    return [span for span in _plain_by_file(context).get(path, ()) if span.line in asked]


def _plain_by_file(context: CheckContext) -> Mapping[str, list[Span]]:
    return context.once("plain-secret-spans", lambda: _index(context))


def _index(context: CheckContext) -> Mapping[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for secret in plain_secrets(context, source_credentials(context, DEFAULT_SKIP)):
        for key in secret.keys:
            found.setdefault(key.span.path, []).append(key.span)
    return found
