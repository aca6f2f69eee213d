"""Signing in and out, and the reader's own preferences."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from governance.portal.access import changing, user_of

THEMES = ("light", "dark", "system")


class SignIn(LoginView):
    template_name = "portal/sign_in.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignOut(LogoutView):
    http_method_names = ["post"]


def home(request: HttpRequest) -> HttpResponse:
    return redirect("portal:models")


@changing("read")
def theme(request: HttpRequest) -> HttpResponse:
    """Remember how the reader wants to see the pages, and stay where they are."""
    user, chosen = user_of(request), request.POST.get("theme", "")
    if chosen in THEMES:
        user.theme = chosen
        user.save(update_fields=["theme"])
    return back(request)


def back(request: HttpRequest, otherwise: str = "portal:models") -> HttpResponseRedirect:
    """To the page of ours that the form came from."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target) if ours else redirect(otherwise)
