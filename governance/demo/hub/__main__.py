"""`python -m governance.demo.hub --port 8800`: serve the sample repositories until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from governance.demo.hub import DEMO_TOKEN, Hub, hub_server, repository_of, sample_hub
from governance.demo.hub.sample import with_demo_user


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Serve the sample Hub on the loopback interface.")
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--records", type=Path, help="serve these instead: JSON lines as of /api/models/{id}")
    options = parser.parse_args(arguments)
    with ExitStack() as running:
        try:
            hub = hub_of(options.records) if options.records else sample_hub()
            address = running.enter_context(hub_server(hub, options.port))
        except (OSError, OverflowError, ValueError) as error:
            parser.error(str(error))
        print(f"Sample Hub with {len(hub.repositories)} models at {address}", flush=True)
        print(f"HF_ENDPOINT={address} HF_TOKEN={DEMO_TOKEN}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


def hub_of(records: Path) -> Hub:
    """A Hub with the records of a file. Raises ValueError naming the line that is none."""
    hub = Hub()
    for number, line in enumerate(records.read_text(encoding="utf-8").splitlines(), 1):
        try:
            hub.add(repository_of(json.loads(line)))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"{records}, line {number}: no record of a model ({error!r})") from error
    return with_demo_user(hub)


if __name__ == "__main__":
    main()
