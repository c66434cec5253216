"""Who may enter the back office at all.

Not in ``security.admin``: importing that registers with the site, which must exist by then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from security import limits, lockout
from security.authentication import caller_for_user, caller_of
from security.models import User


class StaffLogin(AdminAuthenticationForm):
    """Lets in active superusers and active members of active properties."""

    def clean(self) -> dict[str, Any]:
        """Look at the password, unless there were too many wrong ones (LimitExceeded)."""
        said = self.cleaned_data
        if not (said.get("username") and said.get("password") and self.request):
            return super().clean()
        attempt = lockout.attempt(self.request, User.normalize_username(said["username"]))
        found = super().clean()
        attempt.succeeded()
        return found

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Answer everybody else as if the password were wrong."""
        if not isinstance(user, User) or not caller_for_user(user).is_known:
            raise self.get_invalid_login_error()


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
        return super().login(request, extra_context)

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
