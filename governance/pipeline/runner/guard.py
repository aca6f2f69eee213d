"""What a policy must leave alone, in the child: the machine while it runs, and shared state afterwards.

Policies are pure. The audit hook refuses files, processes, threads and the network while one is evaluated,
and remembers that it did, so that swallowing the refusal does not help. `Damage` tells after an evaluation
whether modules that others rely on are as they were. Both contain faults; neither is a security sandbox.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import sys
from _thread import _count as count_threads
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

from governance.core.facts import Facts
from governance.core.outcomes import Outcome
from governance.core.policy import Policy
from governance.core.verdicts import Finding, Verdict

FORBIDDEN = {
    **dict.fromkeys(("os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn"), "start processes"),
    **dict.fromkeys(("os.exec", "os.system", "subprocess.Popen", "os.startfile"), "start processes"),
    **dict.fromkeys(("_thread.start_new_thread", "_thread.start_joinable_thread"), "start threads"),
    **dict.fromkeys(("os.kill", "os.killpg", "signal.pthread_kill"), "send signals"),
    **dict.fromkeys(("os.chdir", "os.fchdir", "os.putenv", "resource.setrlimit"), "change its process"),
    **dict.fromkeys(("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link"), "change files"),
    **dict.fromkeys(("os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime"), "change files"),
    **dict.fromkeys(("socket.__new__", "socket.connect", "socket.getaddrinfo"), "use the network"),
}
CLASSES = (Verdict, Finding, Outcome, Facts, Policy)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class ForbiddenError(BaseException):
    """Refuses an action of a policy. Not an Exception, so that `except Exception` does not hide it."""


class Guard:
    """Refuses what is not allowed between `enter` and `leave`. One per process: hooks cannot be removed."""

    def __init__(self) -> None:
        self._watching = False
        self._breach = ""
        self._threads = count_threads()
        sys.addaudithook(self._on_event)

    def enter(self) -> None:
        self._breach = ""
        self._watching = True

    def leave(self) -> str:
        """What the policy tried, as in 'start processes'; empty when it kept to its facts."""
        self._watching = False
        return self._breach or self._running()

    def _running(self) -> str:
        """What was started past the hook: by C code, or threads in Python 3.11, which tells of none."""
        if count_threads() != self._threads:
            return "start threads"
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
            return "start processes"
        return ""

    def _on_event(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._watching:
            return
        deed = FORBIDDEN.get(event, "")
        if event == "open" and isinstance(args[2], int) and args[2] & _WRITES:
            deed = "change files"
        if deed:
            self._breach = deed
            raise ForbiddenError(f"policies must not {deed}")


class Damage:
    """Remembers shared modules and classes, and finds what was replaced in them since."""

    def __init__(self, policies: Iterable[type[Policy]]) -> None:
        self._recursion = sys.getrecursionlimit()
        shared: list[ModuleType | type] = [builtins, json, *_core(), *CLASSES]
        self._watched = {policy: _Remembered([*_own(policy), *shared]) for policy in policies}

    def found(self, policy: type[Policy]) -> str:
        """What the policy changed, as in 'changed the module json'; empty when all is as it was."""
        if sys.getrecursionlimit() != self._recursion:
            return "changed the recursion limit"
        return self._watched[policy].changed()


class _Remembered:
    """The contents of modules and classes as they are now, beside as they were."""

    def __init__(self, things: Sequence[ModuleType | type]) -> None:
        for thing in things:
            if isinstance(thing, ModuleType):
                vars(thing).setdefault("__warningregistry__", {})  # as the first warning does
        self._things = things
        self._now = [vars(thing) for thing in things]
        self._before = [dict(vars(thing)) for thing in things]

    def changed(self) -> str:
        if self._now == self._before:  # in C, and mostly by identity: some microseconds for all
            return ""
        differ = zip(self._things, self._now, self._before, strict=True)
        thing = next(thing for thing, now, before in differ if now != before)
        return f"changed the {'class' if isinstance(thing, type) else 'module'} {thing.__name__}"


def _own(policy: type[Policy]) -> list[ModuleType | type]:
    _ = policy.__annotations__  # comes into being by being looked at, which is no change
    module = sys.modules.get(policy.__module__)
    own: list[ModuleType | type] = [policy]
    return [*own, module] if module else own


def _core() -> list[ModuleType]:
    """Modules of the domain; packages are left out, as importing a module adds it to its package."""
    loaded = [module for name, module in sys.modules.items() if name.startswith("governance.core.")]
    return [module for module in loaded if not hasattr(module, "__path__")]
