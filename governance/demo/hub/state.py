"""The Hub as a test or the demo changes it: repositories, who may see them, limits, faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from governance.demo.hub import wire
from governance.demo.hub.history import Changes, amended, committed, squashed
from governance.demo.hub.limits import Window
from governance.demo.hub.repository import Repository, sha1
from governance.demo.hub.traffic import Traffic
from governance.demo.hub.wire import Request


class Hub(Traffic):
    """All state. It may be changed while it serves."""

    def __init__(self, repositories: Iterable[Repository] = ()) -> None:
        super().__init__()
        self.repositories = {repository.id: repository for repository in repositories}
        self.tokens: dict[str, str] = {}
        self.access: set[tuple[str, str]] = set()
        self.windows = {name: Window(name) for name in ("api", "resolvers")}
        self.clock: Callable[[], float] = time.time
        self.page_size = 1000
        self.expand_ignored = False
        """A proxy that does not know `expand` and answers with the usual keys."""
        self.lfs_at: Literal["other origin", "same origin", "directly"] = "other origin"
        self.renames_keep_query = False
        """The Hub's redirect names the new repository and forgets the query."""
        self.resolve_cache = False
        """Whether small files are answered by a redirect to /api/resolve-cache."""
        self.address = self.files_address = ""
        """Of the two origins, once a server runs."""

    # ------------------------------------------------------------- repositories

    def __getitem__(self, repo_id: str) -> Repository:
        return self.repositories[repo_id]

    def add(self, repository: Repository) -> Repository:
        """A new repository, or another one under a name that was free or taken."""
        with self.lock:
            self.repositories[repository.id] = repository
        return repository

    def create(self, repo_id: str, card: Mapping[str, Any] | None = None, **changes: Any) -> Repository:
        """A repository with README.md only, at a first commit; `changes` are fields of Repository."""
        repository = self.add(Repository(repo_id, **{"hub_id": sha1(repo_id)[:24], **changes}))
        self.push(repo_id, card=card or {}, title="initial commit")
        return self.repositories[repository.id]

    def change(self, repo_id: str, **fields: Any) -> Repository:
        """Other values for fields: `gated="manual"`, `private=True`, `disabled=True`, `facts=...`."""
        with self.lock:
            return self.add(replace(self.repositories[repo_id], **fields))

    def rename(self, old: str, new: str) -> None:
        """The old name answers 307 from now on."""
        with self.lock:
            repository = self.repositories.pop(old)
            self.add(replace(repository, id=new, former_ids=(*repository.former_ids, old)))

    def delete(self, repo_id: str) -> None:
        with self.lock:
            del self.repositories[repo_id]

    def named(self, repo_id: str) -> Repository | None:
        """By its id, not by a former one."""
        return self.repositories.get(repo_id)

    def renamed(self, repo_id: str) -> Repository | None:
        return next((r for r in self.repositories.values() if repo_id in r.former_ids), None)

    # ------------------------------------------------------------------ history

    def push(self, repo_id: str, files: Changes | None = None, **commit: Any) -> str:
        """A new commit on a branch; answers its id. Keywords: see `history.committed`."""
        with self.lock:
            repository = self.add(committed(self.repositories[repo_id], files or {}, **commit))
            return repository.branches[commit.get("branch", "main")]

    def add_file(self, repo_id: str, path: str, body: bytes, branch: str = "main") -> None:
        """Put a file into the head commit as if it had always been there: the commit keeps its id."""
        with self.lock:
            self.add(amended(self.repositories[repo_id], {path: body}, branch))

    def move_branch(self, repo_id: str, branch: str, commit_id: str) -> None:
        self.change(repo_id, branches={**self.repositories[repo_id].branches, branch: commit_id})

    def tag(self, repo_id: str, name: str, commit_id: str) -> None:
        self.change(repo_id, tags={**self.repositories[repo_id].tags, name: commit_id})

    def rewrite_history(self, repo_id: str, branch: str = "main", commit_id: str = "") -> str:
        """Squash and force-push; answers the id of the only commit."""
        with self.lock:
            return self.add(squashed(self.repositories[repo_id], branch, commit_id)).branches[branch]

    # ------------------------------------------------------------------- access

    def add_token(self, token: str, user: str) -> None:
        self.tokens[token] = user

    def revoke_token(self, token: str) -> None:
        del self.tokens[token]

    def grant_access(self, repo_id: str, user: str) -> None:
        """The files of a gated repository, or a private one altogether."""
        self.access.add((self.repositories[repo_id].hub_id, user))

    def revoke_access(self, repo_id: str, user: str) -> None:
        self.access.discard((self.repositories[repo_id].hub_id, user))

    def user(self, request: Request) -> str:
        """Empty for anonymous. Raises Refused for a token that is not known."""
        token = request.authorization.removeprefix("Bearer ").strip()
        if token and token not in self.tokens:
            raise wire.bad_token()
        return self.tokens.get(token, "")

    def may_read(self, repository: Repository, user: str) -> bool:
        """Whether the files are open to the user."""
        closed = repository.private or bool(repository.gated)
        return not closed or (repository.hub_id, user) in self.access

    def limit(self, name: str, quota: int, seconds: int = 300, *, announced: bool = True) -> None:
        """`api` or `resolvers`: so many requests per window, from now on."""
        self.windows[name] = Window(name, quota, seconds, announced)
