"""The Hub as a test or the demo changes it: repositories, who may see them, limits, faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

from governance.demo.hub import wire
from governance.demo.hub.cards import card_of, readme
from governance.demo.hub.limits import Window
from governance.demo.hub.repository import EPOCH, Commit, File, Repository, sha1
from governance.demo.hub.wire import Answer, Request

Fault = Callable[[Request, Answer], Answer]
"""What goes wrong: the right answer in, the wrong one out (see faults.py)."""


@dataclass
class _Planned:
    fault: Fault
    path: str
    method: str
    left: int | None

    def meets(self, request: Request) -> bool:
        wanted = self.left != 0 and self.method in ("", request.method)
        return wanted and fnmatchcase(request.path, self.path)


@dataclass(frozen=True)
class Logged:
    """One request with the status that it got."""

    request: Request
    status: int


class Hub:
    """All state. Changes and answers are serialized by one lock, so tests may change it while it serves."""

    def __init__(self, repositories: Iterable[Repository] = ()) -> None:
        self.repositories = {repository.id: repository for repository in repositories}
        self.lock = threading.RLock()
        self.log: list[Logged] = []
        self.tokens: dict[str, str] = {}
        self.access: set[tuple[str, str]] = set()
        self.windows = {name: Window(name) for name in ("api", "resolvers", "pages")}
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
        self._faults: list[_Planned] = []

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

    def push(
        self,
        repo_id: str,
        files: Mapping[str, bytes | int | None] | None = None,
        *,
        card: Mapping[str, Any] | None = None,
        branch: str = "main",
        commit_id: str = "",
        title: str = "Update",
        date: datetime | None = None,
    ) -> str:
        """A new commit on a branch; answers its id. A file is bytes, a size (weights), or None (deleted).

        `card` writes README.md; a README.md among the files sets the card.
        """
        with self.lock:
            repository = self.repositories[repo_id]
            head = repository.commit(branch)
            changed = dict(files or {})
            if card is not None:
                changed.setdefault("README.md", readme(repo_id, card))
            kept = _merged(head.files if head else (), changed)
            commit = Commit(
                commit_id
                or sha1(f"{repo_id}{head and head.id}{[(f.path, f.oid, f.size) for f in kept]}{title}"),
                title,
                date or (head.date + timedelta(hours=1) if head else EPOCH),
                kept,
                card if card is not None else _card(changed, head),
                head.id if head else "",
            )
            commits = {**repository.commits, commit.id: commit}
            self.change(repo_id, commits=commits, branches={**repository.branches, branch: commit.id})
            return commit.id

    def add_file(self, repo_id: str, path: str, body: bytes, branch: str = "main") -> None:
        """Put a file into the head commit as if it had always been there: the commit keeps its id."""
        with self.lock:
            repository = self.repositories[repo_id]
            head = repository.commit(branch)
            if head is None:
                raise KeyError(f"{repo_id} has no branch {branch}")
            card = _card({path: body}, head)
            amended = replace(head, files=_merged(head.files, {path: body}), card=card)
            self.change(repo_id, commits={**repository.commits, head.id: amended})

    def move_branch(self, repo_id: str, branch: str, commit_id: str) -> None:
        self.change(repo_id, branches={**self.repositories[repo_id].branches, branch: commit_id})

    def tag(self, repo_id: str, name: str, commit_id: str) -> None:
        self.change(repo_id, tags={**self.repositories[repo_id].tags, name: commit_id})

    def rewrite_history(self, repo_id: str, branch: str = "main", commit_id: str = "") -> str:
        """Squash and force-push: one new commit with the same files, and none of the old ones."""
        with self.lock:
            head = self.repositories[repo_id].commit(branch)
            if head is None:
                raise KeyError(f"{repo_id} has no branch {branch}")
            new = replace(head, id=commit_id or sha1(f"squash {head.id}"), parent="", title="Squash")
            self.change(repo_id, commits={new.id: new}, branches={branch: new.id}, tags={})
            return new.id

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

    # ---------------------------------------------------------- limits and faults

    def limit(self, name: str, quota: int, seconds: int = 300, *, announced: bool = True) -> None:
        """`api`, `resolvers` or `pages`: so many requests per window, from now on."""
        self.windows[name] = Window(name, quota, seconds, announced)

    def fail(self, fault: Fault, path: str = "*", *, method: str = "", times: int | None = None) -> None:
        """From now on answers to `path` (a glob of the path as sent) go wrong, `times` times or always."""
        with self.lock:
            self._faults.append(_Planned(fault, path, method, times))

    def heal(self) -> None:
        """No fault any more."""
        with self.lock:
            self._faults.clear()

    def spoil(self, request: Request, answer: Answer) -> Answer:
        """The answer after the first fault that meets the request."""
        with self.lock:
            planned = next((p for p in self._faults if p.meets(request)), None)
            if planned is None:
                return answer
            if planned.left is not None:
                planned.left -= 1
        return planned.fault(request, answer)

    # ---------------------------------------------------------------------- log

    def count(self, path: str = "*", method: str = "") -> int:
        """Requests so far to a path (a glob), on both origins."""
        return len(self.asked(path, method))

    def asked(self, path: str = "*", method: str = "") -> list[Logged]:
        with self.lock:
            return [
                entry
                for entry in self.log
                if fnmatchcase(entry.request.path, path) and method in ("", entry.request.method)
            ]

    def forget(self) -> None:
        """Start the log again."""
        with self.lock:
            self.log.clear()


def _merged(files: tuple[File, ...], changed: Mapping[str, bytes | int | None]) -> tuple[File, ...]:
    kept = {file.path: file for file in files if file.path not in changed}
    for path, content in changed.items():
        if content is not None:
            kept[path] = File.of(path, content) if isinstance(content, bytes) else File(path, content)
    return tuple(kept[path] for path in sorted(kept))


def _card(changed: Mapping[str, bytes | int | None], head: Commit | None) -> Mapping[str, Any]:
    body = changed.get("README.md")
    if isinstance(body, bytes):
        return card_of(body)
    return head.card if head and "README.md" not in changed else {}
