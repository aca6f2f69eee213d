"""`python -m tests.servers run -- <command>`: one PostgreSQL and one Redis for a whole test session.

Says in one line each what it uses, hands the addresses to the command as TEST_DATABASE_URL,
TEST_REDIS_URL and TEST_BROWSER, ends the servers afterwards and exits as the command did.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.servers import browser, postgres, redis, smtp


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("verb", choices=["run"])
    parser.add_argument("command", nargs="+", help="after --, what to run")
    command: list[str] = parser.parse_args(words).command
    signal.signal(signal.SIGTERM, _end)
    with postgres.server() as database, redis.server() as broker:
        shared = {"TEST_DATABASE_URL": database.url, "TEST_REDIS_URL": broker.url}
        for line in (database.describe(), broker.describe(), smtp.describe()):
            print(line)
        return run(command, {**os.environ, **shared, **_browser()})


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run it with the programs of our virtual environment first; Ctrl-C is the command's to handle."""
    ours = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join([ours, environment.get("PATH", "")])
    sys.stdout.flush()
    child = subprocess.Popen(command, env=environment)
    while True:
        try:
            status = child.wait()
            return status if status >= 0 else 128 - status
        except KeyboardInterrupt:
            continue
        except SystemExit:
            child.terminate()
            child.wait()
            raise


def _browser() -> dict[str, str]:
    try:
        found = browser.find()
    except browser.NoBrowserError as absent:
        print(f"Browser: {absent}")
        return {}
    print(found.describe())
    return {"TEST_BROWSER": str(found.program)}


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
