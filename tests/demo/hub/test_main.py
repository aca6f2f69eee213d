"""The command that serves the sample."""

import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub.utils import get_session

from governance.demo.hub import Hub, hub_server
from governance.demo.hub.__main__ import hub_of, main


def test_the_command_serves_until_it_is_stopped() -> None:
    command = [sys.executable, "-m", "governance.demo.hub", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            answer = get_session().get(f"{said.split()[-1]}/api/models/microsoft/phi-4", timeout=5)
        finally:
            process.terminate()
    assert answer.json()["cardData"]["license"] == "mit"


def test_a_taken_port_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with hub_server(Hub()) as address, pytest.raises(SystemExit):
        main(["--port", address.rsplit(":", 1)[1]])
    assert "Address already in use" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["many", "70000"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SystemExit):
        main(["--port", port])


def test_records_of_a_file_are_served(tmp_path: Path) -> None:
    records = tmp_path / "models.jsonl"
    records.write_text('{"id": "acme/a"}\n{"id": "acme/b", "gated": "manual"}\n')
    hub = hub_of(records)
    assert list(hub.repositories) == ["acme/a", "acme/b"]
    assert hub["acme/b"].gated == "manual"


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"id": "acme/m", "lastModified": "now"}'])
def test_a_line_that_is_no_record_is_named(
    tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    records = tmp_path / "models.jsonl"
    records.write_text('{"id": "acme/a"}\n' + line)
    with pytest.raises(SystemExit):
        main(["--records", str(records)])
    assert "models.jsonl, line 2: no record of a model" in capsys.readouterr().err
