"""The smallest contents of each type that is taken, and of some that are not; how they are sent."""

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

import httpx

from looplane.files.rules import ENDINGS
from tests.unlimited import UNLIMITED

_OOXML = "application/vnd.openxmlformats-officedocument."


def ooxml(kind: str) -> bytes:
    """A package whose main part is of this type."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        said = f'<Types><Override PartName="/main.xml" ContentType="{kind}.main+xml"/></Types>'
        package.writestr("[Content_Types].xml", said)
        package.writestr("main.xml", "<main/>")
    return content.getvalue()


def ole(stream: str) -> bytes:
    """An OLE file that has a stream of this name."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + f"{stream}\0".encode("utf-16-le")


CONTENTS = {
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89",
    "image/jpeg": b"\xff\xd8\xff\xdb\0\x43" + b"\1" * 65 + b"\xff\xd9",
    "image/gif": b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0;",
    "image/webp": b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0",
    "application/pdf": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF",
    "application/msword": ole("WordDocument"),
    "application/vnd.ms-excel": ole("Workbook"),
    "application/vnd.ms-powerpoint": ole("PowerPoint Document"),
    "text/csv": "name,größe\n".encode(),
    "text/plain": "größe ✓\n".encode(),
} | {kind: ooxml(kind) for kind in ENDINGS if kind.startswith(_OOXML)}

_ZIP = io.BytesIO()
with zipfile.ZipFile(_ZIP, "w") as _package:
    _package.writestr("a.txt", "x")
# By what they are; none of them is taken, whatever it is said to be.
OTHERS = {
    "zip": _ZIP.getvalue(),
    "macros": ooxml("application/vnd.ms-word.document.macroEnabled"),
    "broken zip": ooxml(f"{_OOXML}wordprocessingml.document")[:-30],
    "other ole": ole("Installer"),
    "program": b"MZ\x90\0\3\0\0\0",
    "elf": b"\x7fELF\2\1\1\0",
    "latin": "größe".encode("latin-1"),
    "utf-16": "words".encode("utf-16"),
    "nul": b"words\0",
}


def form(content: bytes, kind: str = "text/plain", name: str = "a.txt") -> dict[str, Any]:
    return {"files": {"file": (name, content, kind)}}


def kept() -> set[Path]:
    """What is in the storage."""
    return {each for each in (UNLIMITED.data_dir / "files").rglob("*") if each.is_file()}


def said(answer: httpx.Response) -> str:
    (issue,) = answer.json()["issues"]
    return str(issue["message"])


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
