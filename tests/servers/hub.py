"""The sample Hub as a server of the tests: `with hub_server(hub) as address`."""

from governance.demo.hub import Hub, faults, hub_server, sample_hub

__all__ = ["Hub", "faults", "hub_server", "sample_hub"]
