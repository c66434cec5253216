"""Who may enter the back office at all.

Not in ``security.admin``: importing that registers with the site, which must exist by then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from security import (
    first_passwords,
    limits,
    lockout,
    own_password,
    second_factor,
    second_step,
    sign_on_pages,
)
from security.account_forms import awaits_own_password
from security.account_pages import AccountPages
from security.audit.logins import tell_demanded, tell_failed
from security.authentication import caller_for_user, caller_of
from security.models import User
from security.session_store import reference_of


class StaffLogin(AdminAuthenticationForm):
    """Lets in active superusers and active members of active properties."""

    def clean(self) -> dict[str, Any]:
        """Look at the password, unless there were too many wrong ones (LimitExceeded)."""
        said = self.cleaned_data
        if not (said.get("username") and said.get("password") and self.request):
            return super().clean()
        attempt = lockout.attempt(self.request, User.normalize_username(said["username"]))
        found = super().clean()
        user = self.get_user()
        if second_factor.is_set_up(user.pk):
            attempt.does_not_count()
        else:
            attempt.succeeded()
        return found

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Answer everybody else as if the password were wrong."""
        if not isinstance(user, User) or not caller_for_user(user).is_known:
            if isinstance(user, User):
                tell_failed(user, "nothing-open")
            raise self.get_invalid_login_error()
        if first_passwords.is_over(user):
            tell_failed(user, "first-password")
            raise forms.ValidationError(first_passwords.OVER, code="over")


class StaffLoginView(LoginView):
    """Logs in, or leads those who have a second factor to the second step."""

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Nobody who has a second factor is logged in by a password."""
        user = form.get_user()
        self.request.session.flush()  # Django keeps the key of somebody who logs in once more
        if second_factor.is_set_up(user.pk):
            second_step.begin(self.request, user)
            second_step.go_on_to(self.request, self.get_redirect_url())
            return HttpResponseRedirect(reverse("admin:second-factor"))
        if second_step.is_unfinished(self.request, user):
            tell_demanded(user)
        return super().form_valid(form)


class BackOffice(admin.AdminSite):
    """The admin; which rows and verbs somebody finds inside is ``walls``' affair."""

    site_header = _("Bellhop")
    site_title = _("Bellhop")
    index_title = _("Back office")
    site_url = None
    login_form = StaffLogin

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer the form; what is sent with it is counted by address."""
        if request.method == "POST":
            limits.admit_login(request)
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if (
            request.method == "GET"
            and second_step.person(request) is not None
            and request.user.is_authenticated
        ):
            second_step.go_on_to(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
            return HttpResponseRedirect(reverse("admin:second-factor"))
        if request.method == "GET" and awaits_own_password(request):
            return HttpResponseRedirect(reverse("admin:first-password"))
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **sign_on_pages.offer(request),
            **(extra_context or {}),
        }
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = reverse("admin:index")
        request.current_app = self.name
        view = StaffLoginView.as_view(
            extra_context=context, authentication_form=StaffLogin, template_name="admin/login.html"
        )
        response: HttpResponse = view(request)  # type: ignore[assignment]
        return response

    def password_change(  # type: ignore[override] # a redirect, when it is done
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one's own password; whatever else was open with the old one ends."""
        if request.method != "POST":
            return super().password_change(request, extra_context)
        limits.admit_login(request)
        caller = caller_of(request)
        attempt = lockout.attempt(request, caller.username)
        response = super().password_change(request, extra_context)
        if response.status_code == HTTPStatus.FOUND and caller.user_id is not None:
            attempt.succeeded()
            kept = replace(caller, session=reference_of(request.session.session_key or ""))
            own_password.tell_changed(caller, keep=kept)
        elif response.status_code == HTTPStatus.OK and isinstance(request.user, User):
            tell_failed(request.user, "password-again")
        return response

    def get_urls(self) -> list[Any]:
        """Return Django's pages, those of single sign-on and those about one's own account."""
        pages = AccountPages(self)
        return [
            path("oidc/start", sign_on_pages.start, name="oidc-start"),
            path("oidc/callback", sign_on_pages.callback, name="oidc-callback"),
            path("second-factor/", pages.second_step, name="second-factor"),
            path("account/", self.admin_view(pages.account), name="account"),
            path("account/key/", pages.add_key, name="security-key"),
            path("account/second-factor/", pages.set_up, name="second-factor-setup"),
            path("account/first-password/", pages.first_password, name="first-password"),
            *super().get_urls(),
        ]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Leave allauth's tables out: what they hold is for nobody's eyes."""
        models: list[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        ours = [model for model in models if model._meta.app_label not in ("account", "mfa")]
        super().register(ours, admin_class, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Count every page: by who is in, else by address."""
        answer = super().admin_view(view, cacheable)

        @wraps(answer)
        def counted(request: HttpRequest, *args: Any, **options: Any) -> Any:
            limits.admit(request, caller_of(request))
            return answer(request, *args, **options)

        return counted

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether this session's person has a property open to them, or is a superuser."""
        return caller_of(request).is_known
