"""Small repositories rendered for the provenance tests, and the judge of what they claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitlint_ops.config import Config, load_config
from gitlint_ops.engine import EngineClient, EngineError
from gitlint_ops.render import render_repository
from gitlint_ops.render.model import Origin, RenderedObject, Rendering
from gitlint_ops.render.objects import rendered_objects
from gitlint_ops.render.plan import request_for
from gitlint_ops.render.provenance import Provenance
from gitlint_ops.render.provenance.match import leaves, same, value_at
from gitlint_ops.render.provenance.trial import altered_text, rendered_again
from gitlint_ops.render.scope import Scopes
from gitlint_ops.repo.kustomizations import find_kustomizations
from gitlint_ops.repo.model import Delivery, RepoGraph, Unit
from gitlint_ops.source import FieldPath, SourceTree, Span, open_tree


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files given by their path and text."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")


@dataclass
class Lab:
    """A rendered repository with its provenance."""

    tree: SourceTree
    engine: EngineClient
    rendering: Rendering
    provenance: Provenance

    def object(self, kind: str, delivery: str = "") -> RenderedObject:
        """Give the first object of a kind (of a delivery)."""
        found = self.rendering.objects[delivery] if delivery else self.rendering.all_objects()
        return next(item for item in found if item.kind == kind)

    def origins(self, kind: str, *path: str | int, on_key: bool = False, part: str = "") -> list[tuple[str, str, bool]]:
        """Give each origin of a field as ``path:line:column``, the text at its span, and whether it is exact."""
        found = self.provenance.origins(self.object(kind), path, on_key=on_key, part=part)
        return [(place(origin.span), self.text(origin.span), origin.exact) for origin in found]

    def text(self, span: Span) -> str:
        """Give the text of a span, of one over several lines its first line."""
        line = self.tree.line_text(span.path, span.line)
        return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None]


def place(span: Span) -> str:
    """Give a span's start as ``path:line:column``."""
    return f"{span.path}:{span.line}:{span.column}"


def lab(root: Path, engine: EngineClient, deliveries: list[Delivery]) -> Lab:
    """Render deliveries of a folder as they are given, in the order in which parents come first."""
    tree = open_tree(root, engine, Config())
    objects: dict[str, tuple[RenderedObject, ...]] = {}
    for delivery in deliveries:
        answers = [(unit, engine.call(**request_for(unit))) for unit in delivery.units]
        objects[delivery.id], _ = rendered_objects(delivery, answers, Scopes())
    graph = RepoGraph(find_kustomizations(tree), {}, {delivery.id: delivery for delivery in deliveries})
    rendering = Rendering(graph, objects, len(deliveries), ())
    return Lab(tree, engine, rendering, Provenance(tree, engine, rendering))


def loose(*units: Unit) -> Delivery:
    """Give a delivery that nothing declares."""
    return Delivery(units[0].path, "none", "Kustomization", "", units[0].path, units)


@dataclass
class Verdict:
    """How many fields were asked for, how many origins were exact, and the claims that an edit disproved."""

    fields: int
    exact: int
    wrong: list[str]


def judge(found: Lab, limit: int = 400) -> Verdict:
    """Edit each place that is claimed exact, render again, and see whether the field changed."""
    verdict = Verdict(0, 0, [])
    for item, path, origin in _claims(found):
        if verdict.fields >= limit:
            break
        verdict.fields += 1
        if not origin.exact:
            continue
        verdict.exact += 1
        if not edit_changes(found, item, path, origin):
            verdict.wrong.append(f"{item.label} {path}: {place(origin.span)} ({origin.why})")
    return verdict


def _claims(found: Lab) -> Iterator[tuple[RenderedObject, FieldPath, Origin]]:
    for item in found.rendering.all_objects():
        for path, _ in leaves(item.data):
            if path not in (("apiVersion",), ("kind",)):
                yield item, path, found.provenance.origins(item, path)[0]


def edit_changes(found: Lab, item: RenderedObject, path: FieldPath, origin: Origin) -> bool:
    """Whether an edit of the text at an origin changes the field (or fails the unit: then the place has effect)."""
    files = {origin.span.path: altered_file(found.tree, origin.span)}
    request: dict[str, Any] = request_for(item.unit) | {"files": files}
    try:
        answer = found.engine.call(**request)
    except EngineError:
        return True
    again = rendered_again(answer["objects"], item, path)
    return again is None or not same(value_at(again, path), value_at(item.data, path))


def altered_file(tree: SourceTree, span: Span) -> str:
    """Give a file's text with the scalar at a span altered, of one over several lines its first line."""
    lines = list(tree.lines(span.path))
    line = lines[span.line - 1]
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    lines[span.line - 1] = line[: span.column - 1] + altered_text(line[span.column - 1 : end]) + line[end:]
    return "\n".join(lines)


class Trial:
    """A whole repository on the disk: the origin that is claimed for each scalar of it, and each put to the test."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with EngineClient(root, workers=2) as engine:
            self._tree, rendering = self._render(engine)
            provenance = Provenance(self._tree, engine, rendering)
            self.claims = [
                (item, path, provenance.origins(item, path)[0])
                for item in rendering.all_objects()
                for path, _ in leaves(item.data)
                if path not in (("apiVersion",), ("kind",))
            ]
        self.exact = [claim for claim in self.claims if claim[2].exact]

    def _render(self, engine: EngineClient) -> tuple[SourceTree, Rendering]:
        config = load_config(self._root)
        tree = open_tree(self._root, engine, config)
        return tree, render_repository(tree, engine, config)

    def places(self) -> list[tuple[RenderedObject, FieldPath, Origin]]:
        """Give one exact claim for each place."""
        return list({claim[2].span: claim for claim in self.exact}.values())

    def disproved(self, item: RenderedObject, path: FieldPath, origin: Origin) -> str:
        """Edit a claimed place and render again; '' where the field changed, else what was claimed wrongly."""
        file = self._root / origin.span.path
        text = file.read_bytes()
        file.write_text(altered_file(self._tree, origin.span), "utf-8", newline="\n")
        with EngineClient(self._root, workers=1) as engine:
            _, rendering = self._render(engine)
        file.write_bytes(text)
        again = [found for found in rendering.objects.get(item.delivery.id, ()) if found.label == item.label]
        kept = any(same(value_at(found.data, path), value_at(item.data, path)) for found in again)
        return f"{item.label} {path}: {place(origin.span)} ({origin.why})" if kept else ""
