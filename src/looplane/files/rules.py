"""What may be a file here, what type it is, and what it is called."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import quote, unquote, urlsplit

import puremagic

_OOXML = "application/vnd.openxmlformats-officedocument."
# Each type that is taken, and the endings of its names; the first is given to names without one.
ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "application/msword": (".doc", ".dot"),
    f"{_OOXML}wordprocessingml.document": (".docx",),
    "application/vnd.ms-excel": (".xls", ".xlt"),
    f"{_OOXML}spreadsheetml.sheet": (".xlsx",),
    "application/vnd.ms-powerpoint": (".ppt", ".pps", ".pot"),
    f"{_OOXML}presentationml.presentation": (".pptx",),
    "text/csv": (".csv",),
    "text/plain": (".txt", ".log", ".md", ".text"),
}
_TAKEN = "PNG, JPEG, GIF, WEBP, PDF, CSV, plain text, or a document of Word, Excel or Powerpoint"
_TEXTS = ("text/plain", "text/csv")
_BY_START = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
# What a package of Office Open XML says of its main part.
_MAIN_PARTS = {f"{kind}.main+xml".encode(): kind for kind in ENDINGS if kind.startswith(_OOXML)}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# The stream that holds the document in an OLE file, by the name that its directory has of it.
_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_HEAD = 4096  # bytes that say what a content is
_MAX_CONTENT_TYPES = 1_000_000
_MAX_ENTRIES = 10_000
_MAX_NAME = 255
_ENTRY = b"PK\x01\x02"
# What is packed otherwise is unpacked whole, however little is asked for; packages are never.
_BOUNDED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True, slots=True)
class Judged:
    """The type and the name of a content; or what is wrong with it."""

    content_type: str = ""
    name: str = ""
    fault: str | None = None


def type_fault(declared: str) -> str | None:
    """What is wrong with a type that somebody said, if anything."""
    return None if _bare(declared) in ENDINGS else f"is of a type that is not taken; send {_TAKEN}"


def _bare(declared: str) -> str:
    """A media type without its parameters."""
    return declared.partition(";")[0].strip().lower()


def judge(content: bytes, declared: str | None, name: str) -> Judged:
    """What a content is, of which its sender said a type, or none, and a name."""
    if not content:
        return Judged(fault="is empty")
    said = None if declared is None else _bare(declared)
    if declared is not None and (fault := type_fault(declared)):
        return Judged(fault=fault)
    found = types_of(content)
    if not found:
        return Judged(fault=f"has a content of no type that is taken; send {_TAKEN}")
    if said is not None and said not in found:
        return Judged(fault=f"is said to be {said}, and its content is {found[0]}")
    kind = said or _best(found, name)
    return Judged(kind, clean_name(name, kind))


def types_of(content: bytes) -> list[str]:
    """The types of those taken that a content can be, the likeliest first."""
    found = [each for each in ENDINGS if each in _BY_START and each in _by_start(content)]
    if content.startswith(_OLE):
        found += _in_ole(content)
    elif content.startswith(b"PK"):
        found += _in_zip(content)
    return found + (list(_TEXTS) if _is_text(content) else [])


def clean_name(name: str, content_type: str) -> str:
    """A name that is one on any disk: no path, no signs that are not seen, and the type's ending.

    Who opens a file that they saved trusts the ending.
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(each for each in last if each.isprintable()).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    endings = ENDINGS[content_type]
    if not dot or f".{ending.lower()}" not in endings:
        stem, ending = plain, endings[0][1:]
    return f"{stem[: _MAX_NAME - len(ending) - 1]}.{ending}"


def name_of_answer(headers: Mapping[str, str], url: str) -> str:
    """What an answer from an address calls its file."""
    told = Message()
    told["Content-Disposition"] = re.sub(r"[\r\n]", " ", headers.get("content-disposition", ""))
    try:
        said = told.get_params([], "content-disposition")
        named = [value for name, value in said if name.lower() == "filename"]
        # What is said in the newer form, with signs of any language, comes first.
        named.sort(key=lambda each: isinstance(each, str))
        name = collapse_rfc2231_value(named[0]) if named else ""
    except (ValueError, LookupError):
        name = ""
    return name or unquote(urlsplit(url).path.rpartition("/")[2])


def path_of(secret: str, name: str) -> str:
    """Where a file is read."""
    return f"/files/{secret}/{quote(name, safe='')}"


def disposition(name: str, content_type: str) -> str:
    """A `Content-Disposition`: images may be shown where they are, all else is to be saved."""
    kind = "inline" if content_type.startswith("image/") else "attachment"
    plain = re.sub(r"[^\w .()+,-]", "_", name, flags=re.ASCII)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _best(found: list[str], name: str) -> str:
    is_csv = found[0] in _TEXTS and name.lower().endswith(".csv")
    return "text/csv" if is_csv else found[0]


def _by_start(content: bytes) -> set[str]:
    try:
        return {each.mime_type for each in puremagic.magic_string(content[:_HEAD])}
    except (puremagic.PureError, ValueError):  # one version raises where another finds nothing
        return set()


def _in_ole(content: bytes) -> list[str]:
    found = [kind for name, kind in _STREAMS.items() if f"{name}\0".encode("utf-16-le") in content]
    return list(dict.fromkeys(found))


def _in_zip(content: bytes) -> list[str]:
    if content.count(_ENTRY) > _MAX_ENTRIES:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            listed = package.getinfo("[Content_Types].xml")
            if listed.compress_type not in _BOUNDED:
                return []
            with package.open(listed) as part:
                said = part.read(_MAX_CONTENT_TYPES)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, RuntimeError, zlib.error):
        return []
    return [kind for part, kind in _MAIN_PARTS.items() if part in said]


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
