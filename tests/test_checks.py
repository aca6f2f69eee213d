"""Settings that do not go together and plugins that are broken have a check each; errors stop the start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = "postgresql://steward@localhost/steward"
REDIS = "redis://localhost:6379/0"
SYSTEM = ("PATH", "HOME", "LANG", "SYSTEMROOT")

POLICY = '''
from governance.core.facts import Facet, Subject
from governance.core.policy import Policy


class {name}(Policy):
    """Takes a key that is taken."""

    key = "license.known"
    version = 1
    judges = {{Subject.DEPLOYMENT}}
    reads = {{Facet.TERMS}}

    def evaluate(self, facts, params): ...
'''


@pytest.fixture(scope="module")
def _copied(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("copied") / "project"
    folder.mkdir()
    for name in ("governance", "plugins", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "manage.py", folder)
    return folder


@pytest.fixture
def project(_copied):
    """A copy of the program, whose plugins a test may spoil; what it adds is taken away again."""
    before = {path for path in (_copied / "plugins").rglob("*") if path.is_file()}
    yield _copied
    for path in (_copied / "plugins").rglob("*"):
        if path.is_file() and path not in before:
            path.unlink()


def manage(folder: Path, var: Path, *words: str, **values: str) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in SYSTEM if name in os.environ}
    environment |= {"MODELSTEWARD_VAR": str(var), **values}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def ids(tags: tuple[str, ...] = ("compatibility",)) -> list[str]:
    return [found.id for found in run_checks(tags=tags) if found.id and found.id.startswith("governance.")]


# What `manage.py check` says, and how it ends


def test_nothing_set_is_fine(tmp_path):
    done = manage(ROOT, tmp_path, "check")
    assert done.returncode == 0, done.stderr
    assert "governance." not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("values", "found", "sentence"),
    [
        ({"REDIS_URL": REDIS}, "E002", "the database is SQLite"),
        ({"EMAIL_HOST": "mail.example", "EMAIL_HOST_PASSWORD": "hush"}, "E003", "in the clear"),
        ({"ALLOWED_HOSTS": "*"}, "E004", "lets anybody name this site"),
        ({"SITE_URL": "https://a.example", "ALLOWED_HOSTS": "b.example"}, "E005", "not in ALLOWED_HOSTS"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("E0") else "",
)
def test_settings_that_do_not_go_together_end_the_check_with_a_fault(tmp_path, values, found, sentence):
    done = manage(ROOT, tmp_path, "check", **values)
    assert done.returncode == 1
    assert f"governance.{found}" in done.stderr
    assert sentence in done.stderr
    assert "HINT:" in done.stderr
    assert "hush" not in done.stderr


def test_postgresql_without_redis_is_a_warning_only(tmp_path):
    done = manage(ROOT, tmp_path, "check", DATABASE_URL=POSTGRES)
    assert done.returncode == 0
    assert "governance.W002" in done.stderr


def test_both_servers_together_are_fine(tmp_path):
    done = manage(ROOT, tmp_path, "check", DATABASE_URL=POSTGRES, REDIS_URL=REDIS)
    assert done.returncode == 0
    assert "governance." not in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        {"EMAIL_USE_TLS": "1", "EMAIL_HOST": "mail.example"},
        {"EMAIL_HOST": "localhost"},
    ],
    ids=["encrypted", "to this machine"],
)
def test_a_mail_password_may_be_sent_where_nobody_listens(tmp_path, options):
    done = manage(ROOT, tmp_path, "check", EMAIL_HOST_PASSWORD="hush", **options)
    assert done.returncode == 0, done.stderr


@override_settings(ALLOWED_HOSTS=["*"], SITE_URL="https://a.example")
def test_each_fault_is_told_at_once():
    errors = [found for found in ids() if found.startswith("governance.E")]
    assert errors == ["governance.E004", "governance.E005"]


# Plugins


@pytest.mark.parametrize("command", ["check", "up", "bootstrap"])
def test_two_plugins_with_one_key_stop_the_start(project, tmp_path, command):
    for name in ("first", "second"):
        path = project / "plugins" / "policies" / f"twin_{name}.py"
        path.write_text(POLICY.format(name=name.title()))
    done = manage(project, tmp_path, command)
    assert done.returncode == 1
    assert "governance.E001" in done.stderr
    assert "Two plugins have the key 'license.known'" in done.stderr
    assert "plugins.policies.twin_first.First" in done.stderr
    assert not (tmp_path / "modelsteward.sqlite3").exists()


@pytest.mark.parametrize("command", ["check", "up"])
def test_a_license_file_with_a_typo_stops_the_start(project, tmp_path, command):
    text = (project / "plugins" / "licenses" / "mit.toml").read_text("utf-8")
    assert "licensor" in text
    spoiled = project / "plugins" / "licenses" / "mitt.toml"
    spoiled.write_text(text.replace("licensor", "lisensor", 1), "utf-8")
    done = manage(project, tmp_path, command)
    assert done.returncode == 1
    assert "governance.E001" in done.stderr
    assert "mitt.toml" in done.stderr
    assert "lisensor" in done.stderr


def test_a_shipped_plugin_that_does_not_load_stops_the_start(project, tmp_path):
    (project / "plugins" / "notifiers" / "pager.py").write_text("import no_such_client\n")
    done = manage(project, tmp_path, "up")
    assert done.returncode == 1
    assert "plugins/notifiers/pager cannot be used" in done.stderr
    assert "no_such_client" in done.stderr


def test_an_installed_plugin_that_does_not_load_is_a_warning_with_its_reason(tmp_path):
    installed = tmp_path / "site" / "acme_policies-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-policies\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[modelsteward.plugins]\nacme.rule = acme_policies:Rule\n")
    done = manage(ROOT, tmp_path / "var", "check", PYTHONPATH=str(installed.parent))
    assert done.returncode == 0, done.stderr
    assert "governance.W001" in done.stderr
    assert "The installed plugin acme.rule is broken" in done.stderr
    assert "acme_policies" in done.stderr
