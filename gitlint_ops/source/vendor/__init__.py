"""What a repository refers to and does not hold: charts, OCI artifacts, Git trees and files, fetched and locked.

In: a repository's lock file and the folders that hold archives. Out: a Fetched, which gives the place of each
artifact's files below MOUNT, where the engine shows them. Only ``client`` can ask servers.
"""

from gitlint_ops.source.vendor.fetched import MOUNT, NOTHING, Fetched, is_fetched, open_beside, open_fetched
from gitlint_ops.source.vendor.lock import LOCK_NAME, Lock, VendorError, read_lock, write_lock
from gitlint_ops.source.vendor.model import Locked, Remote, remote

__all__ = [
    "LOCK_NAME",
    "MOUNT",
    "NOTHING",
    "Fetched",
    "Lock",
    "Locked",
    "Remote",
    "VendorError",
    "is_fetched",
    "open_beside",
    "open_fetched",
    "read_lock",
    "remote",
    "write_lock",
]
