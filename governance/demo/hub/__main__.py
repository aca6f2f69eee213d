"""`python -m governance.demo.hub --port 8800`: serve the sample repositories until Ctrl-C."""

from __future__ import annotations

import argparse
import threading
from contextlib import suppress

from governance.demo.hub import DEMO_TOKEN, hub_server, sample_hub


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the sample Hub on the loopback interface.")
    parser.add_argument("--port", type=int, default=8800)
    hub = sample_hub()
    with hub_server(hub, parser.parse_args().port) as address, suppress(KeyboardInterrupt):
        print(f"Sample Hub with {len(hub.repositories)} models at {address}")
        print(f"HF_ENDPOINT={address} HF_TOKEN={DEMO_TOKEN}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
