"""The base side of a comparison: the tree, its rendering, and what the work tree changes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render.answers import Answers, Difference
from gitlint_ops.render.compare.causes import Causes, Half
from gitlint_ops.render.compare.edits import EditedLines
from gitlint_ops.render.compare.model import Changes
from gitlint_ops.render.compare.objects import compare, pair_deliveries
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.provenance import Provenance
from gitlint_ops.render.repository import Sketch, render_repository, sketch_repository
from gitlint_ops.repo.model import Delivery
from gitlint_ops.source import SourceTree
from gitlint_ops.source.revisions import Revisions
from gitlint_ops.source.snapshot import Snapshot, take_snapshot
from gitlint_ops.source.submodules import SubmoduleChange
from gitlint_ops.source.vendor import open_beside


@dataclass(frozen=True)
class Base:
    """The commit that a change started from, read and rendered like the work tree.

    The configuration is the work tree's on both sides: a change of the policy is no change of what it judges.
    """

    revisions: Revisions
    tree: SourceTree
    rendering: Rendering
    engine: EngineClient
    provenance: Provenance
    """Places in the base tree: of what the work tree no longer has."""
    changes: Changes
    """What is rendered otherwise now."""
    changed_files: frozenset[str]
    """Files of either side that are not the same on both."""
    renames: Mapping[str, str]
    """For each file that was moved: its old path to its new one."""
    submodules: tuple[SubmoduleChange, ...] = ()
    """The submodules that are at another commit."""

    def causes(self, tree: SourceTree, rendering: Rendering, provenance: Provenance) -> Causes:
        """Give the look-up of the lines behind changes; ``tree``, ``rendering`` and ``provenance`` are the head's."""
        before = Half(self.tree, self.rendering, self.provenance)
        after = Half(tree, rendering, provenance)
        return Causes(before, after, EditedLines(self.tree, tree, self.changed_files, self.renames))


@dataclass(frozen=True)
class _Old:
    """The base commit's tree, not yet rendered."""

    revisions: Revisions
    snapshot: Snapshot
    tree: SourceTree
    engine: EngineClient
    difference: Difference | None
    """How the work tree differs; None where a symlink does, so that any path may lead elsewhere."""

    def known(self, answers: Answers | None) -> Answers | None:
        """Give those of the answers for the work tree that hold in the base too."""
        return answers.elsewhere(self.difference) if answers is not None and self.difference is not None else None

    def compared(self, rendering: Rendering, head: Rendering, engine: EngineClient) -> Base:
        """Give the base, compared with the work tree; ``engine`` is the head's."""
        snapshot = self.snapshot
        return Base(
            revisions=self.revisions,
            tree=self.tree,
            rendering=rendering,
            engine=self.engine,
            provenance=Provenance(self.tree, self.engine, rendering),
            changes=compare(rendering, head, snapshot.changed, snapshot.renames, engine),
            changed_files=snapshot.changed,
            renames=snapshot.renames,
            submodules=snapshot.submodules,
        )


@contextmanager
def open_base(
    tree: SourceTree,
    head: Rendering,
    engine: EngineClient,
    config: Config,
    ref: str,
    answers: Answers | None = None,
) -> Iterator[Base]:
    """Read and render the merge base of ``ref`` and HEAD, and compare; its folder and engine end with the context.

    ``tree``, ``head``, ``engine`` and ``answers`` are of the work tree; of these, what reads no changed file is used.
    Raises RevisionError where there is nothing to compare with.
    """
    with _open_old(tree, engine, config, ref) as old:
        old.tree.adopt(tree, old.snapshot.changed)
        rendering = render_repository(old.tree, old.engine, config, old.known(answers))
        yield old.compared(rendering, head, engine)


@contextmanager
def open_both(tree: SourceTree, engine: EngineClient, config: Config, ref: str) -> Iterator[tuple[Rendering, Base]]:
    """Render the work tree and the merge base of ``ref`` and HEAD, each as far as they may differ, and compare.

    What no changed file can touch is in neither rendering. Raises RevisionError where there is nothing to compare with.
    """
    with _open_old(tree, engine, config, ref) as old:
        answers = Answers()
        head = sketch_repository(tree, engine, config, answers, old.difference)
        old.tree.adopt(tree, old.snapshot.changed)
        base = sketch_repository(old.tree, old.engine, config, old.known(answers), old.difference)
        same = _unchanged(base, head, old.snapshot.renames)
        now = head.render(frozenset(same))
        yield now, old.compared(base.render(frozenset(same.values())), now, engine)


@contextmanager
def _open_old(tree: SourceTree, engine: EngineClient, config: Config, ref: str) -> Iterator[_Old]:
    from gitlint_ops.source.revisions import find_revisions

    revisions = find_revisions(tree.root, ref)
    with (
        take_snapshot(tree.root, revisions, tree.listing, config.exclude) as snapshot,
        open_beside(tree.fetched, snapshot.root, config.vendor.folder) as fetched,
        engine.at(snapshot.root, fetched.folder) as own,
    ):
        base_tree = SourceTree(snapshot.root, own, snapshot.listing, fetched)
        yield _Old(revisions, snapshot, base_tree, own, _difference(snapshot, tree))


def _difference(snapshot: Snapshot, tree: SourceTree) -> Difference | None:
    if snapshot.links_changed:
        return None
    both = frozenset(snapshot.listing.files).intersection(tree.listing.files)
    return Difference(snapshot.changed, snapshot.changed - both, snapshot.links)


def _unchanged(base: Sketch, head: Sketch, renames: Mapping[str, str]) -> Mapping[str, str]:
    """Give the deliveries that come out the same on both sides: the head's ids to the base's."""
    if base.scopes.differ_from(head.scopes):
        # A kind that becomes cluster-scoped loses the namespace that its objects were given.
        return {}
    pairs = pair_deliveries(base.deliveries, head.deliveries, renames)
    return {
        new: old
        for new, old in pairs.items()
        if new in head.untouched
        and head.untouched[new] == base.untouched.get(old)
        and _lands_alike(base.deliveries[old], head.deliveries[new])
    }


def _lands_alike(old: Delivery, new: Delivery) -> bool:
    """Whether two deliveries of the same units' output apply the same, and nothing was done to what declares them."""
    same = (old.controller, old.target_namespace) == (new.controller, new.target_namespace)
    return same and old.object == new.object
