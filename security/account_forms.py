"""What a person fills in about their own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from security import lockout, second_step
from security.audit.logins import tell_failed
from security.forms import PlainTextField
from security.models import User
from security.second_factor.keys import LONGEST_ANSWER


class CodeForm(forms.Form):
    """A code of the phone, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class PasswordForm(forms.Form):
    """The present password, asked again before the account itself changes."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        """Look at it, unless there were too many wrong ones (LimitExceeded)."""
        attempt = lockout.attempt(self.request, self.user.username)
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            tell_failed(self.user, "password-again")
            raise forms.ValidationError(_("Wrong password."))
        attempt.does_not_count()
        return password


class KeyForm(PasswordForm):
    """The name of a new security key, and what the browser made."""

    field_order = ("name", "password")
    name = PlainTextField(label=_("Name of the key"), limit=60)
    credential = forms.CharField(widget=forms.HiddenInput(), max_length=LONGEST_ANSWER)


class SetUpForm(PasswordForm, CodeForm):
    """Password and first code."""

    field_order = ("code", "password")


def awaits_own_password(request: HttpRequest) -> bool:
    """Say whether somebody is in who may go nowhere before they chose a password of their own."""
    user = request.user
    return isinstance(user, User) and bool(user.first_password_until) and second_step.person(request) is None


class FirstPasswordForm(PasswordChangeForm):
    """A password of one's own in place of one that somebody else has set."""

    def clean_new_password1(self) -> str:
        """Refuse the old one again."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(_("This is the password you were given: choose another one."))
        return password

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Keep it, for good."""
        self.user.first_password_until = None
        return super().save(commit)
