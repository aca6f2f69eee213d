"""Log lines: ids in each, JSON for programs, nothing that forges a line, and never a secret."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import logs

SECRETS = ['tr"op\\secret', "pass word/42", "ungeheim-ß"]
FORGED = "org/name\n2026-11-25T00:00:00Z ERROR governance all is lost\r\x1b[31m\u202e"


def said(message: str, *words: object, shape: str = "TEXT", fault: BaseException | None = None) -> str:
    told = (type(fault), fault, fault.__traceback__) if fault else None
    record = logging.LogRecord("governance.test", logging.WARNING, __file__, 1, message, words, told)
    return logs.Formatter(shape, SECRETS).format(record)


def raised(message: str) -> ValueError:
    try:
        raise ValueError(message)
    except ValueError as fault:
        return fault


def test_a_line_says_when_how_bad_where_and_what():
    time, level, logger, *what = said("%s is late", "work 7").split(" ")
    assert time.endswith("Z")
    assert (level, logger, what) == ("WARNING", "governance.test", ["work", "7", "is", "late"])


@pytest.mark.parametrize("shape", logs.SHAPES)
def test_what_is_bound_stands_in_each_line_and_only_in_the_block(shape):
    with logs.context(request="r-1"), logs.context(work=7, attempt=2):
        inside = said("here", shape=shape)
        assert logs.request_id() == "r-1"
    assert "r-1" in inside
    assert "r-1" not in said("here", shape=shape)
    if shape == "JSON":
        assert json.loads(inside) | {"timestamp": ""} == {
            "event": "here", "level": "warning", "logger": "governance.test", "timestamp": "",
            "request": "r-1", "work": 7, "attempt": 2,
        }  # fmt: skip
    else:
        assert inside.endswith("here attempt=2 request=r-1 work=7")


@pytest.mark.parametrize("shape", logs.SHAPES)
def test_no_text_of_strangers_ends_a_line_or_moves_the_cursor(shape):
    with logs.context(key=FORGED):
        line = said("%s failed", FORGED, shape=shape)
    assert line.isprintable()


def test_a_traceback_is_set_in_so_that_none_of_its_lines_looks_like_a_record():
    head, *trace = said("oops", fault=raised(FORGED)).split("\n")
    assert head.endswith("oops")
    assert trace
    assert all(line.startswith("  | ") and line.isprintable() for line in trace)


def test_a_traceback_is_one_field_of_a_json_line():
    line = said("oops", shape="JSON", fault=raised(FORGED))
    assert "all is lost" in json.loads(line)["exception"]


@pytest.mark.parametrize("shape", logs.SHAPES)
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("form", [str, quote, repr, json.dumps])
def test_a_secret_of_the_settings_is_in_no_line_in_whatever_form(shape, secret, form):
    line = said("it said %s", form(secret), shape=shape, fault=raised(form(secret)))
    assert secret not in line
    assert quote(secret) not in line
    assert json.dumps(secret)[1:-1] not in line
    assert logs.HIDDEN in line


LOOKS_SECRET = {
    "a token of ours": ("mst_4f8gB3-xyz_ABCDEFGH", "4f8gB3"),
    "a token of the Hub": ("hf_abcdefghijklmnopqrstuvwxyz0123456789", "mnopqr"),
    "a header": ("Authorization: Bearer abcdefgh.ijklmnop-qrst", "ijklmnop"),
    "an address with a password": ("redis://user:hunter22@host:6379/0", "hunter22"),
    "a connection": ("host=db password=hunter22 dbname=x", "hunter22"),
    "a signed address": ("https://cdn.example/x?X-Amz-Signature=deadbeef01&y=1", "deadbeef01"),
    "a token in an address": ("/hook?token=abcdef123", "abcdef123"),
    "a secret of a webhook": ("signs with whsec_" + "ab+/" * 10 + "=", "ab+/" * 10),
    "a signed wish": ("/unsubscribe/WyJlbWFpbCIsIng:1vNabc:" + "s" * 43 + "/", "s" * 43),
}


@pytest.mark.parametrize("shape", logs.SHAPES)
@pytest.mark.parametrize(("text", "secret"), LOOKS_SECRET.values(), ids=LOOKS_SECRET)
def test_what_looks_like_a_secret_is_hidden_and_the_rest_stays(shape, text, secret):
    line = said("before %s after", text, shape=shape)
    assert secret not in line
    assert "before" in line
    assert "after" in line


@pytest.mark.parametrize("secret", [SECRETS[1], "mst_4f8gB3-xyz_ABCDEFGH"])
def test_a_secret_where_an_endless_text_is_cut_is_hidden_too(secret):
    """Each half by itself would look like nothing that must be hidden."""
    for before in range(logs.LONGEST_EVENT // 2 - len(secret), logs.LONGEST_EVENT // 2 + 1):
        line = said("%s", "." * before + secret + "." * 100_000)
        assert secret[: len(secret) // 2] not in line


@pytest.mark.parametrize(
    "innocent", ["The Hub refuses the token.", "sha256:0123456789abcdef", "a:b:c", "t = 5"]
)
def test_ordinary_sentences_stay_whole(innocent):
    assert innocent in said(innocent)


@given(st.text())
def test_json_lines_can_be_read_whatever_is_said(text):
    line = said("%s", f"password={text}", shape="JSON")
    assert "event" in json.loads(line)
    assert line.isprintable()


def test_what_is_endless_is_cut_in_the_middle():
    line = said("%s", "a" * 100_000 + "END", fault=raised("b" * 100_000 + "THE CAUSE"))
    assert len(line) < 25_000
    assert "END" in line
    assert line.endswith("THE CAUSE")


def test_passwords_of_addresses_are_found_as_written_and_as_meant():
    found = logs.passwords_in("postgresql://u:a%2Fbcdef@h/d", "redis://h:6379/0", "")
    assert set(found) == {"a%2Fbcdef", "a/bcdef"}
