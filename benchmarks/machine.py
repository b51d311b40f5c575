"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from moderato.embedded import find_server, server_version

_LIBRARIES = ("aiohttp", "redis", "onnxruntime", "tokenizers", "torch", "transformers", "detoxify")


def describe(folder: Path) -> dict[str, str]:
    """The machine, its software, and how busy it was; ``folder`` is where Redis writes."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "file system": _file_system(folder),
        "load before (1, 5, 15 min)": load,
        "Python": platform.python_version(),
        "redis-server": ".".join(map(str, server_version(find_server()))),
        **{name: version(name) for name in _LIBRARIES},
    }


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _memory() -> str:
    kib = _field("/proc/meminfo", "MemTotal").removesuffix(" kB")
    return f"{int(kib) / 2**20:.0f} GiB" if kib.isdigit() else "unknown"


def _file_system(folder: Path) -> str:
    """Its type: on tmpfs an fsync costs nothing, and durable figures mean nothing."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown"
    resolved = folder.resolve()
    found = [(m[1], m[2]) for m in mounts if resolved.is_relative_to(m[1])]
    return max(found, key=lambda mount: len(mount[0]), default=("", "unknown"))[1]
