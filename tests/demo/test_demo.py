"""`make demo ONCE=1` tells the story it exists for, and each decision rests on the right sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = {"Allowed", "Allowed with duties", "Needs review", "Blocked", "Cannot tell"}


@dataclass(frozen=True)
class Shown:
    """What one run printed: the table by deployment, and the rest as text."""

    text: str
    errors: str
    code: int
    folder: Path

    @property
    def rows(self) -> dict[str, tuple[str, str, str]]:
        """Slug -> (model@revision, decision, sentence), put together from the lines of each cell."""
        lines = self.text.splitlines()
        ruler = next(number for number, line in enumerate(lines) if re.fullmatch(r"-+(  -+)+", line))
        starts = [found.start() for found in re.finditer(r"-+", lines[ruler])]
        table = "\n".join(lines[ruler + 1 :]).partition("\n\n\n")[0]
        rows = {}
        for block in table.strip("\n").split("\n\n"):
            slug, model, decision, sentence = (
                [line[start:end].strip() for line in block.splitlines()]
                for start, end in pairwise([*starts, None])
            )
            told = re.sub(r"(?<=-) ", "", " ".join(sentence))
            rows["".join(slug)] = ("".join(model), " ".join(decision).strip(), told)
        return rows


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> Shown:
    folder = tmp_path_factory.mktemp("var")
    names = ("PATH", "HOME", "LANG")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    environment |= {
        "MODELSTEWARD_VAR": str(folder),
        "PORT": "18200",
        "PYTHONUTF8": "1",
        # Whoever asks another host than this machine fails at once.
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
        "NO_PROXY": "127.0.0.1,localhost",
    }
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "governance.demo", "--once"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
    )
    print(f"make demo ONCE=1 took {time.monotonic() - started:.1f} s")
    return Shown(done.stdout, done.stderr, done.returncode, folder)


def test_it_ends_well_and_prints_nothing_but_the_story(shown):
    assert shown.code == 0, shown.errors
    assert shown.errors == ""


def test_at_least_one_deployment_gets_each_decision(shown):
    assert {decision for _, decision, _ in shown.rows.values()} == DECISIONS


def test_the_table_fits_a_terminal(shown):
    assert max(map(len, shown.text.splitlines())) <= 120 + len(str(shown.folder))


@pytest.mark.parametrize(
    ("slug", "decision", "sentences"),
    [
        # 650 million in the month that counts, 900 million today.
        (
            "chat-405b",
            "Allowed with duties",
            ("June 2024 were 650,000,000", "later growth changes nothing", "Built with Llama"),
        ),
        # Exactly at a limit that is "more than".
        ("chat-vision", "Allowed with duties", ("August 2024 were 700,000,000", "within the limit")),
        ("chat-llama33", "Allowed with duties", ("November 2024 were 690,000,000", "within the limit")),
        ("chat-llama4", "Blocked", ("March 2025 were 720,000,000, more than 700,000,000", "Meta Platforms")),
        ("tube-llama4", "Allowed with duties", ("grant", "covers this use until", "is cleared")),
        # The sister company would be over this limit; this license does not count it.
        ("tube-hunyuan", "Allowed with duties", ("May 2025 were 80,000,000", "within the limit")),
        (
            "chat-kimi",
            "Allowed with duties",
            ("more than 100,000,000", "asks to show “Kimi K2”"),
        ),
        ("chat-qwen", "Blocked", ("more than 100,000,000", "Alibaba Cloud")),
        ("chat-mixtral", "Allowed", ("All enforced policies pass",)),
        ("desk-70b", "Cannot tell", ("initech", "2024-06", "missing")),
        ("desk-vendor", "Cannot tell", ("license of hooli/assistant-api is not known",)),
        ("health-8b", "Needs review", ("between 690,000,000 and 710,000,000", "a person must decide")),
        ("health-unpinned", "Blocked", ("follows main",)),
    ],
    ids=lambda value: value if isinstance(value, str) and "-" in value else "",
)
def test_each_decision_rests_on_the_right_sentence(shown, slug, decision, sentences):
    _, found, told = shown.rows[slug]
    assert found == decision
    for sentence in sentences:
        assert sentence in told


def test_every_row_names_the_model_at_its_revision(shown):
    models = {slug: model for slug, (model, _, _) in shown.rows.items()}
    assert re.fullmatch(r"meta-llama/Llama-4-Scout-17B-16E-Instruct@[0-9a-f]{8}", models["chat-llama4"])
    assert models["tube-hunyuan"] == "tencent/Hunyuan-A13B-Instruct@2025-06-27"
    assert all("@" in model for model in models.values())


def test_one_e_mail_is_shown_and_all_lie_in_the_folder(shown):
    mail = shown.text.partition("e-mails in")[2]
    assert "To: counsel@example.com" in mail
    assert "Subject: [Blocked] chat-llama4" in mail
    count = int(re.search(r"One of (\d+) e-mails", shown.text).group(1))
    assert len(list((shown.folder / "demo" / "mail").glob("*.eml"))) == count > 1


def test_it_says_where_the_portal_is_and_how_to_sign_in(shown):
    assert re.search(r"The portal is at http://127\.0\.0\.1:\d+/ : sign in as admin", shown.text)
    token = shown.folder / "demo" / "token"
    assert f"The API token is in {token}" in shown.text
    assert token.stat().st_mode & 0o077 == 0
