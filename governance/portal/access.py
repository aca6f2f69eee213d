"""Who may open a page, and who may change something on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from governance.accounts.models import User
from governance.accounts.services import can

View = Callable[..., HttpResponse]
_ROLE = {"read": "a viewer", "write": "an editor", "approve": "an approver", "admin": "an administrator"}


def reading(view: View) -> View:
    """A page that everybody who is signed in may see."""
    return require_http_methods(["GET", "HEAD"])(login_required(view))


def changing(verb: str) -> Callable[[View], View]:
    """An action: only by POST, only with a role that may `write`, `approve` or `admin`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request, verb)
            return view(request, *args, **kwargs)

        return require_http_methods(["POST"])(login_required(guarded))

    return wrap


def require(request: HttpRequest, verb: str) -> None:
    if not can(user_of(request), verb):
        raise PermissionDenied(f"This needs the role of {_ROLE[verb]}. An administrator can give it to you.")


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def actor_of(request: HttpRequest) -> str:
    return f"user:{user_of(request).get_username()}"
