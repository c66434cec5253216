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
from security import limits, second_factor, second_step, sessions
from security.account_forms import CodeForm, PasswordForm, SetUpForm
from security.authentication import caller_for_user, caller_of
from security.models import User
from security.second_factor import setup

if TYPE_CHECKING:
    from security.entrance import BackOffice

POSTS = ("GET", "HEAD", "POST")


class AccountPages:
    """The pages of one site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site
        guard = [never_cache, require_http_methods(POSTS)]
        for name in ("second_step", "set_up", "account"):
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
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            limits.admit_login(request)
            if second_step.show(request, user, form.cleaned_data["code"]):
                return redirect("admin:index")
            form.add_error("code", _("Wrong or used code."))
        return self._page(request, "second_step", _("Second factor"), form=form)

    def set_up(self, request: HttpRequest) -> HttpResponse:
        """Set up a second factor: those whose role needs one find no other page until they did."""
        user = second_step.person(request) or (request.user if caller_of(request).is_known else None)
        if not isinstance(user, User):
            return redirect("admin:login")
        if second_factor.is_set_up(user.pk):
            return redirect("admin:account" if caller_of(request).is_known else "admin:second-factor")
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
                    second_step.finish(request, user)
                    return self._page(request, "recovery_codes", _("Recovery codes"), codes=codes)
        picture = setup.picture(user, secret)
        return self._page(
            request, "set_up", _("Set up a second factor"), form=form, secret=secret, picture=picture
        )

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
            request.session.pop("second_factor", None)
            messages.success(request, _("The second factor is taken away."))
        return HttpResponseRedirect(request.path)

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        shown = {**self.site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"admin/account/{name}.html", shown)
