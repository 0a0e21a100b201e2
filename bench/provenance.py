"""Times the whole check with and without asking for the source line of 1 % of all rendered fields.

    python bench/provenance.py [ROOT] [--share 0.01] [--runs 3] [--bases 100] [--overlays 1000]

Without ROOT the repository is generated. Each run renders and checks everything anew in a process of its own; the two
kinds of run take turns, and the ratio of their CPU seconds is taken pair by pair. The fields are drawn at random, the
same ones each time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from pathlib import Path

from measure import Cost, generated, run

from gitlint_ops.config import load_config
from gitlint_ops.engine import EngineClient
from gitlint_ops.lint import lint
from gitlint_ops.render import Provenance, render_repository
from gitlint_ops.render.model import Rendering
from gitlint_ops.render.provenance.match import leaves
from gitlint_ops.source import open_tree

BAR = 1.3


def main() -> None:
    """Print each pair, the median ratio, and how many of the fields asked for had an exact line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", type=Path)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--bases", type=int, default=100)
    parser.add_argument("--overlays", type=int, default=1000)
    parser.add_argument("--once", action="store_true", help="make one run: what the bench starts itself with")
    options = parser.parse_args()
    root = options.root or generated("provenance", options.bases, options.overlays)[0]
    if options.once:
        _check(root, options.share)
        return
    _timed(root, 0.0)  # The first run warms the disk: it counts for neither.
    pairs = [(_timed(root, 0.0), _timed(root, options.share)) for _ in range(options.runs)]
    for without, asking in pairs:
        print(f"check {without.cpu:6.2f} s of CPU   with the fields asked for {asking.cpu:6.2f} s")
    print(f"ratio {statistics.median(asking.cpu / without.cpu for without, asking in pairs):.2f} (bar {BAR})")


def _timed(root: Path, share: float) -> Cost:
    return run([sys.executable, __file__, str(root.resolve()), "--once", "--share", str(share)], Path.cwd())


def _check(root: Path, share: float) -> None:
    """Check a repository, ask for a share of its fields, and tell how many had an exact line."""
    with EngineClient(root) as engine:
        config = load_config(root)
        tree = open_tree(root, engine, config)
        rendering = render_repository(tree, engine, config)
        lint(tree, rendering, config, engine)
        if share:
            asked, exact = _ask(Provenance(tree, engine, rendering), rendering, share)
            print(f"{asked:,} fields asked for, {exact:,} exact", file=sys.stderr)


def _ask(provenance: Provenance, rendering: Rendering, share: float) -> tuple[int, int]:
    chance = random.Random(0)
    asked = exact = 0
    for item in rendering.all_objects():
        for path, _ in leaves(item.data):
            if chance.random() < share:
                asked += 1
                exact += provenance.origins(item, path)[0].exact
    return asked, exact


if __name__ == "__main__":
    main()
