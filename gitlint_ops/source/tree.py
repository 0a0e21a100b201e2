"""The source tree: files by name, documents through the engine, texts and places on request."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.source.listing import Listing, Names, list_files
from gitlint_ops.source.model import Document, FieldPath, Problem, SourceFile, Span, pointer, unpointed
from gitlint_ops.source.vendor.fetched import NOTHING, Fetched, is_fetched

MAX_FILE_BYTES = 10 * 1024 * 1024
"""A larger YAML file is not read; Argo CD's own limit for a directory's manifests."""
MAX_TEXT_BYTES = 2 * 1024 * 1024
"""A larger file gives no text."""
_YAML_NAME = re.compile(r"(\.ya?ml|\.json|^Kustomization)$")
_READ_BATCH = 64
_NOT_UTF8 = "the file's name is not UTF-8"


def open_tree(
    root: Path, engine: EngineClient, config: Config, fetched: Fetched = NOTHING, known: Names | None = None
) -> SourceTree:
    """List the files below ``root``; nothing is read yet. Raises NotADirectoryError where root is no folder.

    ``fetched`` is what the engine shows beside them, ``known`` as for ``list_files``.
    """
    if not root.is_dir():
        raise NotADirectoryError(str(root))
    return SourceTree(root, engine, list_files(root, config.exclude, known), fetched)


class SourceTree:
    """The files of a repository. Paths are repository-relative and POSIX, ``.`` is the root; reading is cached.

    What was fetched is there for who names it, below ``vendor.MOUNT``; no list of the repository's files has it.
    """

    def __init__(self, root: Path, engine: EngineClient, listing: Listing, fetched: Fetched = NOTHING) -> None:
        self.root = root
        self.listing = listing
        self.files = listing.files
        self.is_git = listing.is_git
        self.remotes = listing.remotes
        self.branch = listing.branch
        self.skipped = listing.skipped
        self._engine = engine
        self.fetched = fetched
        self._file_set = frozenset(listing.files)
        self._read: dict[str, SourceFile] = {}
        self._positions: dict[str, list[dict[str, list[int]]]] = {}
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}
        self._links: dict[str, bool] = {}

    def at(self, root: Path, engine: EngineClient) -> SourceTree:
        """Give the tree of the same files below another root, a copy of this one; nothing of it is read yet."""
        return SourceTree(root, engine, self.listing, self.fetched)

    def adopt(self, other: SourceTree, changed: Collection[str]) -> None:
        """Take over what another tree has read of the files that are the same in both: all but the ``changed`` ones.

        A symlink is read anew: what it leads to may have changed.
        """
        for path in self._file_set.intersection(other._read).difference(changed):
            if not (self.root / path).is_symlink():
                self._read[path] = other._read[path]

    def today(self) -> date:
        """Give the day of the run; what was found with it holds for that day alone."""
        self._engine.depends_on("today")
        return date.today()

    # What is there

    @cached_property
    def _folders(self) -> dict[str, tuple[list[str], set[str]]]:
        """Each folder's file names and subfolder names."""
        return _by_folder(self.files)

    @cached_property
    def _fetched_folders(self) -> dict[str, tuple[list[str], set[str]]]:
        return _by_folder(sorted(self.fetched.files))

    def _folder(self, path: str) -> tuple[list[str], set[str]]:
        known = self._fetched_folders if is_fetched(path) else self._folders
        return known.get(path, ([], set()))

    def is_file(self, path: str) -> bool:
        """Whether this is a file of the repository (following symlinks that stay inside)."""
        if is_fetched(path):
            return path in self.fetched.files
        return path in self._file_set or (self._through_link(path) and (self.root / path).is_file())

    def is_folder(self, path: str) -> bool:
        """Whether this is a folder that holds files of the repository."""
        if is_fetched(path):
            return path in self._fetched_folders
        return path in self._folders or (self._through_link(path) and (self.root / path).is_dir())

    def _through_link(self, path: str) -> bool:
        """Whether a path that Git does not list leads through a symlink to a place inside the root."""
        if path.startswith(("/", "..")) or not self._is_linked(path):
            return False
        try:
            return (self.root / path).resolve(strict=True).is_relative_to(self.root.resolve())
        except (OSError, RuntimeError, ValueError):
            # Nothing is there, or it cannot be looked at: for the caller it does not exist.
            return False

    def _is_linked(self, path: str) -> bool:
        """Whether a path, or a folder above it, is a symlink; answers are kept, they are asked for often."""
        if path not in self._links:
            above = path.rpartition("/")[0]
            try:
                self._links[path] = (bool(above) and self._is_linked(above)) or (self.root / path).is_symlink()
            except (OSError, ValueError):
                # No file can have this name.
                self._links[path] = False
        return self._links[path]

    def children(self, folder: str) -> tuple[str, ...]:
        """Give the names of the files directly in a folder, sorted."""
        return tuple(self._folder(folder)[0])

    def subfolders(self, folder: str) -> tuple[str, ...]:
        """Give the names of the folders directly in a folder, sorted."""
        return tuple(sorted(self._folder(folder)[1]))

    def folders(self) -> tuple[str, ...]:
        """Give every folder that holds a file at any depth, sorted."""
        return tuple(sorted(self._folders))

    def files_under(self, folder: str) -> tuple[str, ...]:
        """Give every file below a folder, at any depth, sorted."""
        if folder == ".":
            return self.files
        found: list[str] = []
        pending = [folder]
        while pending:
            current = pending.pop()
            names, below = self._folder(current)
            found += [f"{current}/{name}" for name in names]
            pending += [f"{current}/{name}" for name in below]
        return tuple(sorted(found))

    # What is read

    @cached_property
    def chart_folders(self) -> frozenset[str]:
        """The folders with a Chart.yaml."""
        return frozenset(
            path.rpartition("/")[0] or "." for path in self.files if path.rpartition("/")[2] == "Chart.yaml"
        )

    @cached_property
    def yaml_files(self) -> tuple[str, ...]:
        """The files read as YAML or JSON: by their name, without the Go templates of charts."""
        return tuple(p for p in self.files if _YAML_NAME.search(p.rpartition("/")[2]) and not self.is_chart_template(p))

    def is_chart_template(self, path: str) -> bool:
        """Whether a file lies in the ``templates/`` folder of a chart, so that it is a Go template and not YAML."""
        parts = path.split("/")
        return any(
            part == "templates" and ("/".join(parts[:at]) or ".") in self.chart_folders
            for at, part in enumerate(parts[:-1])
        )

    def read(self, path: str) -> SourceFile:
        """Give a file's documents and problems. A file that is not there gives an ``unreadable`` problem."""
        if path not in self._read:
            self.preload([path])
        return self._read[path]

    def preload(self, paths: Iterable[str]) -> None:
        """Read many files at once, in batches that keep the engine's workers busy."""
        missing = [path for path in dict.fromkeys(paths) if path not in self._read]
        # The engine speaks JSON, which has no name that is not UTF-8.
        self._read |= {path: _unread(path, "unreadable", _NOT_UTF8) for path in missing if not _is_utf8(path)}
        missing = [path for path in missing if path not in self._read]
        for batch, answer in self._answers(missing):
            self._take(batch, answer)

    def _answers(
        self, paths: Sequence[str], **fields: bool
    ) -> Iterator[tuple[list[str], dict[str, Any] | EngineError]]:
        """Have the engine read files; give the batches and what it says of each."""
        batches = list(_batches(paths))
        asked = {"verb": "read", "max_file_bytes": MAX_FILE_BYTES, **fields}
        answers = self._engine.call_many([{**asked, "files": batch} for batch in batches])
        yield from zip(batches, answers, strict=True)

    def _take(self, batch: Sequence[str], answer: dict[str, Any] | EngineError) -> None:
        if not isinstance(answer, EngineError):
            for entry in answer["files"]:
                self._read[entry["path"]] = _source_file(entry)
            return
        if len(batch) == 1:
            self._read[batch[0]] = _unread(batch[0], answer.kind, answer.message)
            return
        for path in batch:
            # One bad file must not hide the others of its batch.
            for single, its_answer in self._answers([path]):
                self._take(single, its_answer)

    def documents(self) -> tuple[Document, ...]:
        """Give every document of every YAML file, files in order."""
        return self._documents

    def objects(self) -> tuple[Document, ...]:
        """Give the documents that look like Kubernetes objects, files in order."""
        return self._objects

    @cached_property
    def _documents(self) -> tuple[Document, ...]:
        self.preload(self.yaml_files)
        return tuple(document for path in self.yaml_files for document in self._read[path].documents)

    @cached_property
    def _objects(self) -> tuple[Document, ...]:
        return tuple(document for document in self._documents if document.is_object)

    def problems(self) -> tuple[Problem, ...]:
        """Give what is wrong with the files themselves: not read, not YAML, duplicate keys."""
        self.preload(self.yaml_files)
        return self.skipped + tuple(problem for path in self.yaml_files for problem in self._read[path].problems)

    def text(self, path: str) -> str:
        """Give a file's text, '' where it cannot be read or is over MAX_TEXT_BYTES; bad bytes become U+FFFD."""
        if path not in self._texts:
            self._texts[path] = self._load_text(path) if self.is_file(path) else ""
        return self._texts[path]

    def whole_text(self, path: str) -> str:
        """Give the text of a file of any size that is read as YAML (MAX_FILE_BYTES); a large one is not kept."""
        return self.text(path) or (self._load_text(path, MAX_FILE_BYTES) if self.is_file(path) else "")

    def _load_text(self, path: str, limit: int = MAX_TEXT_BYTES) -> str:
        try:
            place = self.fetched.on_disk(path) or os.path.join(self.root, path)  # noqa: PTH118 - half of pathlib's time
            with open(place, "rb", buffering=0) as file:  # noqa: PTH123
                if os.fstat(file.fileno()).st_size > limit:
                    return ""
                return file.read().decode("utf-8", "replace").removeprefix("\ufeff")
        except OSError:
            # Reported once, as the file's own problem, by the engine's reading of it.
            return ""

    def lines(self, path: str) -> Sequence[str]:
        """Give a file's lines without their ends."""
        if path not in self._lines:
            self._lines[path] = split_lines(self.text(path))
        return self._lines[path]

    def line_text(self, path: str, line: int) -> str:
        """Give the text of a 1-based line, '' where there is none."""
        lines = self.lines(path)
        return lines[line - 1] if 0 < line <= len(lines) else ""

    # Places

    def line_span(self, path: str, line: int) -> Span:
        """Give the span of a line's text without the blanks around it."""
        text = self.line_text(path, line)
        start = len(text) - len(text.lstrip())
        return Span(path, max(line, 1), start + 1, max(line, 1), max(len(text.rstrip()), start) + 1)

    def span(self, path: str, document: int, field_path: FieldPath, *, on_key: bool = False) -> Span | None:
        """Give the place of a field's value (or key) in a document of a file; None where the field is not there."""
        positions = self._document_positions(path, document)
        place = positions.get(pointer(field_path))
        if place is None:
            return None
        key_line, key_column, line, column, end_line, end_column = place
        if on_key and field_path and isinstance(field_path[-1], str):
            return Span(path, key_line, key_column, key_line, key_column + len(field_path[-1]))
        return Span(path, line, column, end_line, end_column)

    def nearest(self, path: str, document: int, field_path: FieldPath, *, on_key: bool = False) -> tuple[Span, bool]:
        """Give the place of a field, or of the nearest one that encloses it (then False), at worst the first line."""
        exact = self.span(path, document, field_path, on_key=on_key)
        if exact is not None:
            return exact, True
        for depth in range(len(field_path) - 1, 0, -1):
            above = self.span(path, document, field_path[:depth], on_key=True)
            if above is not None:
                return above, False
        documents = self.read(path).documents
        return self.line_span(path, documents[document].line if document < len(documents) else 1), not field_path

    def field_at(self, path: str, document: int, line: int, column: int) -> FieldPath:
        """Give the innermost field whose key or value holds a 1-based place in a document; () where none does."""
        held = [""]
        for name, (key_line, key_column, *start, end_line, end_column) in self._document_positions(
            path, document
        ).items():
            first = min((key_line, key_column), tuple(start)) if key_line else tuple(start)
            if first <= (line, column) < (end_line, end_column):
                held.append(name)
        return unpointed(max(held, key=lambda name: name.count("/")), self.read(path).documents[document].value)

    def _document_positions(self, path: str, document: int) -> dict[str, list[int]]:
        if path not in self._positions:
            self.preload_positions([path])
        documents = self._positions.setdefault(path, [])
        return documents[document] if 0 <= document < len(documents) else {}

    def preload_positions(self, paths: Iterable[str]) -> None:
        """Find the places of the fields of many files at once, where many of them will be asked for."""
        missing = [path for path in dict.fromkeys(paths) if path not in self._positions]
        for batch, answer in self._answers(missing, values=False, positions=True):
            if not isinstance(answer, EngineError):
                self._positions |= {entry["path"]: _positions_of(entry) for entry in answer["files"]}
            elif len(batch) == 1:
                # The file's own problem says why it cannot be read; a place in it is then its first line.
                self._positions[batch[0]] = []


def _batches(paths: Sequence[str]) -> Iterator[list[str]]:
    """Part paths into batches that stay the same but for one where a path is added or goes: answers are remembered."""
    parts = 1 << max(0, (len(paths) // _READ_BATCH).bit_length())
    batches: dict[int, list[str]] = defaultdict(list)
    for path in paths:
        batches[crc32(path.encode()) % parts].append(path)
    yield from batches.values()


def _by_folder(paths: Iterable[str]) -> dict[str, tuple[list[str], set[str]]]:
    """Give each folder's file names and subfolder names."""
    folders: dict[str, tuple[list[str], set[str]]] = defaultdict(lambda: ([], set()))
    folders["."] = ([], set())
    for path in paths:
        parent, _, name = path.rpartition("/")
        folders[parent or "."][0].append(name)
        while parent:
            above, _, folder = parent.rpartition("/")
            known = folders[above or "."][1]
            if folder in known:
                break
            known.add(folder)
            parent = above
    return dict(folders)


def split_lines(text: str) -> list[str]:
    """Give the lines of a text without their ends, which are those of YAML: LF, CRLF or CR."""
    return re.split(r"\r\n|\n|\r", text)


def _source_file(entry: dict[str, Any]) -> SourceFile:
    path = entry["path"]
    if entry.get("error"):
        return _unread(path, entry["error"]["kind"], entry["error"]["message"])
    documents = tuple(
        Document(path, index, item["line"], item.get("end_line") or item["line"], item.get("value"))
        for index, item in enumerate(entry.get("documents") or ())
    )
    problems = tuple(_problem(path, item) for item in entry.get("problems") or ())
    return SourceFile(path, entry.get("size", 0), entry.get("digest", ""), documents, problems)


def _positions_of(entry: dict[str, Any]) -> list[dict[str, list[int]]]:
    return [document.get("positions") or {} for document in entry.get("documents") or ()]


def _problem(path: str, item: dict[str, Any]) -> Problem:
    column = item.get("column") or 1
    span = Span(path, item.get("line") or 1, column, item.get("line") or 1, column + max(1, len(item.get("key") or "")))
    return Problem(item["kind"], span, item["message"], item.get("key") or "", item.get("first_line") or 0)


def _is_utf8(path: str) -> bool:
    """Tell whether a path is whole: bytes that are not UTF-8 stand in it as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in path)


def _unread(path: str, kind: str, message: str) -> SourceFile:
    known = kind if kind in ("too-large", "outside-root") else "unreadable"
    return SourceFile(path, 0, "", (), (Problem(known, Span(path, 1), message),))  # type: ignore[arg-type]
