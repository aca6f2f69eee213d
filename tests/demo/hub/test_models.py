"""The API of models, asked by the real client."""

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError
from huggingface_hub.utils import get_session

from governance.demo.hub import Hub, faults


def test_info_names_head_license_and_files(hub: Hub, anybody: HfApi) -> None:
    info = anybody.model_info("acme/m", timeout=5)
    assert info.sha == hub["acme/m"].branches["main"]
    assert info.card_data is not None
    assert info.card_data.license == "apache-2.0"
    assert "license:apache-2.0" in info.tags
    assert [file.rfilename for file in info.siblings] == ["README.md", "config.json", "model.safetensors"]
    assert info.siblings[2].size is None


def test_info_with_blobs_has_sizes_and_digests(anybody: HfApi) -> None:
    info = anybody.model_info("acme/m", files_metadata=True, securityStatus=True, timeout=5)
    weights = info.siblings[2]
    assert weights.size == 5_000_000
    assert weights.lfs is not None
    assert len(weights.lfs.sha256) == 64
    assert weights.lfs.size == 5_000_000
    assert info.siblings[0].lfs is None
    assert info.siblings[0].blob_id
    assert info.security_repo_status == {"scansDone": True, "filesWithIssues": []}


def test_info_at_a_commit_says_what_was_said_then(hub: Hub, anybody: HfApi) -> None:
    before = hub["acme/m"].branches["main"]
    after = hub.push("acme/m", card={"license": "other", "license_name": "nc"})
    old, new = (anybody.model_info("acme/m", revision=r, timeout=5) for r in (before, "main"))
    assert (old.sha, old.card_data.license) == (before, "apache-2.0")
    assert (new.sha, new.card_data.license_name) == (after, "nc")


@pytest.mark.parametrize("revision", ["v1.0", "refs/pr/1", "a/b"])
def test_revisions_with_odd_names_are_found(hub: Hub, anybody: HfApi, revision: str) -> None:
    commit = hub["acme/m"].branches["main"]
    hub.tag("acme/m", revision, commit)
    assert anybody.model_info("acme/m", revision=revision, timeout=5).sha == commit


def test_expand_answers_only_what_was_asked(address: str) -> None:
    url = f"{address}/api/models/acme/m?expand=sha&expand=gated"
    assert set(get_session().get(url).json()) == {"_id", "id", "sha", "gated"}


def test_expand_of_a_key_that_is_none_is_refused(address: str, anybody: HfApi) -> None:
    assert get_session().get(f"{address}/api/models/acme/m?expand=weight").status_code == 400
    with pytest.raises(BadRequestError):
        anybody.model_info("acme/m", expand=["weight"], timeout=5)


def test_a_hub_may_ignore_expand(hub: Hub, address: str) -> None:
    hub.expand_ignored = True
    answer = get_session().get(f"{address}/api/models/acme/m?expand=sha").json()
    assert "cardData" in answer
    assert "baseModels" not in answer


def test_base_models_and_children_are_dicts_with_current_names(hub: Hub, anybody: HfApi) -> None:
    hub.create("acme/tuned", card={"license": "mit", "base_model": "acme/m"}, relation="adapter")
    hub.rename("acme/m", "acme/base")
    tuned = anybody.model_info("acme/tuned", expand=["baseModels", "tags"], timeout=5)
    models = [{"_id": hub["acme/base"].hub_id, "id": "acme/base"}]
    assert tuned.base_models == {"relation": "adapter", "models": models}
    assert "base_model:adapter:acme/base" in tuned.tags
    base = anybody.model_info("acme/base", expand=["childrenModelCount"], timeout=5)
    assert base.children_model_count["adapter"] == 1


def test_a_renamed_model_answers_under_its_new_id(hub: Hub, anybody: HfApi) -> None:
    hub.rename("acme/m", "acme/new")
    assert anybody.model_info("acme/m", timeout=5).id == "acme/new"
    assert [entry.status for entry in hub.log] == [307, 200]


def test_the_redirect_of_a_rename_forgets_the_query(hub: Hub, anybody: HfApi) -> None:
    hub.rename("acme/m", "acme/new")
    assert anybody.model_info("acme/m", files_metadata=True, timeout=5).siblings[0].size is None
    hub.renames_keep_query = True
    assert anybody.model_info("acme/m", files_metadata=True, timeout=5).siblings[0].size is not None


def test_a_name_without_organization_is_found_by_its_former_id(hub: Hub, anybody: HfApi) -> None:
    hub.change("acme/m", former_ids=("m",))
    assert anybody.model_info("m", revision="main", timeout=5).id == "acme/m"


def test_refs_name_branches_and_tags(hub: Hub, anybody: HfApi) -> None:
    first = hub["acme/m"].history("main")[-1].id
    hub.tag("acme/m", "v1", first)
    refs = anybody.list_repo_refs("acme/m")
    assert [(b.name, b.target_commit) for b in refs.branches] == [("main", hub["acme/m"].branches["main"])]
    assert [(t.ref, t.target_commit) for t in refs.tags] == [("refs/tags/v1", first)]


def test_commits_come_newest_first_over_pages(hub: Hub, anybody: HfApi) -> None:
    for number in range(5):
        hub.push("acme/m", {"notes.txt": b"%d" % number}, title=f"Note {number}")
    hub.page_size = 3
    commits = anybody.list_repo_commits("acme/m")
    assert [commit.title for commit in commits[:2]] == ["Note 4", "Note 3"]
    assert len(commits) == 7
    assert hub.count("/api/models/acme/m/commits/main") == 3


def test_the_tree_has_folders_pages_and_details(hub: Hub, anybody: HfApi) -> None:
    hub.push("acme/m", {"onnx/a/model.onnx": 300, "onnx/notes.txt": b"x"})
    hub.page_size = 2
    top = [entry.path for entry in anybody.list_repo_tree("acme/m")]
    assert top == ["README.md", "config.json", "model.safetensors", "onnx"]
    below = list(anybody.list_repo_tree("acme/m", "onnx", recursive=True, expand=True))
    assert [entry.path for entry in below] == ["onnx/a", "onnx/a/model.onnx", "onnx/notes.txt"]
    assert below[1].lfs.size == 300
    assert below[1].last_commit.oid == hub["acme/m"].branches["main"]


def test_paths_info_leaves_out_what_is_not_there(anybody: HfApi) -> None:
    found = anybody.get_paths_info("acme/m", ["model.safetensors", "nothing.txt"], expand=True)
    assert [(file.path, file.size) for file in found] == [("model.safetensors", 5_000_000)]


def test_the_list_is_filtered_and_paged(hub: Hub, anybody: HfApi) -> None:
    for number in range(4):
        hub.create(f"zeta/m{number}", card={"license": "mit"})
    hub.create("zeta/secret", private=True)
    hub.page_size = 3
    assert [model.id for model in anybody.list_models(author="zeta")] == [f"zeta/m{n}" for n in range(4)]
    assert [model.id for model in anybody.list_models(filter="license:apache-2.0")] == ["acme/m"]
    assert [model.id for model in anybody.list_models(search="M3", limit=1)] == ["zeta/m3"]


def test_a_listed_item_says_little_unless_asked(anybody: HfApi, address: str) -> None:
    short = get_session().get(f"{address}/api/models").json()[0]
    assert not {"author", "sha", "lastModified", "gated", "cardData"} & set(short)
    [full] = anybody.list_models(full=True, cardData=True)
    assert full.sha
    assert full.card_data.license == "apache-2.0"
    [expanded] = anybody.list_models(expand=["gated", "sha"])
    assert expanded.gated is False


def test_whoami_names_the_user(alice: HfApi) -> None:
    assert alice.whoami()["name"] == "alice"


def test_an_unchanged_answer_may_be_asked_for_conditionally(address: str, hub: Hub) -> None:
    url = f"{address}/api/models/acme/m"
    etag = get_session().get(url).headers["ETag"]
    assert etag.startswith('W/"')
    assert get_session().get(url, headers={"If-None-Match": etag}).status_code == 304
    hub.push("acme/m", {"notes.txt": b"new"})
    assert get_session().get(url, headers={"If-None-Match": etag}).status_code == 200


def test_the_client_sends_the_token_wherever_the_next_page_is(hub: Hub, alice: HfApi) -> None:
    elsewhere = f'<{hub.files_address}/api/models/acme/m/commits/main?cursor=1>; rel="next"'
    hub.fail(faults.with_headers(Link=elsewhere), "*/commits/main", times=1)
    alice.list_repo_commits("acme/m")
    leaked = hub.log[-1].request
    assert leaked.host.startswith("localhost")
    assert leaked.authorization == "Bearer hf_alice"
