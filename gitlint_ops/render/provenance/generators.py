"""Generated ConfigMaps and Secrets: the literal, the file or the line of an env file behind a key."""

from __future__ import annotations

import base64
import binascii
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from gitlint_ops.render.provenance.hit import NOTHING, Hit, Subject
from gitlint_ops.render.provenance.identity import Identity
from gitlint_ops.render.provenance.layer import Layer
from gitlint_ops.render.provenance.match import same
from gitlint_ops.render.provenance.place import Place
from gitlint_ops.source import FieldPath, SourceTree
from gitlint_ops.source.narrowing import texts

FIELDS: Mapping[str, str] = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}
_MAX_FILE_BYTES = 4 * 1024 * 1024
"""No ConfigMap or Secret holds more (Kubernetes' limit is 1 MiB)."""


def generator_hits(tree: SourceTree, layer: Layer, subject: Subject, identity: Identity) -> Iterator[Hit]:
    """Give the hits of a layer's generators for a field of a generated object."""
    field = FIELDS.get(subject.object.kind, "")
    for index, entry in layer.records(field):
        if identity.named(str(entry.get("name"))):
            yield from _entry_hits(tree, layer, (field, index), entry, subject)
            yield Hit(layer.place(field, index), f"the generator in {layer.title}", verified=False)
    if subject.path[:2] in (("metadata", "labels"), ("metadata", "annotations")) and _generates(layer, field, identity):
        yield from _tag_hits(layer, ("generatorOptions",), layer.mapping("generatorOptions"), subject)


def _generates(layer: Layer, field: str, identity: Identity) -> bool:
    return any(identity.named(str(entry.get("name"))) for _, entry in layer.records(field))


def _entry_hits(
    tree: SourceTree, layer: Layer, at: FieldPath, entry: Mapping[str, Any], subject: Subject
) -> Iterator[Hit]:
    section = subject.path[0] if subject.path else ""
    if section in ("data", "binaryData", "stringData") and len(subject.path) == 2:
        yield from _data_hits(tree, layer, at, entry, subject)
    elif subject.path == ("metadata", "name"):
        yield Hit(layer.place(*at, "name"), f"the generator in {layer.title}", entry.get("name"), pieces=NOTHING)
    elif subject.path == ("metadata", "namespace") and same(entry.get("namespace"), subject.value):
        yield Hit(layer.place(*at, "namespace"), f"the generator in {layer.title}", entry.get("namespace"))
    elif subject.path == ("type",) and same(entry.get("type"), subject.value):
        yield Hit(layer.place(*at, "type"), f"the generator in {layer.title}", entry.get("type"))
    elif isinstance(entry.get("options"), Mapping):
        yield from _tag_hits(layer, (*at, "options"), entry["options"], subject)


def _tag_hits(layer: Layer, at: FieldPath, options: Mapping[str, Any], subject: Subject) -> Iterator[Hit]:
    tags = options.get(str(subject.path[1])) if len(subject.path) == 3 else None
    if isinstance(tags, Mapping) and subject.path[2] in tags:
        value = tags[str(subject.path[2])]
        yield Hit(layer.place(*at, *subject.path[1:]), f"the generator options in {layer.title}", value)


def _data_hits(
    tree: SourceTree, layer: Layer, at: FieldPath, entry: Mapping[str, Any], subject: Subject
) -> Iterator[Hit]:
    key = str(subject.path[1])
    why = f"the generator in {layer.title}"
    for place, value in (
        *_literals(layer, at, entry, key),
        *_env_lines(tree, layer, entry, key),
        *_files(tree, layer, entry, key),
    ):
        yield Hit(place, why, verified=_is_content(value, subject))


def _is_content(text: bytes, subject: Subject) -> bool:
    """Whether a text is what the generated object holds: plainly, or (Secrets, binaryData) in base64."""
    if str(subject.value).encode() == text:
        return True
    try:
        return base64.b64decode("".join(str(subject.value).split()), validate=True) == text
    except (binascii.Error, ValueError):
        # Not base64: then it is another text.
        return False


def _literals(layer: Layer, at: FieldPath, entry: Mapping[str, Any], key: str) -> Iterator[tuple[Place, bytes]]:
    for index, literal in enumerate(texts(entry.get("literals"))):
        name, _, value = literal.partition("=")
        if name == key:
            yield layer.place(*at, "literals", index), _unquoted(value).encode()


def _unquoted(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _env_lines(tree: SourceTree, layer: Layer, entry: Mapping[str, Any], key: str) -> Iterator[tuple[Place, bytes]]:
    for written in (*texts(entry.get("envs")), *texts([entry.get("env")])):
        path = layer.file(written)
        for number, line in enumerate(tree.lines(path), 1):
            name, separator, value = line.lstrip().partition("=")
            if name == key and separator:
                yield Place(path, line=number), value.encode()


def _files(tree: SourceTree, layer: Layer, entry: Mapping[str, Any], key: str) -> Iterator[tuple[Place, bytes]]:
    for written in texts(entry.get("files")):
        name, separator, path = written.partition("=")
        path = layer.file(path if separator else written)
        if (name if separator else posixpath.basename(path)) == key and tree.is_file(path):
            yield Place(path, line=1), _bytes(tree, path)


def _bytes(tree: SourceTree, path: str) -> bytes:
    """Give a file's content, which need not be text; empty where it cannot be read (the build reports that)."""
    try:
        with (tree.root / path).open("rb") as file:
            return file.read(_MAX_FILE_BYTES)
    except OSError:
        return b""
