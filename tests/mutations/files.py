"""Of files, and of what is fetched from elsewhere."""

from tests.mutations import Mutation

_KIT = "src/looplane/kit"
_FILES = "src/looplane/files"
_OUTBOUND = f"{_KIT}/outbound.py"
_NETWORK = f"{_KIT}/checked_network.py"

FILES = [
    Mutation(
        "the name is connected to, and not the address that was checked",
        _NETWORK,
        "address, port, None, local_address, socket_options",
        "host if address else host, port, None, local_address, socket_options",
        "test_outbound.py",
    ),
    Mutation(
        "of several addresses one that is public opens all",
        _NETWORK,
        "return [each for each in found if is_public(each)]",
        "return found if any(map(is_public, found)) else []",
        "test_outbound.py",
    ),
    Mutation(
        "an IPv6 address that stands for one inside is outside",
        f"{_KIT}/public_addresses.py",
        "return (IPv4Address(int(address) & 0xFFFFFFFF),)",
        "return ()",
        "test_outbound.py",
    ),
    Mutation(
        "what is packed is counted as it came",
        _OUTBOUND,
        "left -= len(part)",
        "left -= len(packed)",
        "test_outbound_answers.py",
    ),
    Mutation(
        "the header alone says what a file is",
        f"{_FILES}/rules.py",
        "if said is not None and said not in found:",
        "if said is None and said not in found:",
        "test_files.py",
    ),
    Mutation(
        "two at once are one upload of a day",
        f"{_FILES}/sql.py",
        "set uploads = d.uploads + 1 where d.uploads < $3",
        "set uploads = d.uploads where d.uploads < $3",
        "test_file_limits.py",
    ),
    Mutation(
        "a large body is held in memory as it comes",
        f"{_KIT}/request.py",
        "SpooledTemporaryFile(max_size=MAX_BODY)",
        "SpooledTemporaryFile(max_size=MAX_FILE_BODY)",
        "test_large_bodies.py",
    ),
    Mutation(
        "an upload that is just being made is swept away",
        f"{_FILES}/commands.py",
        "if each.changed_at < before]",
        "if each.changed_at]",
        "test_storage.py",
    ),
    Mutation(
        "what is sent again has bytes of its own",
        f"{_FILES}/commands.py",
        'if "Idempotent-Replayed" in response.headers:',
        'if "Idempotent-Replayed" in write.context.cause:',
        "test_files.py",
    ),
    Mutation(
        "a package is unpacked however it is packed",
        f"{_FILES}/rules.py",
        "if listed.compress_type not in _BOUNDED:",
        "if listed.compress_type is None:",
        "test_files.py",
    ),
    Mutation(
        "bytes of a workspace that is not here are orphans",
        f"{_FILES}/sql.py",
        "where w.id::text = split_part(k.key, '/', 1))",
        "where w.id::text <> split_part(k.key, '/', 1))",
        "test_storage.py",
    ),
    Mutation(
        "of a packed answer the first piece is enough",
        f"{_KIT}/unpacking.py",
        "while not self._stream.eof or packed.startswith(_MEMBER):",
        "while not self._stream.eof:",
        "test_outbound_answers.py",
    ),
    Mutation(
        "names are looked up where all other work waits",
        _NETWORK,
        "run_in_executor(_LOOKUPS, look)",
        "run_in_executor(None, look)",
        "test_outbound_answers.py",
    ),
    Mutation(
        "the log has the links of files",
        "src/looplane/main.py",
        "secret_folders=(FOLDER, LINKS)",
        "secret_folders=(LINKS,)",
        "test_request_middleware.py",
    ),
    Mutation(
        "a download whose caller left stays open",
        "src/looplane/file_site.py",
        "async with aclosing(self._parts):",
        "if self._parts is not None:",
        "test_file_links.py",
    ),
    Mutation(
        "a traceback keeps a file open",
        f"{_KIT}/storage.py",
        "        del stream",
        "        pass",
        "test_file_links.py",
    ),
]
