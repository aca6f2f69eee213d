"""What the README and docs/ say is so: settings, commands, links, exit codes, and the calls of the API."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

from governance import checks
from governance.demo.hub import DEMO_TOKEN, hub_server, sample_hub
from tests.flow.platform import embedded

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def section(title: str) -> str:
    return re.split(r"^#+ ", README.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def documented_settings() -> list[str]:
    rows = [line.split("|")[1] for line in section("Settings").splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]


def read_settings() -> set[str]:
    source = (ROOT / "governance" / "settings.py").read_text("utf-8")
    return set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', source))


def shell_blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def test_every_setting_is_documented_once_and_nothing_else_is():
    documented = documented_settings()
    assert len(documented) == len(set(documented))
    assert set(documented) == read_settings()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))
    assert named <= targets


def test_the_makefile_explains_every_command_that_people_type():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    explained = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    assert sorted(phony) == sorted(explained)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_project_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page):
    text = page.read_text("utf-8")
    named = re.findall(r"`((?:governance|plugins|tests|docs|templates)/[\w./-]*)`", text)
    # The policy that the page on writing one makes.
    missing = {name for name in named if not (ROOT / name).exists() and "model_open_access" not in name}
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_management_command_that_is_named_exists(page):
    ours = {path.stem for path in ROOT.glob("governance/*/management/commands/*.py")}
    assert set(re.findall(r"manage\.py ([a-z]+)", page.read_text("utf-8"))) <= ours | {"check", "migrate"}


def test_every_check_has_its_line_in_the_operations_page():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    source = Path(checks.__file__).read_text("utf-8")
    ids = set(re.findall(r"governance\.([EW]\d{3})", source))
    assert set(re.findall(r"governance\.([EW]\d{3})", page)) == ids


def test_the_exit_codes_are_those_of_the_gate_command():
    gate = runpy.run_path(str(ROOT / "modelsteward"))
    told = dict(re.findall(r"^\| (\d) \| (.*) \|$", section("In a pipeline"), re.MULTILINE))
    expected = {str(code) for code in gate["EXIT"].values()}
    assert set(told) == expected | {str(gate["WRONG_USAGE"]), str(gate["NOT_ASKED"])}
    for decision in ("blocked", "needs_review", "cannot_tell"):
        assert told[str(gate["EXIT"][decision])] == decision.replace("_", " ")


@pytest.mark.flow
def test_the_calls_of_the_readme_work_as_they_stand(tmp_path):
    """Typed into a shell as they are, with the sample Hub in the place of the real one."""
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("needs curl and bash")
    registering, deploying, gate = (
        next(block for block in shell_blocks() if call in block)
        for call in ("api models/", "api deployments/", "./modelsteward check")
    )
    with (
        hub_server(sample_hub()) as hub,
        embedded(tmp_path, HF_ENDPOINT=hub, HF_TOKEN=DEMO_TOKEN) as platform,
    ):
        platform.bootstrap()
        platform.start()
        here = {":8000": f":{platform.port}", "cat var": f"cat {tmp_path}"}
        for there, changed in here.items():
            registering = registering.replace(there, changed)
        prepared = registering.partition("\n\n")[0]
        assert len(answers(registering)) == 4
        platform.settle()
        _, check, _ = answers(f"{prepared}\n{deploying}")
        assert (check["status"], check["decision"]) == ("finished", "allowed_with_duties")
        platform.settle()
        assert "allowed with duties" in shell(f"{prepared}\n{gate}")


def answers(script: str) -> list[dict]:
    """What each call printed, read as JSON."""
    return [json.loads(line) for line in shell(script).splitlines() if line.strip()]


def shell(script: str) -> str:
    command = ["bash", "-euc", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
