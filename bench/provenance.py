"""Times the whole check with and without asking for the source line of 1 % of all rendered fields.

    python bench/provenance.py [ROOT] [--share 0.01] [--runs 3] [--bases 100] [--overlays 1000]

Without ROOT the repository is generated. Each run renders and checks everything anew, in this process, with an engine
of its own; the two kinds of run take turns, and the ratio is taken pair by pair. The fields are drawn at random, the
same ones each time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from pathlib import Path

from measure import generated

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
    options = parser.parse_args()
    root = options.root or generated("provenance", options.bases, options.overlays)[0]
    _timed(root, 0.0)  # The first run imports and warms the disk: it counts for neither.
    ratios = []
    for _ in range(options.runs):
        without, _, _ = _timed(root, 0.0)
        asking, asked, exact = _timed(root, options.share)
        ratios.append(asking / without)
        print(f"check {without:6.2f} s   with {asked:,} fields asked for {asking:6.2f} s   {exact:,} exact")
    print(f"ratio {statistics.median(ratios):.2f} (bar {BAR})")


def _timed(root: Path, share: float) -> tuple[float, int, int]:
    """Check a repository and ask for a share of its fields: the wall seconds, how many fields, how many exact."""
    start = time.perf_counter()
    with EngineClient(root) as engine:
        config = load_config(root)
        tree = open_tree(root, engine, config)
        rendering = render_repository(tree, engine, config)
        lint(tree, rendering, config, engine)
        asked, exact = _ask(Provenance(tree, engine, rendering), rendering, share) if share else (0, 0)
    return time.perf_counter() - start, asked, exact


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
