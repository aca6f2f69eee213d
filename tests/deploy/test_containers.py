"""Image and compose file, read as data: no container runs here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.reading import DEPLOY, NAME, ROOT, SETTINGS, compose, fault_of, instructions

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "modelsteward"}
KNOWN = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "networks",
    "ports", "read_only", "restart", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
INTERPOLATED = re.compile(r"\$\{([A-Z_]+)")


def command(service: dict[str, Any]) -> list[str]:
    """Its own, or that of the image."""
    told = service.get("command")
    return told or json.loads(dict(instructions())["CMD"])


def stages() -> list[tuple[str, str]]:
    """(image or stage it begins with, its name)."""
    found = [re.fullmatch(r"(\S+)(?: AS (\w+))?", value) for verb, value in instructions() if verb == "FROM"]
    return [(one[1], one[2] or "") for one in found if one]


class TestTheImage:
    def test_it_is_built_in_stages_of_which_the_last_has_no_compiler_and_no_node(self):
        assert [name for _, name in stages()] == ["packages", "build", ""]
        last = [image for image, _ in stages()][-1]
        assert re.search(r"python:3\.\d+-slim", last)

    def test_what_is_copied_is_there(self):
        names = {name for _, name in stages()}
        for verb, value in instructions():
            if verb != "COPY":
                continue
            *sources, _ = [word for word in value.split() if not word.startswith("--")]
            stage = re.match(r"--from=(\w+)", value)
            assert stage is None or stage[1] in names
            assert stage or all((ROOT / source).exists() for source in sources), value

    def test_it_holds_every_folder_that_runs(self):
        copied = " ".join(value for verb, value in instructions() if verb == "COPY")
        for part in ("governance", "plugins", "templates", "manage.py", "modelsteward", "assets"):
            assert part in copied

    def test_packages_are_those_that_were_locked(self):
        ran = " ".join(value for verb, value in instructions() if verb == "RUN")
        assert "--require-hashes" in ran
        assert "npm ci --ignore-scripts" in ran

    def test_it_does_not_run_as_root(self):
        told = instructions()
        users = [value for verb, value in told if verb == "USER"]
        assert users == ["10001"]
        assert told.index(("USER", "10001")) < next(n for n, (verb, _) in enumerate(told) if verb == "CMD")

    def test_its_command_and_its_health_are_of_the_web(self):
        assert fault_of(command({})) == ""
        health = dict(instructions())["HEALTHCHECK"]
        assert json.loads(health.partition("CMD ")[2])[:2] == ["python", "-c"]
        assert "/healthz" in health

    def test_nothing_secret_gets_into_it(self):
        lines = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
        assert next(line for line in lines if not line.startswith("#")) == "*"
        allowed = {line[1:] for line in lines if line.startswith("!")}
        assert "var" not in allowed
        assert all((ROOT / name).exists() for name in allowed)


class TestTheComposition:
    @pytest.mark.parametrize("name", OURS)
    def test_what_a_service_of_ours_runs_exists(self, name: str):
        assert fault_of(command(OURS[name])) == ""

    @pytest.mark.parametrize("name", SERVICES)
    def test_it_says_only_what_is_understood(self, name: str):
        assert SERVICES[name].keys() <= KNOWN

    @pytest.mark.parametrize("name", SERVICES)
    def test_it_waits_for_services_that_are_there_and_can_become_so(self, name: str):
        for other, when in SERVICES[name].get("depends_on", {}).items():
            if when["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"]
            else:
                assert when["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no"

    @pytest.mark.parametrize("kind", ["volumes", "networks"])
    def test_volumes_and_networks_are_declared(self, kind: str):
        used = {str(one).partition(":")[0] for service in SERVICES.values() for one in service.get(kind, [])}
        assert used == set(compose()[kind])

    @pytest.mark.parametrize("name", SERVICES)
    def test_only_the_web_is_reached_from_outside_and_only_from_this_host(self, name: str):
        assert SERVICES[name].get("ports", []) == (["127.0.0.1:8000:8000"] if name == "web" else [])

    def test_the_database_and_redis_are_alone_with_us(self):
        assert compose()["networks"]["inside"] == {"internal": True}
        assert {tuple(SERVICES[name]["networks"]) for name in ("database", "redis")} == {("inside",)}

    def test_redis_refuses_rather_than_forgets(self):
        told = SERVICES["redis"]["command"]
        options = dict(zip(told[1::2], told[2::2], strict=True))
        assert (options["--maxmemory-policy"], options["--save"], options["--appendonly"]) == (
            "noeviction",
            "",
            "no",
        )

    @pytest.mark.parametrize("name", OURS)
    def test_what_is_set_is_read(self, name: str):
        assert set(OURS[name]["environment"]) <= SETTINGS

    @pytest.mark.parametrize("name", OURS)
    def test_a_service_of_ours_may_do_little(self, name: str):
        service = OURS[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]

    def test_the_example_names_all_that_may_be_told_and_nothing_else(self):
        told = set(NAME.findall((DEPLOY / "compose.env.example").read_text("utf-8")))
        assert told == set(INTERPOLATED.findall((DEPLOY / "compose.yaml").read_text("utf-8")))

    def test_the_files_that_it_names_are_there(self):
        build = OURS["web"]["build"]
        context = (DEPLOY / build["context"]).resolve()
        assert context == ROOT
        assert (context / build["dockerfile"]).is_file()


def test_the_files_are_where_the_operations_page_says():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = {Path(name) for name in re.findall(r"deploy/[\w./-]*\w", page)}
    assert {
        Path("deploy/compose.yaml"),
        Path("deploy/Containerfile"),
        Path("deploy/modelsteward.env"),
    } <= named
    assert not [name for name in named - {Path("deploy/.env")} if not list(ROOT.glob(f"{name}*"))]
