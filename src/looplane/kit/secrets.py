"""What has to be read again and must not be in a copy of the database: sealed with a key of ours.

The key is that of LOOPLANE_SECRET_KEY, or in a file of the data directory, made when it is first
needed, which nobody else may read.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from looplane.kit.config import Settings

FILE = "secret.key"
_NONCE_BYTES = 12
# The first byte says how the rest was sealed.
_AES_256_GCM = b"\x01"


class CannotOpenError(Exception):
    """It was sealed with another key, for another place, or is damaged."""


class Secrets:
    """Seals and opens with AES-256-GCM. What was sealed for one place opens at no other."""

    def __init__(self, settings: Settings) -> None:
        self._given, self._folder = settings.secret_key, settings.data_dir
        self._cipher: AESGCM | None = None
        self._text: str | None = None

    def seal(self, secret: bytes, place: str) -> bytes:
        """`secret` as it may be stored at `place`, such as the name of a column and an id."""
        nonce = os.urandom(_NONCE_BYTES)
        return _AES_256_GCM + nonce + self._opened().encrypt(nonce, secret, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed. Raises CannotOpenError."""
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _AES_256_GCM or len(nonce) != _NONCE_BYTES:
            raise CannotOpenError
        try:
            return self._opened().decrypt(nonce, rest, place.encode())
        except InvalidTag:
            raise CannotOpenError from None

    def sign(self, content: bytes, place: str) -> bytes:
        """32 bytes that only we can say of `content` at `place`: to be compared."""
        return hmac.digest(self._secret(), place.encode() + b"\0" + content, "sha256")

    def seal_text(self, secret: str, place: str) -> str:
        """The same of words and in letters, for a column that is JSON on its way."""
        return base64.b64encode(self.seal(secret.encode(), place)).decode()

    def open_text(self, sealed: str, place: str) -> str:
        """What `seal_text` sealed. Raises CannotOpenError."""
        try:
            return self.open(base64.b64decode(sealed, validate=True), place).decode()
        except ValueError:
            raise CannotOpenError from None

    def _opened(self) -> AESGCM:
        if self._cipher is None:
            self._cipher = AESGCM(hashlib.sha256(self._secret()).digest())
        return self._cipher

    def _secret(self) -> bytes:
        if self._text is None:
            self._text = self._given or _kept(self._folder)
        return self._text.encode()


def key_in_use(settings: Settings) -> str | None:
    """The key as it stands, or None where none was needed so far."""
    path = settings.data_dir / FILE
    return settings.secret_key or (_read(path) if path.exists() else None)


def fingerprint_of(key: str) -> str:
    """What tells this key from others and does not give it away."""
    return hmac.digest(key.strip().encode(), b"which key this is", "sha256").hex()


def _kept(folder: Path) -> str:
    """The text in the file, which is made where it is missing."""
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # It is there as a whole or not at all, and the first of several processes makes it.
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".secret-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(name, path)
        finally:
            Path(name).unlink()
    return _read(path)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
