"""Which configuration a command reads, and what that names: of the work tree, of a file, or of a revision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gitlint_ops.cli.errors import CommandError

if TYPE_CHECKING:
    from gitlint_ops.cli.options import PlaceOptions
    from gitlint_ops.config import Config


@contextmanager
def open_config(root: Path, place: PlaceOptions) -> Iterator[Config]:
    """Open the configuration that the options ask for. Raises CommandError, ConfigError."""
    with _opened(root, place) as config:
        seconds = place.time_limit or config.limits.total_seconds
        yield replace(config, limits=replace(config.limits, total_seconds=seconds))


@contextmanager
def _opened(root: Path, place: PlaceOptions) -> Iterator[Config]:
    from gitlint_ops.config import Config, load_config

    if not place.config_from:
        yield Config() if place.no_config else load_config(root, place.config_file)
        return
    from gitlint_ops.source.base_config import open_config_at
    from gitlint_ops.source.revisions import RevisionError

    if place.config_file or place.no_config:
        raise CommandError("--config-from reads the configuration of a commit", "leave --config and --no-config out")
    try:
        with open_config_at(root, place.config_from, _paths_in) as config:
            yield config
    except RevisionError as error:
        raise CommandError(error.message, error.advice) from error


def _paths_in(config: Config) -> tuple[str, ...]:
    return (*folders_of(config), baseline_name(config))


def folders_of(config: Config) -> tuple[str, ...]:
    """Give the folders that a configuration names: of rules, and of schemas."""
    from gitlint_ops.lint.schemas.locations import is_url

    files = [location for location in config.schema_locations if not is_url(location)]
    return (*config.rule_folders, *config.schema_folders, *map(_folder_of, files))


def _folder_of(location: str) -> str:
    """Give the folder that all files of a templated location lie in."""
    return location.partition("{{")[0].rpartition("/")[0] or "."


def baseline_name(config: Config) -> str:
    """Give where the baseline is, relative to the root."""
    from gitlint_ops.lint.baseline import BASELINE_NAME

    return config.baseline or BASELINE_NAME
