"""A sample Hub that the real huggingface_hub client talks to over HTTP.

    hub = sample_hub()                                 # or Hub() and hub.create("acme/m", card={...})
    with hub_server(hub) as address:                   # http://127.0.0.1:PORT; LFS at http://localhost:OTHER
        HfApi(endpoint=address, token=DEMO_TOKEN).model_info("meta-llama/Llama-3.1-8B")

Preparing and changing what it serves, before or while it runs:

    hub.create("acme/m", card={"license": "mit"}, gated="manual", private=True, hub_id="66aa..")
    hub.add(repository_of(record))                     # from JSON in the shape of GET /api/models/{id}
    hub.add_file("acme/m", "LICENSE", b"...")          # into the head commit, which keeps its id
    hub.push("acme/m", {"a.safetensors": 5_000_000, "b.txt": b"..", "old.bin": None},
             card={...}, branch="main", commit_id="", title="", date=None) -> commit id
    hub.move_branch(repo, "main", commit) · hub.tag(repo, "v1", commit)
    hub.rewrite_history(repo) -> commit id             # squash and force-push: the old commits are gone
    hub.rename(old, new) · hub.delete(repo)
    hub.change(repo, gated="auto", disabled=True, private=True, facts={...})
    hub["acme/m"]                                      # the Repository: .hub_id .commits .commit("main")

Who asks: `hub.add_token(token, user)`, `revoke_token`, `grant_access(repo, user)`, `revoke_access`.
Limits: `hub.limit("api", quota=2, seconds=300)` ("resolvers" for files); `hub.clock` gives the time.
Ways of the Hub: `hub.page_size`, `expand_ignored`, `lfs_at`, `resolve_cache`, `renames_keep_query`.
Faults (faults.py): `hub.fail(faults.status(503), "/api/models/acme/m*", times=2)`; `hub.heal()`. The path
is a glob of the path as sent, without the query. The first fault that meets a request is applied, alone.
    answered status too_many_requests edited with_headers without_headers redirected redirect_loop html
    not_json not_utf8 deeply_nested truncated dripping hanging resetting huge gzip_bomb gzipped
`faults.plan(hub, routes, path)` answers by a script: [{"status": 429, "headers": {..}, "times": 3}, ..].
What was asked: `hub.asked("/api/models/*")` -> [Logged(request, status)], `hub.count(path, method)`,
`hub.forget()`; `entry.request.authorization` is the header that came.
"""

from governance.demo.hub import faults
from governance.demo.hub.records import repository_of
from governance.demo.hub.repository import Commit, File, Repository
from governance.demo.hub.sample import DEMO_TOKEN, DEMO_USER, sample_hub
from governance.demo.hub.server import hub_server
from governance.demo.hub.state import Hub
from governance.demo.hub.traffic import Fault, Logged
from governance.demo.hub.wire import Answer, Request

__all__ = [
    "DEMO_TOKEN",
    "DEMO_USER",
    "Answer",
    "Commit",
    "Fault",
    "File",
    "Hub",
    "Logged",
    "Repository",
    "Request",
    "faults",
    "hub_server",
    "repository_of",
    "sample_hub",
]
