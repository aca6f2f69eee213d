"""What every plugin class promises, refused with a sentence when the class is defined."""

from __future__ import annotations

import inspect
import re
from typing import Any, ClassVar

KEY = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")


class ContractError(TypeError):
    """A plugin class breaks its contract. The text names the class and the fault."""


class Plugin:
    """Base of Policy, Source and Notifier: a permanent `key`, and a docstring that users read."""

    key: ClassVar[str]

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract:
            cls.check_contract()

    @classmethod
    def check_contract(cls) -> None:
        key = cls.__dict__.get("key")
        cls.require(
            isinstance(key, str) and bool(KEY.fullmatch(key)), f"key {key!r} must be words in lower case"
        )
        cls.require(bool(inspect.cleandoc(cls.__doc__ or "")), "a docstring is missing: it is shown to users")

    @classmethod
    def require(cls, holds: bool, fault: str) -> None:
        if not holds:
            raise ContractError(f"{cls.__module__}.{cls.__qualname__}: {fault}.")

    @classmethod
    def require_method(cls, name: str, *parameters: str) -> None:
        """The method must be defined by the class and take exactly these parameters."""
        method = getattr(cls, name, None)
        cls.require(callable(method) and not getattr(method, "__isabstract__", False), f"{name}() is missing")
        got = tuple(inspect.signature(method).parameters)  # type: ignore[arg-type]
        wanted = ("self", *parameters)
        cls.require(got == wanted, f"{name}{got} must take {wanted}")

    @classmethod
    def summary(cls) -> str:
        """First paragraph of the docstring, as one line."""
        return " ".join(inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].split())


def abstract(method: Any) -> Any:
    """Mark a method that each plugin must define."""
    method.__isabstract__ = True
    return method
