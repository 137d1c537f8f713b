"""Proxies with the configuration that `deploy/` has for them, but for names, ports and keys."""

import os
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.deploy.tools import DEPLOY, program, replaced, running, said
from tests.processes import come_about, free_port

HOST = "support.firm.example"


@dataclass(frozen=True)
class Proxy:
    """A program that can be asked to check its configuration, and started with it."""

    name: str
    check: list[str]
    run: list[str]
    env: dict[str, str]


def certificate(folder: Path) -> Path:
    """A certificate for `HOST` that nobody has signed, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    )
    path = folder / "both.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def nginx(folder: Path, port: int, behind: int) -> Proxy:
    """nginx, with our server among its own settings as Debian's have it."""
    pem = str(certificate(folder))
    ours = replaced(
        (DEPLOY / "nginx/looplane.conf").read_text(),
        {
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ": f"listen 127.0.0.1:{port} ",
            "127.0.0.1:8000": f"127.0.0.1:{behind}",
            f"/etc/ssl/{HOST}/fullchain.pem": pem,
            f"/etc/ssl/{HOST}/privkey.pem": pem,
        },
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # Compressed as far as it can be, which must not keep an event back.
    common = f"access_log off; gzip on; gzip_types *; gzip_min_length 0;\n{temporary}"
    whole = folder / "nginx.conf"
    # Its temporary folders are closed to others than who runs this.
    user = "user root;" if os.geteuid() == 0 else ""
    whole.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr;\n"
        f"events {{}}\nhttp {{\n{common}{ours}}}\n"
    )
    command = [program("nginx"), "-e", "stderr", "-p", str(folder), "-c", str(whole)]
    return Proxy("nginx", [*command, "-t"], command, {})


def caddy(folder: Path, port: int, behind: int) -> Proxy:
    """Caddy, with a certificate that is there instead of one that it gets."""
    pem = certificate(folder)
    ours = replaced(
        (DEPLOY / "caddy/Caddyfile").read_text(),
        {
            f"\n{HOST} {{": f"\nhttps://{HOST}:{port} {{\n\tbind 127.0.0.1\n\ttls {pem} {pem}",
            "127.0.0.1:8000": f"127.0.0.1:{behind}",
        },
    )
    whole = folder / "Caddyfile"
    whole.write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{ours}")
    options = ["--adapter", "caddyfile", "--config", str(whole)]
    where = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = program("caddy")
    return Proxy("caddy", [command, "validate", *options], [command, "run", *options], where)


@asynccontextmanager
async def proxied(
    make: Callable[[Path, int, int], Proxy], folder: Path, behind: int
) -> AsyncIterator[int]:
    """The port of a proxy that runs, with what is at `behind` behind it."""
    port = free_port()
    proxy = make(folder, port, behind)
    said(proxy.check, **proxy.env)
    log = folder / "log"
    with running(proxy.run, log, os.environ | proxy.env) as process:
        await come_about(lambda: _takes(process, log, port))
        yield port


def _takes(process: "subprocess.Popen[bytes]", log: Path, port: int) -> bool:
    assert process.poll() is None, log.read_text()
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
