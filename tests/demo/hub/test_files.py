"""Downloads by the real client: redirects, ranges, the cache."""

from pathlib import Path

import pytest
from huggingface_hub import HfFileSystem, hf_hub_download
from huggingface_hub.errors import FileMetadataError, LocalEntryNotFoundError
from huggingface_hub.utils import get_session

from governance.demo.hub import File, Hub, faults

SMALL = "/acme/m/resolve/main/config.json"
WEIGHTS = "/acme/m/resolve/main/model.safetensors"


def download(address: str, cache: Path, path: str, **options: object) -> Path:
    return Path(hf_hub_download("acme/m", path, endpoint=address, cache_dir=cache, token=False, **options))


def test_a_small_file_comes_from_the_hub(address: str, hub: Hub, tmp_path: Path) -> None:
    got = download(address, tmp_path, "config.json")
    assert got.read_bytes() == b'{"model_type": "llama"}'
    assert got.parent.name == hub["acme/m"].branches["main"]


def test_weights_come_from_another_origin_without_the_token(address: str, hub: Hub, tmp_path: Path) -> None:
    options = {"endpoint": address, "cache_dir": tmp_path, "token": "hf_alice"}
    got = Path(hf_hub_download("acme/m", "model.safetensors", **options))
    assert got.stat().st_size == 5_000_000
    [stored] = hub.asked("/lfs/*")
    assert stored.request.host.startswith("localhost")
    assert stored.request.authorization == ""


def test_storage_refuses_a_wrong_signature(address: str, hub: Hub) -> None:
    place = get_session().head(address + WEIGHTS, follow_redirects=False).headers["Location"]
    assert get_session().get(place + "0").status_code == 403


def test_an_lfs_redirect_to_the_same_origin_breaks_the_client(address: str, hub: Hub, tmp_path: Path) -> None:
    hub.lfs_at = "same origin"
    with pytest.raises(LocalEntryNotFoundError) as failed:
        download(address, tmp_path, "model.safetensors")
    assert isinstance(failed.value.__cause__, FileMetadataError)


def test_weights_may_come_directly(address: str, hub: Hub, tmp_path: Path) -> None:
    hub.lfs_at = "directly"
    assert download(address, tmp_path, "model.safetensors").stat().st_size == 5_000_000
    assert hub.count("/lfs/*") == 0


def test_a_small_file_may_come_through_the_resolve_cache(address: str, hub: Hub, tmp_path: Path) -> None:
    hub.resolve_cache = True
    assert download(address, tmp_path, "config.json").read_bytes() == b'{"model_type": "llama"}'
    assert hub.count("/api/resolve-cache/models/acme/m/*") > 0


def test_a_renamed_model_is_downloaded_by_its_old_id(address: str, hub: Hub, tmp_path: Path) -> None:
    hub.rename("acme/m", "acme/new")
    assert download(address, tmp_path, "config.json").exists()


@pytest.mark.parametrize("header", ["X-Repo-Commit", "ETag"])
def test_a_proxy_that_drops_a_header_breaks_the_client(
    address: str, hub: Hub, tmp_path: Path, header: str
) -> None:
    hub.fail(faults.without_headers(header), SMALL)
    with pytest.raises(LocalEntryNotFoundError) as failed:
        download(address, tmp_path, "config.json")
    assert isinstance(failed.value.__cause__, FileMetadataError)


def test_a_warm_cache_hides_that_access_was_revoked(address: str, hub: Hub, tmp_path: Path) -> None:
    before = download(address, tmp_path, "config.json")
    hub.change("acme/m", gated="manual")
    assert download(address, tmp_path, "config.json") == before
    assert hub.log[-1].status == 401


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "body"),
    [
        ("bytes=0-3", 206, "bytes 0-3/10", b"0123"),
        ("bytes=7-", 206, "bytes 7-9/10", b"789"),
        ("bytes=-2", 206, "bytes 8-9/10", b"89"),
        ("bytes=5-999", 206, "bytes 5-9/10", b"56789"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("lines=1-2", 200, None, b"0123456789"),
    ],
)
def test_ranges(
    address: str, hub: Hub, asked: str, status: int, content_range: str | None, body: bytes
) -> None:
    hub.add_file("acme/m", "digits.txt", b"0123456789")
    answer = get_session().get(f"{address}/acme/m/resolve/main/digits.txt", headers={"Range": asked})
    assert (answer.status_code, answer.headers.get("Content-Range")) == (status, content_range)
    assert answer.content == body


def test_the_file_system_reads_a_part(address: str, hub: Hub) -> None:
    hub.push("acme/m", {"digits.bin": b"0123456789" * 10})
    files = HfFileSystem(endpoint=address, token=False, skip_instance_cache=True)
    assert files.read_block("acme/m/digits.bin", 3, 4) == b"3456"


def test_head_tells_size_without_body(address: str) -> None:
    answer = get_session().head(address + SMALL)
    assert answer.headers["Content-Length"] == "23"
    assert answer.content == b""


def test_filling_is_spaces_in_texts_and_zeros_in_weights() -> None:
    assert b"".join(File("a.txt", 5, b"ab").read(1, 5)) == b"b   "
    assert b"".join(File("a.bin", 70_000, b"ab").read(69_999, 70_000)) == b"\0"


def test_file_names_that_climb_out_are_served_as_they_are(address: str, hub: Hub) -> None:
    hub.push("acme/m", {"../../evil.txt": b"x", "a\nb.txt": b"y"})
    names = [s["rfilename"] for s in get_session().get(f"{address}/api/models/acme/m").json()["siblings"]]
    assert {"../../evil.txt", "a\nb.txt"} <= set(names)


def test_a_cached_file_asked_for_by_commit_costs_no_request(address: str, hub: Hub, tmp_path: Path) -> None:
    commit = hub["acme/m"].branches["main"]
    first = download(address, tmp_path, "config.json", revision=commit)
    hub.forget()
    assert download(address, tmp_path, "config.json", revision=commit) == first
    assert hub.count() == 0
    download(address, tmp_path, "config.json", revision="main")
    assert [entry.request.method for entry in hub.log] == ["HEAD"]
