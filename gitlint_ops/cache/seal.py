"""Sealed bytes: found, opened and verified by whoever has the material they were made of, and by nobody else.

What is rendered holds whatever stands in a repository, its secrets included. So an entry is encrypted with a key that
is derived from its material (the question, and the contents of all that was read for the answer) and from the cache's
salt; its name is derived likewise. Neither material nor key is stored. Who has the cache but not those files reads
nothing; who has the files reads nothing new.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib

MAX_ENTRY_BYTES = 64 * 1024 * 1024
"""What is larger, packed or unpacked, is not kept, and not read."""
_NONCE_BYTES = 12


class DamagedError(Exception):
    """What was read is not what was written."""


def name_and_key(material: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Derive an entry's name and the key it is sealed with; neither tells anything of the other."""
    name = hashlib.blake2b(material, digest_size=32, key=salt, person=b"name").digest()
    return name, hashlib.blake2b(material, digest_size=32, key=salt, person=b"key").digest()


def seal(data: bytes, name: bytes, key: bytes) -> bytes:
    """Give bytes packed and encrypted, bound to the entry's name."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(data, 1), name)


def unseal(sealed: bytes, name: bytes, key: bytes) -> bytes:
    """Give the bytes that were sealed under this name. Raises DamagedError where they were not."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        packed = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, MAX_ENTRY_BYTES)
    except (InvalidTag, ValueError, zlib.error) as error:
        raise DamagedError from error
    if not unpacker.eof:
        raise DamagedError
    return data
