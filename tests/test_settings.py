"""Settings come from the environment; a value that does not fit is refused by the name of its variable."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from governance import settings
from governance.secret_key import kept_secret

ROOT = Path(__file__).resolve().parents[1]
SYSTEM = ("PATH", "HOME", "LANG", "SYSTEMROOT")
SHOW = """
import json, os
from governance import settings
print(json.dumps({name: getattr(settings, name) for name in (%s)}, default=str))
"""


@pytest.fixture
def told(monkeypatch):
    """Sets what the environment says, and nothing else."""

    def tell(**values: str) -> None:
        monkeypatch.setattr(settings, "ENVIRONMENT", values)

    return tell


def run(code: str, folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, with nothing set but these values."""
    environment = {name: os.environ[name] for name in SYSTEM if name in os.environ}
    environment |= {"MODELSTEWARD_VAR": str(folder), **values}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def read(folder: Path, *names: str, **values: str) -> dict[str, object]:
    done = run(SHOW % "".join(f"{name!r}, " for name in names), folder, **values)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_text_is_stripped_and_empty_text_is_no_text(told):
    told(A="  x ", B="  ")
    assert settings.env_text("A") == "x"
    assert settings.env_text("B", "default") == "default"
    assert settings.env_text("C", "default") == "default"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("1", True), ("true", True), ("YES", True), ("On", True), ("0", False), ("false", False), ("no", False)],
)
def test_yes_and_no_have_several_words(told, text, meant):
    told(A=text)
    assert settings.env_bool("A", not meant) is meant


@pytest.mark.parametrize("default", [True, False])
def test_yes_or_no_may_be_left_out(told, default):
    told()
    assert settings.env_bool("A", default) is default


@pytest.mark.parametrize(
    ("helper", "value"),
    [
        (lambda: settings.env_bool("A"), "maybe"),
        (lambda: settings.env_int("A", 1), "ten"),
        (lambda: settings.env_int("A", 1), "1.5"),
        (lambda: settings.env_int("A", 1, least=1), "0"),
        (lambda: settings.env_int("A", 1, most=9), "10"),
        (lambda: settings.env_choice("A", ("ONE", "TWO"), "ONE"), "three"),
        (lambda: settings.env_url("A", ("https",)), "http://example.com"),
        (lambda: settings.env_url("A", ("https",)), "example.com"),
        (lambda: settings.env_url("A", ("https",)), "https://"),
        (lambda: settings.env_url("A", ("https",)), "https://example.com:port"),
        (lambda: settings.env_url("A", ("https",)), "https://[::1"),
        (lambda: settings.env_folder("A", Path("x")), "/dev/null/folder"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(told, helper, value):
    told(A=value)
    with pytest.raises(ImproperlyConfigured, match=r"^A\b"):
        helper()


def test_a_refused_address_is_not_repeated_since_it_may_hold_a_password(told):
    told(A="mysql://root:hush@host/db")
    with pytest.raises(ImproperlyConfigured) as refused:
        settings.env_url("A", ("postgresql",))
    assert "hush" not in str(refused.value)


def test_a_list_is_parted_by_commas(told):
    told(A="a@example.com, b@example.com,,")
    assert settings.env_list("A") == ["a@example.com", "b@example.com"]
    assert settings.env_list("B") == []


def test_an_address_loses_its_last_slash(told):
    told(A="https://hub.example/")
    assert settings.env_url("A", ("https",)) == "https://hub.example"


def test_nothing_set_is_one_process_on_sqlite_with_mail_in_files(tmp_path):
    found = read(tmp_path, "DATABASES", "EMBEDDED", "NOTIFIER_OPTIONS", "SITE_URL", "DEBUG", "HF_ENDPOINT")
    assert found["EMBEDDED"] is True
    assert found["DEBUG"] is False
    assert found["SITE_URL"] == "http://127.0.0.1:8000"
    assert found["HF_ENDPOINT"] == "https://huggingface.co"
    database = found["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "modelsteward.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["NOTIFIER_OPTIONS"]["host"] == ""
    assert found["NOTIFIER_OPTIONS"]["folder"] == str(tmp_path / "mail")


def test_the_hub_client_sends_no_telemetry(tmp_path):
    code = "from governance import settings; from huggingface_hub import constants as c"
    done = run(f"{code}; print(c.HF_HUB_DISABLE_TELEMETRY, c.HF_HUB_DISABLE_IMPLICIT_TOKEN)", tmp_path)
    assert done.stdout.split() == ["True", "True"], done.stderr


def test_servers_that_are_named_are_used(tmp_path):
    found = read(
        tmp_path,
        "DATABASES",
        "EMBEDDED",
        "CELERY",
        DATABASE_URL="postgresql://steward@db.example:5433/stewarding",
        REDIS_URL="redis://redis.example:6379/1",
    )
    assert found["EMBEDDED"] is False
    assert found["CELERY"]["broker_url"] == "redis://redis.example:6379/1"
    options = found["CELERY"]["broker_transport_options"]
    assert (options["socket_timeout"], options["socket_keepalive"]) == (5, True)
    assert {10, 3} <= set(options["socket_keepalive_options"].values())
    database = found["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "stewarding")
    assert database["OPTIONS"]["connect_timeout"] == 5


def test_both_ends_of_a_connection_to_postgresql_notice_a_dead_link_and_the_url_may_say_otherwise(tmp_path):
    plain, told = (
        read(tmp_path, "DATABASES", DATABASE_URL=f"postgresql://db.example/stewarding{query}")["DATABASES"]
        for query in ("", "?tcp_user_timeout=4000&options=-c%20search_path%3Dsteward")
    )
    options = plain["default"]["OPTIONS"]
    assert options["keepalives"] == 1
    idle = options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"]
    assert max(idle, options["tcp_user_timeout"] / 1000) <= 20
    bounds = ("tcp_keepalives_idle=10", "tcp_user_timeout=10000", "lock_timeout=20000")
    for name in (*bounds, "idle_in_transaction_session_timeout="):
        assert f"-c {name}" in options["options"]
    options = told["default"]["OPTIONS"]
    assert int(options["tcp_user_timeout"]) == 4000
    assert options["options"] == "-c search_path=steward"


def test_https_makes_cookies_secure(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "SECURE_HSTS_SECONDS")
    plain, safe = read(tmp_path, *names), read(tmp_path, *names, SITE_URL="https://steward.example")
    assert list(plain.values()) == [False, False, "session", 0]
    assert list(safe.values()) == [True, True, "__Host-session", 31_536_000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"PORT": "70000"},
        {"DEBUG": "perhaps"},
        {"DATABASE_URL": "mysql://root@localhost/x"},
        {"REDIS_URL": "localhost:6379"},
        {"SITE_URL": "steward.example"},
        {"HF_ENDPOINT": "ftp://hub.example"},
        {"LEASE_SECONDS": "soon"},
        {"LOG_LEVEL": "LOUD"},
        {"EMAIL_PORT": "smtp"},
        {"MODELSTEWARD_VAR": "/dev/null/var"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path, wrong):
    done = run("from governance import settings", tmp_path, **wrong)
    assert done.returncode == 1
    assert f"ImproperlyConfigured: {next(iter(wrong))}" in done.stderr.splitlines()[-1]


def test_the_secret_key_is_made_once_and_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "secret_key"
    made = kept_secret(path)
    assert len(made) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_secret(path) == made
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_together_agree_on_one_secret_key(tmp_path):
    code = "from pathlib import Path; from governance.secret_key import kept_secret; "
    code += f"print(kept_secret(Path({str(tmp_path / 'key')!r})))"
    with ThreadPoolExecutor(4) as together:
        keys = {done.stdout for done in together.map(lambda _: run(code, tmp_path), range(4))}
    assert len(keys) == 1
    assert keys.pop().strip()


def test_a_secret_key_that_is_set_is_used_and_none_is_written(tmp_path):
    assert read(tmp_path, "SECRET_KEY", SECRET_KEY="of the vault") == {"SECRET_KEY": "of the vault"}
    assert not (tmp_path / "secret_key").exists()
