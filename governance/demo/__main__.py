"""`python -m governance.demo`: the main job on sample data, embedded, without internet."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import time
from pathlib import Path

STARTED = time.monotonic()
PASSWORD = "steward-demo"  # noqa: S105 (of a platform that lives for one demonstration)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the table instead of serving")
    words = parser.parse_args()
    folder = _empty(Path(os.environ.get("MODELSTEWARD_VAR") or "var") / "demo")
    from governance.demo.hub import DEMO_TOKEN, hub_server, sample_hub

    with hub_server(sample_hub()) as address:
        _settle_environment(folder, address, DEMO_TOKEN)
        from governance.demo.show import show  # settings are read when this is imported

        return show(once=words.once, password=PASSWORD, started=STARTED)


def _empty(folder: Path) -> Path:
    """A new platform each time; nothing outside of this folder is touched."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _settle_environment(folder: Path, hub: str, token: str) -> None:
    """What the demonstration decides by itself, whatever else is set: SQLite, one process, the sample Hub."""
    port = _free_port(int(os.environ.get("PORT") or 8000))
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_HOST", "SITE_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "MODELSTEWARD_VAR": str(folder),
        "HF_ENDPOINT": hub,
        "HF_TOKEN": token,
        "PORT": str(port),
        "ALERT_EMAILS": "counsel@example.com",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "ERROR"),
        "DJANGO_SETTINGS_MODULE": "governance.settings",
        "WORKER_THREADS": "2",
    }


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit(f"No port between {wanted} and {wanted + 49} is free: set PORT.")


if __name__ == "__main__":
    sys.exit(main())
