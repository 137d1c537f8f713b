"""How the server is set: on its command line, where no file can overrule it."""

from pathlib import Path

from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.socket_folder import PORT


def server_command(place: Place, name: str, folder: Path) -> list[str]:
    """The command that serves the cluster of that name on a socket in `folder`."""
    quoted = str(folder).replace('"', '""')
    settings = {
        "listen_addresses": "",  # no network
        "port": str(PORT),
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "cluster_name": name,  # in the title of each of its processes: how we know them
        "fsync": "on",  # this and the next: an acknowledged write is a stored one
        "synchronous_commit": "on",
        "recovery_init_sync_method": "syncfs",  # one call after a crash, not one for each file
        "max_connections": "100",  # this and the next: initdb writes less on a small machine
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",  # bounds the disk that a burst takes
        "jit": "off",  # costs more than it gains on short statements
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "log_checkpoints": "off",  # a line each five minutes that nobody reads
        "logging_collector": "off",  # the log is our file, which we keep small
        "log_destination": "stderr",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [place.program("postgres"), "-D", str(place.cluster), *options]
