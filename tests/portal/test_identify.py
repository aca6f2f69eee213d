"""The box that says which license a text is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.portal.reading import words
from tests.shared import shared

As = Callable[[str], Client]
PAGE = "/licenses/identify/"


@pytest.fixture
def client(as_: As) -> Client:
    return as_("vera")


def llama() -> str:
    return shared("licenses", "texts", "llama3.1.txt").read_text()


def test_the_list_of_licenses_leads_to_it(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/licenses/").content.decode()
    assert "Which license is this text?" in words(client.get(PAGE))


def test_a_license_is_told_by_its_text_or_its_file(client: Client) -> None:
    for given in ({"text": llama()}, {"file": SimpleUploadedFile("LICENSE", llama().encode())}):
        told = words(client.post(PAGE, given))
        assert "The same text Llama 3.1 Community License, whatever the layout" in told


def test_what_differs_is_shown(client: Client) -> None:
    changed = llama().replace("700 million", "7 million")
    told = words(client.post(PAGE, {"text": changed}))
    assert "Near, and not the same Nearest is Llama 3.1 Community License, of which it has" in told
    assert "1 paragraph of the license is not in the text as it should be." in told
    assert "7 million" in told


def test_unknown_text_is_none_and_says_that_this_means_nothing(client: Client) -> None:
    told = words(client.post(PAGE, {"text": "You may do as you like on Sundays. " * 20}))
    assert "None that is known No license of the catalog. That says nothing of what it allows." in told


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"text": "  "}, "Text : is empty"),
        ({"text": "a\x00b"}, "Text : is no text: it holds a NUL character"),
        ({"file": SimpleUploadedFile("x", b"\x89PNG\r\n\x00\x00")}, "File : is no text"),
    ],
)
def test_what_is_no_text_is_refused(client: Client, given: dict[str, object], cause: str) -> None:
    answer = client.post(PAGE, given)
    assert answer.status_code == 422
    assert cause in words(answer)


def test_ten_megabytes_are_refused_with_the_bound(client: Client) -> None:
    answer = client.post(PAGE, {"text": "a b " * 2_500_000})
    assert answer.status_code == 413
    assert "The form holds more than 5,000,000 bytes. Nothing was changed." in words(answer)
    answer = client.post(PAGE, {"file": SimpleUploadedFile("LICENSE", b"a b " * 2_500_000)})
    assert answer.status_code == 422
    assert "File : has more than 4,000,000 bytes" in words(answer)


def test_a_file_in_two_encodings_is_read(client: Client) -> None:
    mixed = llama().encode() + "\nnaïve ’".encode("cp1252")
    told = words(client.post(PAGE, {"file": SimpleUploadedFile("LICENSE", mixed)}))
    assert "Near, and not the same Nearest is Llama 3.1 Community License" in told
    assert "naïve ’" in told


def test_who_is_not_signed_in_is_asked_to() -> None:
    assert Client().post(PAGE, {"text": "x"}).status_code == 302
