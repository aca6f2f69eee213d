"""E-mail against a real server that refuses, hesitates and hangs up; and as files without a server."""

import os
import socket
import stat
from email import message_from_bytes, policy

import pytest

from governance.core.notifier import Message, NotifierError
from plugins.notifiers.email import Email
from tests.servers import smtp
from tests.servers.smtp import Answer, Moment

TO = "ann@example.org"
MESSAGE = Message(
    message_id="<3f2a@steward.example.org>",
    subject="[Blocked] chat-eu: users 720,000,000 in March 2025 – over 700,000,000 (Llama 4, section 2)",
    text="Users were 720,000,000 – more than 700,000,000.\n" + "A long line. " * 100,
    html="<p>Users were <b>720,000,000</b> – more than 700,000,000.</p>",
    headers={"Auto-Submitted": "auto-generated", "References": f"<thread-{'a' * 60}@steward.example.org>"},
)


@pytest.fixture
def mail():
    with smtp.server(hang_seconds=20) as server:
        yield server


def options(mail, **more):
    return {"host": smtp.HOST, "port": mail.port, "timeout": 5, "sender": "steward@example.org", **more}


def refused(opts, to=TO, message=MESSAGE):
    with pytest.raises(NotifierError) as caught:
        Email(opts).send(to, message)
    return caught.value


def test_a_message_arrives_whole(mail):
    Email(options(mail)).send(TO, MESSAGE)
    (kept,) = mail.wait_for(1)
    found = kept.message
    assert (kept.sender, kept.recipients, kept.message_id) == (
        "steward@example.org",
        (TO,),
        MESSAGE.message_id,
    )
    assert found["Subject"] == MESSAGE.subject
    assert found["From"] == "Modelsteward <steward@example.org>"
    assert {name: found[name] for name in MESSAGE.headers} == dict(MESSAGE.headers)
    text, html = found.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html.get_content().strip() == MESSAGE.html


def test_a_sender_may_have_a_name(mail):
    Email(options(mail, sender="Model Office <office@example.org>")).send(TO, MESSAGE)
    (kept,) = mail.wait_for(1)
    assert (kept.sender, kept.message["From"]) == (
        "office@example.org",
        "Model Office <office@example.org>",
    )


def test_a_message_without_html_has_one_part(mail):
    Email(options(mail)).send(TO, Message("<a@b>", "s", "only text"))
    assert mail.wait_for(1)[0].message.get_content_type() == "text/plain"


def test_one_recipient_is_refused_for_good_and_the_others_are_served(mail):
    mail.answer(Answer.REFUSE, to="gone@example.org")
    fault = refused(options(mail), to="gone@example.org")
    assert fault.permanent
    assert f"127.0.0.1:{mail.port} did not take it: it answered 550 5.1.1 Refused." in fault.sentence
    Email(options(mail)).send(TO, MESSAGE)
    assert mail.wait_for(1)[0].recipients == (TO,)


@pytest.mark.parametrize("moment", [Moment.MAIL, Moment.RCPT, Moment.DATA])
@pytest.mark.parametrize(("answer", "code"), [(Answer.TRY_LATER, "451"), (Answer.UNAVAILABLE, "421")])
def test_later_is_never_final_at_any_step(mail, moment, answer, code):
    mail.answer(answer, at=moment)
    fault = refused(options(mail))
    assert not fault.permanent
    assert code in fault.sentence
    assert mail.messages == []


def test_a_refused_message_is_final_and_a_refused_sender_is_not(mail):
    mail.answer(Answer.REFUSE, at=Moment.DATA)
    assert refused(options(mail)).permanent
    mail.answer(Answer.REFUSE, at=Moment.MAIL)
    assert not refused(options(mail)).permanent


def test_a_server_that_hangs_is_left_after_the_timeout(mail):
    mail.answer(Answer.HANG)
    fault = refused(options(mail, timeout=0.3))
    assert (fault.permanent, mail.messages) == (False, [])
    assert "did not answer in time" in fault.sentence


def test_a_connection_cut_before_the_250_may_repeat_the_message_recognizably(mail):
    mail.answer(Answer.CLOSE)
    fault = refused(options(mail))
    assert not fault.permanent
    assert "closed the connection" in fault.sentence
    mail.answer(Answer.ACCEPT)
    Email(options(mail)).send(TO, MESSAGE)
    assert {kept.message_id for kept in mail.wait_for(2)} == {MESSAGE.message_id}


def test_no_server_at_all_is_not_final():
    with socket.socket() as taken:
        taken.bind((smtp.HOST, 0))  # bound and not listening: nobody answers
        port = taken.getsockname()[1]
        fault = refused({"host": smtp.HOST, "port": port, "timeout": 1})
    assert not fault.permanent
    assert f"127.0.0.1:{port} was not ready" in fault.sentence


def test_a_server_without_what_is_asked_is_not_final_and_tells_no_password(mail):
    for more in ({"tls": True}, {"user": "steward", "password": "swordfish"}):
        fault = refused(options(mail, **more))
        assert not fault.permanent
        assert "swordfish" not in str(fault)
    assert mail.messages == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "a b@example.org",
        "a@x.org, b@x.org",
        "a@x.org\nBcc: b@x.org",
        "a@[::1]",
    ],
)
def test_what_is_no_address_is_refused_for_good(tmp_path, address):
    fault = refused({"folder": tmp_path}, to=address)
    assert fault.permanent
    assert "is no e-mail address" in fault.sentence
    assert "\n" not in fault.sentence
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "address", ["", "bob", "bob@", "a b@example.org", "bob@example.org\nBcc: e@x.org", "a@[::1]"]
)
def test_an_address_that_is_none_says_so_before_it_is_kept(address):
    with pytest.raises(ValueError, match="is no e-mail address"):
        Email({}).read_address(address)
    with pytest.raises(ValueError, match="at most 254 fit"):
        Email({}).read_address("a" * 250 + "@example.org")
    assert Email({}).read_address("bob@example.org") == "bob@example.org"


@pytest.mark.parametrize(
    "message",
    [
        Message("<a@b>", "evil\r\nBcc: b@x.org", "t"),
        Message("<a@b>\nBcc: b@x.org", "s", "t"),
        Message("<a@b>", "s", "t", headers={"X-Event": "a\nBcc: b@x.org"}),
    ],
)
def test_no_header_can_be_smuggled_in(tmp_path, message):
    assert refused({"folder": tmp_path}, message=message).permanent
    assert not list(tmp_path.iterdir())


def test_a_bad_sender_can_be_mended_and_is_not_final(tmp_path):
    fault = refused({"folder": tmp_path, "sender": "nobody"})
    assert not fault.permanent
    assert "EMAIL_FROM" in fault.sentence


def test_without_a_server_each_message_is_a_private_file_and_a_repeat_replaces_it(tmp_path):
    folder = tmp_path / "mail"
    for _ in range(2):
        Email({"host": "", "folder": str(folder)}).send(TO, MESSAGE)
    (file,) = folder.iterdir()
    assert file.name == "3f2a_steward.example.org.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (found["To"], found["Subject"]) == (TO, MESSAGE.subject)


def test_a_name_that_climbs_out_of_the_folder_stays_in_it(tmp_path):
    Email({"folder": tmp_path}).send(TO, Message("<../../../etc/x@y>", "s", "t"))
    assert [file.parent for file in tmp_path.iterdir()] == [tmp_path]


def test_a_folder_that_cannot_be_written_is_not_final(tmp_path):
    blocker = tmp_path / "mail"
    blocker.write_text("a file, not a folder")
    fault = refused({"folder": blocker})
    assert not fault.permanent
    assert "could not be written" in fault.sentence


def test_ids_and_links_that_programs_read_are_never_folded_or_encoded(tmp_path):
    link = f"<https://steward.example.org/unsubscribe/{'x' * 200}/>"
    Email({"folder": tmp_path}).send(TO, Message("<a@b>", "s" * 300, "t", headers={"List-Unsubscribe": link}))
    (file,) = tmp_path.iterdir()
    assert f"List-Unsubscribe: {link}\r\n".encode() in file.read_bytes()
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]
