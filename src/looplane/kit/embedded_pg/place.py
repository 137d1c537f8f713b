"""Where one embedded server lives."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder, the programs that serve it, and the names in it. Paths are absolute.

    `bin_old` has the programs of an older major version, which may have made the files.
    """

    data_dir: Path
    bin_dir: Path
    bin_old: Path | None = None
    cluster_in: str = "postgres"
    socket_in: str = "socket"

    @property
    def cluster(self) -> Path:
        return self.data_dir / self.cluster_in

    @property
    def lock(self) -> Path:
        return self.data_dir / "postgres.lock"

    @property
    def log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def socket(self) -> Path:
        return self.data_dir / self.socket_in

    @property
    def socket_name(self) -> str:
        """The same for every process that uses this folder, and no other's. For one that exists.

        By its place on the disk: in a container the same path can be another folder.
        """
        status = self.data_dir.stat()
        identity = f"{status.st_dev} {status.st_ino}{self.socket_in.removeprefix('socket')}"
        return "looplane-" + hashlib.sha256(identity.encode()).hexdigest()[:16]

    def program(self, name: str) -> str:
        return str(self.bin_dir / name)
