"""Runs the benches and writes what they show into bench/results: a table, its figures, and a plot of cost by size.

    python bench/run.py [overlays releases warm merge growth shards ...] [--runs 3]

Each command is timed as a whole process, ours and the peer's in turns; the ratio is taken round by round. Only the
benches that are named are run, and only their part of the results is written anew.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from results import keep, show

BENCHES = ("startup", "overlays", "releases", "warm", "merge", "growth", "shards", "fleet")


def main() -> None:
    """Print each row as it is measured, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benches", nargs="*", choices=[*BENCHES, []], metavar="BENCH")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for name in options.benches or BENCHES:
        rows = []
        for row in import_module(name).rows(options.runs):
            print(show(row), flush=True)
            rows.append(row)
        keep(name, rows)


if __name__ == "__main__":
    main()
