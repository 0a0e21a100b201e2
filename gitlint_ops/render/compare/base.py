"""The base side of a comparison: the tree, its rendering, and what the work tree changes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from gitlint_ops.config import Config
from gitlint_ops.engine import EngineClient
from gitlint_ops.render.answers import Answers
from gitlint_ops.render.compare.causes import Causes, Half
from gitlint_ops.render.compare.edits import EditedLines
from gitlint_ops.render.compare.model import Changes
from gitlint_ops.render.compare.objects import compare
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.provenance import Provenance
from gitlint_ops.render.repository import render_repository
from gitlint_ops.source import SourceTree
from gitlint_ops.source.revisions import Revisions
from gitlint_ops.source.snapshot import Snapshot, take_snapshot
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

    def causes(self, tree: SourceTree, rendering: Rendering, provenance: Provenance) -> Causes:
        """Give the look-up of the lines behind changes; ``tree``, ``rendering`` and ``provenance`` are the head's."""
        before = Half(self.tree, self.rendering, self.provenance)
        after = Half(tree, rendering, provenance)
        return Causes(before, after, EditedLines(self.tree, tree, self.changed_files, self.renames))


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
    from gitlint_ops.source.revisions import find_revisions

    revisions = find_revisions(tree.root, ref)
    with (
        take_snapshot(tree.root, revisions, tree.listing, config.exclude) as snapshot,
        open_beside(tree.fetched, snapshot.root, config.vendor.folder) as fetched,
        engine.at(snapshot.root, fetched.folder) as own,
    ):
        base_tree = SourceTree(snapshot.root, own, snapshot.listing, fetched)
        base_tree.adopt(tree, snapshot.changed)
        rendering = render_repository(base_tree, own, config, _shared(answers, snapshot, tree))
        yield Base(
            revisions=revisions,
            tree=base_tree,
            rendering=rendering,
            engine=own,
            provenance=Provenance(base_tree, own, rendering),
            changes=compare(rendering, head, snapshot.changed, snapshot.renames, engine),
            changed_files=snapshot.changed,
            renames=snapshot.renames,
        )


def _shared(answers: Answers | None, snapshot: Snapshot, tree: SourceTree) -> Answers | None:
    """Give the answers for the work tree that hold in the base too."""
    if answers is None or snapshot.links_changed:
        return None
    both = frozenset(snapshot.listing.files).intersection(tree.listing.files)
    return answers.unaffected_by(snapshot.changed, snapshot.changed - both)
