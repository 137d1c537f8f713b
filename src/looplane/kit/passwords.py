"""Passwords: hashed slowly, beside the requests, and few at once."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from looplane.kit.errors import Unavailable

# Each takes 64 MiB for as long as it lasts (RFC 9106, second recommendation).
_AT_ONCE = 2
# With more than these waiting, one more would wait for longer than anybody does.
_MAX_WAITING = 40

Outcome = TypeVar("Outcome")


class Passwords:
    """Makes hashes of passwords, by argon2id, and looks whether one is of a password.

    Both take the time of one hash, whatever they find. Raises Unavailable where too many wait.
    """

    def __init__(self) -> None:
        self._argon2 = PasswordHasher()
        self._threads = ThreadPoolExecutor(_AT_ONCE, "passwords")
        self._waiting = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """What is stored of a password."""
        return await self._run(lambda: self._argon2.hash(_plain(password)))

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether `hashed` is of this password; without one it takes as long, and is not."""
        return await self._run(lambda: self._verify(hashed, password))

    async def renewed(self, hashed: str, password: str) -> str:
        """`hashed`, or one anew where it was made with other parameters than are used now."""
        if not self._argon2.check_needs_rehash(hashed):
            return hashed
        return await self.hash(password)

    def close(self) -> None:
        """Ends the threads, after what they are at."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, hashed: str | None, password: str) -> bool:
        if hashed is None and self._nobodys is None:
            self._nobodys = self._argon2.hash("")
        try:
            is_right = self._argon2.verify(hashed or self._nobodys or "", _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return is_right and hashed is not None

    async def _run(self, work: Callable[[], Outcome]) -> Outcome:
        if self._waiting >= _MAX_WAITING:
            msg = "Too many sign in at once; try again."
            raise Unavailable(msg)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _plain(password: str) -> str:
    """The same letters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)
