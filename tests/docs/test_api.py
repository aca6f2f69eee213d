"""What docs/api.md tells people to send is sent here, in its order."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from governance.pipeline.execution import drain
from tests.api.conftest import alice, hub  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")


def calls(section: str) -> list[list[str]]:
    """The words of each `api ...` command of a section."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    script = "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    commands = re.split(r"^(?=api )", script, flags=re.MULTILINE)
    return [shlex.split(command, comments=True)[1:] for command in commands if command.startswith("api ")]


def call(client, path, *words):
    """As the shell function of the page: GET, or what -X and -d say."""
    given = dict(zip(words[::2], words[1::2], strict=True))
    method = given.get("-X", "POST" if "-d" in given else "GET").lower()
    body = json.loads(given["-d"]) if "-d" in given else None
    return client.generic(
        method.upper(), f"/api/v1/{path.replace('?wait=30', '')}", json.dumps(body), "application/json"
    )


@pytest.mark.parametrize("section", ["From a model to a decision", "Policies"])
def test_the_commands_of_the_page_work(section, hub, alice):  # noqa: F811
    found, made = calls(section), 0
    assert len(found) > 3
    for path, *words in found:
        answer = call(alice, path.replace("/1/", f"/{made}/"), *words)
        assert answer.status_code < 300, (path, answer.content)
        made = answer.json().get("id", made) if answer.content else made
        drain()
