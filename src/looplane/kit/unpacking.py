"""What others sent packed, unpacked in parts of a bounded size: a little can stand for much."""

import zlib
from collections.abc import Iterator

_PART = 65_536
_GZIP = 16 + zlib.MAX_WBITS
_MEMBER = b"\x1f"  # how one begins; zeros may follow the last one


class CannotUnpack(Exception):
    """It is packed in a way that we do not know, or not as it says."""


class Unpacker:
    """Unpacks a body of a `Content-Encoding`. Raises CannotUnpack for all but gzip and none.

    Of gzip there may be several members, one after the other, as those make who pack in pieces.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip"}:
            raise CannotUnpack(name)
        self._stream = zlib.decompressobj(_GZIP) if name.endswith("gzip") else None

    def unpack(self, packed: bytes) -> Iterator[bytes]:
        """What these further bytes hold. Raises CannotUnpack."""
        if self._stream is None:
            yield packed
            return
        try:
            while not self._stream.eof or packed.startswith(_MEMBER):
                if self._stream.eof:
                    self._stream = zlib.decompressobj(_GZIP)
                part = self._stream.decompress(packed, _PART)
                if part:
                    yield part
                packed = self._stream.unused_data or self._stream.unconsumed_tail
                if not packed and len(part) < _PART:
                    return
        except zlib.error as error:
            raise CannotUnpack(str(error)) from error

    def finish(self) -> None:
        """Raises CannotUnpack where the end is missing."""
        if self._stream is not None and not self._stream.eof:
            msg = "the end is missing"
            raise CannotUnpack(msg)
