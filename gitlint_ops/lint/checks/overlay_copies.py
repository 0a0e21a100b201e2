"""Checks of text that overlays repeat: copies of their base, and one patch in most overlays of a base."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitlint_ops.lint.checks.delivered_files import deliveries_of_folder
from gitlint_ops.lint.checks.overlay_size import bases_of
from gitlint_ops.lint.checks.patch_entries import (
    Leaves,
    Named,
    PatchEntry,
    leaves_of,
    named_below,
    named_in,
    patch_entries,
    set_by,
    settings_of,
    what_it_patches,
)
from gitlint_ops.lint.context import CheckContext
from gitlint_ops.lint.model import Related, Violation
from gitlint_ops.repo.model import Kustomization
from gitlint_ops.source.model import Json, Span

_RESOURCE_FIELDS = ("resources", "bases")


# Copies of the base


@dataclass(frozen=True, slots=True)
class _Copy:
    """A document of an overlay and the document of a base that it repeats: fields in common, fields of its own."""

    own: Named
    base: Named
    same: int
    fields: int

    @property
    def share(self) -> int:
        return 100 * self.same // self.fields if self.fields else 0


def overlay_copies_base(context: CheckContext) -> Iterator[Violation]:
    """Report resources and patch files of overlays that mostly repeat an object of a base."""
    for kustomization in context.graph.kustomizations.values():
        bases = _bases_near(context, kustomization) if not kustomization.component else []
        known = {(item.kind, item.name): item for base in reversed(bases) for item in named_below(context, base)}
        for own, is_patch in _own_documents(context, kustomization) if known else ():
            copy = _copy_of(own, known.get((own.kind, own.name)), context.options["min_fields"], is_patch=is_patch)
            if copy is not None and _is_mostly_copied(context, copy):
                yield _copied(context, kustomization, copy, is_patch=is_patch)


def _bases_near(context: CheckContext, kustomization: Kustomization) -> list[str]:
    """Give an overlay's bases, and those that the overlays beside it build upon while it does not."""
    others = context.once("bases-by-container", lambda: _by_container(context))
    near = [*bases_of(context, kustomization), *others[posixpath.dirname(kustomization.folder)]]
    return [base for base in dict.fromkeys(near) if base != kustomization.folder]


def _by_container(context: CheckContext) -> Mapping[str, Mapping[str, None]]:
    """Give, by folder, the bases of the kustomizations in it that lie there too, or beside that folder, in order."""
    found: dict[str, dict[str, None]] = {}
    for folder, kustomization in context.graph.kustomizations.items():
        container = posixpath.dirname(folder)
        family = (container, posixpath.dirname(container))
        near = (base for base in bases_of(context, kustomization) if posixpath.dirname(base) in family)
        found.setdefault(container, {}).update(dict.fromkeys(near))
    return found


def _own_documents(context: CheckContext, kustomization: Kustomization) -> Iterator[tuple[Named, bool]]:
    """Give the objects that a kustomization lists itself, and whether each is a patch."""
    for reference in kustomization.references:
        if reference.role in _RESOURCE_FIELDS and context.tree.is_file(reference.target):
            yield from ((item, False) for item in named_in(context, reference.target))
    for entry in patch_entries(context).get(kustomization.folder, ()):
        if entry.file and entry.target is None:
            yield from ((item, True) for item in named_in(context, entry.file))


def _copy_of(own: Named, base: Named | None, least: int, *, is_patch: bool) -> _Copy | None:
    """Compare an object with the base's; None where there is none, or ``own`` has not even ``least`` fields."""
    if base is None or base.file == own.file:
        return None
    fields: Leaves = set_by(own.value) if is_patch else leaves_of(own.value)
    if len(fields) < least:
        return None
    there = leaves_of(base.value)
    same = sum(1 for path, leaf in fields.items() if path in there and there[path] == leaf)
    return _Copy(own, base, same, len(fields))


def _is_mostly_copied(context: CheckContext, copy: _Copy) -> bool:
    return bool(copy.same >= context.options["min_fields"] and copy.share >= context.options["min_share"])


def _copied(context: CheckContext, kustomization: Kustomization, copy: _Copy, *, is_patch: bool) -> Violation:
    what = "this patch repeats" if is_patch else "this resource is a copy of"
    advice = (
        "Leave in the patch only what differs"
        if is_patch
        else f"Build upon {posixpath.dirname(copy.base.file) or '.'} and patch what differs"
    )
    differing = copy.fields - copy.same
    rest = "1 differs" if differing == 1 else f"{differing or 'none'} differ"
    message = (
        f"{what} {copy.base.kind} {copy.base.name} of {copy.base.file}: {copy.same} of its {copy.fields} fields are "
        f"the base's ({rest}), and a change of the base does not reach them here. {advice}"
    )
    base = Related(
        context.tree.line_span(copy.base.file, copy.base.line), f"{copy.base.kind} {copy.base.name} of the base"
    )
    span = context.tree.line_span(copy.own.file, copy.own.line)
    return Violation(
        message, span=span, deliveries=deliveries_of_folder(context, kustomization.folder), related=(base,)
    )


# One patch in many overlays


def repeated_patch(context: CheckContext) -> Iterator[Violation]:
    """Report each patch that stands word for word in most overlays of a base, once for all of them.

    Overlays that build upon several bases together share it once: under the base that most of them have.
    """
    reported: set[object] = set()
    for base, overlays, patch, copies in sorted(_candidates(context), key=lambda found: (-len(found[3]), found[0])):
        places = {(patch, entry.place) for entry, _ in copies}
        if places.isdisjoint(reported):
            yield _repeats(context, base, overlays, copies)
        reported |= places


_Copies = list[tuple[PatchEntry, Json]]


def _candidates(context: CheckContext) -> Iterator[tuple[str, list[Kustomization], str, _Copies]]:
    """Give base, its overlays, the patch as text, and where it stands."""
    for base, overlays in _overlays(context).items():
        for patch, copies in _repeated(context, overlays).items():
            places = {entry.place for entry, _ in copies}
            folders = {entry.kustomization.folder for entry, _ in copies}
            few = not _is_most(context, len(folders), len(overlays)) or len(places) < len(folders)
            if not (few or _others_differ(context, overlays, copies)):
                yield base, overlays, patch, copies


def _overlays(context: CheckContext) -> dict[str, list[Kustomization]]:
    """Give, by base, the overlays that build upon it and patch something or nothing."""
    found: dict[str, list[Kustomization]] = {}
    for _, kustomization in sorted(context.graph.kustomizations.items()):
        for base in dict.fromkeys(bases_of(context, kustomization)) if not kustomization.component else ():
            found.setdefault(base, []).append(kustomization)
    return found


def _repeated(context: CheckContext, overlays: Sequence[Kustomization]) -> Mapping[str, _Copies]:
    found: dict[str, _Copies] = {}
    for kustomization in overlays:
        for entry in patch_entries(context).get(kustomization.folder, ()):
            for value in entry.values:
                key = json.dumps([entry.target, value], sort_keys=True, default=str)
                found.setdefault(key, []).append((entry, value))
    return found


def _is_most(context: CheckContext, copies: int, overlays: int) -> bool:
    enough = copies >= context.options["min_overlays"]
    return bool(enough and 100 * copies >= context.options["min_share"] * overlays)


def _others_differ(context: CheckContext, overlays: Sequence[Kustomization], copies: _Copies) -> bool:
    """Whether an overlay sets one of the fields to another value: each environment then states its own."""
    folders = {entry.kustomization.folder for entry, _ in copies}
    fields = settings_of(copies[0][0]).keys()
    rest = [overlay.folder for overlay in overlays if overlay.folder not in folders]
    return any(fields & settings_of(other).keys() for f in rest for other in patch_entries(context).get(f, ()))


def _repeats(context: CheckContext, base: str, overlays: Sequence[Kustomization], copies: _Copies) -> Violation:
    (first, value), *others = copies
    names = _told_apart([entry.kustomization.folder for entry, _ in copies])
    message = (
        f"the same patch of {what_it_patches(first, value)} stands in {len(copies)} of the {len(overlays)} overlays of "
        f"{base} ({', '.join(names)}): a change of it must be made in each. Move it into the base, or into a component "
        "that these overlays share"
    )
    deliveries = {d.id: d for entry, _ in copies for d in deliveries_of_folder(context, entry.kustomization.folder)}
    related = tuple(Related(_place(context, entry), "the same patch") for entry, _ in others)
    return Violation(message, span=_place(context, first), deliveries=tuple(deliveries.values()), related=related)


def _told_apart(folders: Sequence[str]) -> Sequence[str]:
    """Give the last name of each folder; where that is the same for several, the names in which they differ."""
    names = [posixpath.basename(folder) for folder in folders]
    if len(set(names)) == len(set(folders)):
        return names
    parts = [folder.split("/") for folder in folders]
    shortest = min(map(len, parts))
    before = next((at for at in range(shortest) if len({own[at] for own in parts}) > 1), shortest)
    after = next((at for at in range(shortest - before) if len({own[-1 - at] for own in parts}) > 1), 0)
    return ["/".join(own[before : len(own) - after]) for own in parts]


def _place(context: CheckContext, entry: PatchEntry) -> Span:
    if entry.file:
        return context.tree.line_span(entry.file, context.tree.read(entry.file).documents[0].line)
    return entry.span(context)[0]
