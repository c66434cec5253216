"""The back office's pages about one's own account: second step, second factor, what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cluster.answers.problems import Invalid, NotFound
from security import limits, lockout, second_factor, second_step, sessions
from security.account_forms import (
    CodeForm,
    FirstPasswordForm,
    KeyForm,
    PasswordForm,
    SetUpForm,
    awaits_own_password,
)
from security.authentication import caller_for_user, caller_of
from security.models import User
from security.second_factor import keys, setup
from security.session_store import PASSED

if TYPE_CHECKING:
    from security.entrance import BackOffice

POSTS = ("GET", "HEAD", "POST")


class AccountPages:
    """The pages of one site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site
        guard = [never_cache, require_http_methods(POSTS)]
        for name in ("second_step", "set_up", "add_key", "first_password", "account"):
            view = getattr(self, name)
            for each in guard:
                view = each(view)
            setattr(self, name, view)

    def second_step(self, request: HttpRequest) -> HttpResponse:
        """Ask for the code of somebody whose password was right."""
        user = second_step.person(request)
        if user is None:
            return redirect("admin:login")
        if not second_factor.is_set_up(user.pk):
            return redirect("admin:second-factor-setup")
        is_key = "credential" in request.POST
        form = CodeForm(None if is_key else request.POST or None)
        if is_key:
            limits.admit_login(request)
            if second_step.show_key(request, user, request.POST["credential"]):
                return HttpResponseRedirect(second_step.destination(request))
            messages.error(request, _("That key was not accepted. Please try again."))
        elif request.method == "POST" and form.is_valid():
            limits.admit_login(request)
            if second_step.show(request, user, form.cleaned_data["code"]):
                return HttpResponseRedirect(second_step.destination(request))
            form.add_error("code", _("Wrong or used code."))
        question, has_app = keys.question(request, user), second_factor.has_app(user.pk)
        return self._page(
            request, "second_step", _("Second factor"), form=form, question=question, has_app=has_app
        )

    def set_up(self, request: HttpRequest) -> HttpResponse:
        """Set up a second factor: those whose role needs one find no other page until they did."""
        user = self._may_add(request)
        if not isinstance(user, User):
            return user
        if second_factor.has_app(user.pk):
            return redirect("admin:account")
        secret = setup.draft(request.session)
        form = SetUpForm(request.POST or None, request=request, user=user)
        if request.method == "POST":
            limits.admit_login(request)
            if form.is_valid():
                try:
                    by, code = caller_for_user(user), form.cleaned_data["code"]
                    codes = setup.finish(by=by, user=user, secret=secret, code=code)
                except Invalid as wrong:
                    form.add_error("code", str(wrong.details[0]["message"]))
                else:
                    request.session.pop(setup.DRAFT, None)
                    return self._added(request, user, codes)
        picture = setup.picture(user, secret)
        return self._page(
            request, "set_up", _("Set up a second factor"), form=form, secret=secret, picture=picture
        )

    def add_key(self, request: HttpRequest) -> HttpResponse:
        """Register a security key or passkey, beside others or as the only second factor."""
        user = self._may_add(request)
        if not isinstance(user, User):
            return user
        form = KeyForm(request.POST or None, request=request, user=user)
        if request.method == "POST":
            limits.admit_login(request)
            if form.is_valid():
                said = form.cleaned_data
                try:
                    by, answer = caller_for_user(user), said["credential"]
                    codes = keys.register(request, by=by, user=user, name=said["name"], answer=answer)
                except Invalid as wrong:
                    form.add_error("name", str(wrong.details[0]["message"]))
                else:
                    return self._added(request, user, codes)
        options = keys.registration(request, user)
        return self._page(request, "add_key", _("Add a security key"), form=form, options=options)

    def _may_add(self, request: HttpRequest) -> User | HttpResponse:
        """Return who may add a factor: those inside, and those whose role needs a first one."""
        is_inside = caller_of(request).is_known
        user = second_step.person(request) or (request.user if is_inside else None)
        if not isinstance(user, User):
            return redirect("admin:login")
        if second_factor.is_set_up(user.pk) and not is_inside:
            return redirect("admin:second-factor")
        return user

    def _added(self, request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
        second_step.finish(request, user)
        if not codes:
            return redirect("admin:account")
        onward = second_step.destination(request)
        return self._page(request, "recovery_codes", _("Recovery codes"), codes=codes, onward=onward)

    def first_password(self, request: HttpRequest) -> HttpResponse:
        """Have a password that somebody else has set changed: there is no other page until it is."""
        user = request.user
        if not isinstance(user, User) or not awaits_own_password(request):
            return redirect("admin:login")
        form = FirstPasswordForm(user, request.POST or None)
        if request.method == "POST":
            limits.admit_login(request)
            attempt = lockout.attempt(request, user.username)
            if form.is_valid():
                attempt.succeeded()
                second_step.begin_anew(request, user, form.save)
                return redirect("admin:index")
            if "old_password" not in form.errors:
                attempt.does_not_count()
        return self._page(request, "first_password", _("Choose a password of your own"), form=form)

    def account(self, request: HttpRequest) -> HttpResponse:
        """Show what is open, and end it."""
        caller = caller_of(request)
        if not caller.is_known or not isinstance(request.user, User):
            return redirect("admin:login")
        form = PasswordForm(
            request.POST if "take_away" in request.POST else None, request=request, user=request.user
        )
        if request.method == "POST":
            done = self._do(request, form)
            if done is not None:
                return done
        return self._page(
            request,
            "account",
            _("My account"),
            opened=sessions.open_of(caller),
            has_second_factor=second_factor.is_set_up(request.user.pk),
            has_app=second_factor.has_app(request.user.pk),
            keys=keys.keys_of(request.user.pk),
            form=form,
        )

    def _do(self, request: HttpRequest, form: PasswordForm) -> HttpResponse | None:
        caller, said = caller_of(request), request.POST
        if "end" in said:
            try:
                sessions.end(by=caller, id=said["end"])
                messages.success(request, _("It is ended."))
            except NotFound as gone:
                messages.error(request, gone.error)
        elif "end_others" in said and caller.user_id is not None:
            sessions.end_all(by=caller, user_id=caller.user_id, keep=caller)
            messages.success(request, _("All others are ended."))
        elif "take_away" in said and caller.user_id is not None:
            limits.admit_login(request)
            if not form.is_valid():
                return None
            setup.take_away(by=caller, user_id=caller.user_id)
            request.session.pop(PASSED, None)
            messages.success(request, _("The second factor is taken away."))
        elif "remove_key" in said and isinstance(request.user, User):
            self._remove_key(request, request.user)
        return HttpResponseRedirect(request.path)

    def _remove_key(self, request: HttpRequest, user: User) -> None:
        limits.admit_login(request)
        key, form = request.POST["remove_key"], PasswordForm(request.POST, request=request, user=user)
        if not form.is_valid() or not key.isdecimal() or len(key) > 18:
            messages.error(request, _("Wrong password."))
            return
        keys.remove(by=caller_of(request), user=user, key_id=int(key))
        if not second_factor.is_set_up(user.pk):
            request.session.pop(PASSED, None)
        messages.success(request, _("The key is removed."))

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        shown = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"admin/account/{name}.html", shown)
