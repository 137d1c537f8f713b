"""What a process costs, and figures side by side."""

import os
from collections.abc import Iterable
from pathlib import Path
from statistics import median

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU that a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_megabytes(pid: int) -> float:
    """Memory that a process holds, in MB of 1,000,000 bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def backend_seconds() -> dict[int, float]:
    """CPU that each PostgreSQL backend on this machine that serves `looplane` has used, by pid."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue  # gone meanwhile
        if words.startswith(b"postgres: ") and b": looplane looplane " in words:
            pid = int(path.parent.name)
            found[pid] = cpu_seconds(pid)
    return found


def spread(values: Iterable[float], digits: int = 0) -> str:
    """Median, and the least and the most."""
    values = sorted(values)
    low, mid, high = (f"{each:,.{digits}f}" for each in (values[0], median(values), values[-1]))
    return f"{mid} ({low}–{high})"


def machine() -> str:
    """Processor, cores and memory."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (each.split(": ")[1] for each in lines if each.startswith("model name")), "unknown"
    )
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB"
