"""Where the cache lies: one folder of the user, or the one that was asked for."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER_VARIABLE = "GITLINT_OPS_CACHE_DIR"


def cache_folder() -> Path:
    """Give the folder of all that is kept between runs: ``GITLINT_OPS_CACHE_DIR``, or the system's place for caches."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("gitlint-ops", appauthor=False)
