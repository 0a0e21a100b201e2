"""The cache room: what an earlier run worked out, where nothing that it depends on has changed.

In: a question (a request to the engine, or a whole run), and what was read for its answer. Out: the answer of an
earlier run, or None. ``Store`` keeps sealed bytes in a file, ``Memory`` answers by what was read, ``AnswerCache``
remembers for the engine's client. Knows files and digests, and nothing of what it keeps.
"""

from __future__ import annotations

from gitlint_ops.cache.answers import AnswerCache
from gitlint_ops.cache.memory import Memory
from gitlint_ops.cache.places import cache_folder
from gitlint_ops.cache.states import Read, States
from gitlint_ops.cache.store import Store, Usage
from gitlint_ops.cache.versions import made_by

__all__ = ["AnswerCache", "Memory", "Read", "States", "Store", "Usage", "cache_folder", "made_by"]
