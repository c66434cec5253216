"""What the guest sees and does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from cluster.answers.problems import IdempotencyConflict, Problem
from requests_app import actions
from requests_app.actions import NewRequest
from requests_app.actions.create import DEFAULT_SERVICE
from requests_app.form_keys import new_form_key, send_once
from requests_app.forms import offer, tell
from requests_app.lifecycle import Status
from requests_app.pages.door import Guest, for_guests
from requests_app.pages.words import status_icon, status_word
from requests_app.permissions import READ
from requests_app.queries import catalogue, detail
from requests_app.queries.listing import Paging, Question, page
from security.forms import PlainTextField

MOST_SHOWN = 100
SENT_BEFORE = _("You sent this form before; press the button again to send it once more.")


class WishForm(forms.Form):
    """What the guest asks for."""

    request_text = PlainTextField(label=_("What can we do for you?"), limit=1000, multiline=True)
    service_type = forms.ChoiceField(label=_("It is about"), initial=DEFAULT_SERVICE)

    def __init__(self, *given: Any, guest: Guest, **options: Any) -> None:
        super().__init__(*given, **options)
        offered = catalogue.services([guest.stay.property], get_language() or "")
        offer(self, "service_type", [(str(row["code"]), row["name"]) for row in offered])


class LineForm(forms.Form):
    """A line to the staff."""

    content = PlainTextField(label=_("Write to us"), limit=1000, multiline=True)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def overview(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Show the guest's requests and the form for another one; open it when it is sent."""
    form = WishForm(request.POST or None, guest=guest)
    if request.method == "POST" and form.is_valid() and _ask(request, guest, form):
        return HttpResponseRedirect(reverse("guest-stay") + "#requests")
    found = page(Question(caller=guest.caller, permission=READ, paging=Paging(limit=MOST_SHOWN)))
    context = {
        "stay": guest.stay,
        "form": form,
        "form_key": new_form_key(),
        "requests": [_worded(row) for row in found.requests],
    }
    return render(request, "stay/overview.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def one(request: HttpRequest, guest: Guest, request_id: int) -> HttpResponse:
    """Show one request with its thread; add a line when one is sent."""
    row = detail.detail(guest.caller, request_id).request
    form = LineForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _write(request, guest, request_id, form):
        return HttpResponseRedirect(reverse("guest-request", args=[request_id]))
    context = {
        "stay": guest.stay,
        "wish": _worded(row),
        "thread": detail.messages(guest.caller, request_id),
        "form": form,
        "form_key": new_form_key(),
    }
    return render(request, "stay/request.html", context, status=400 if form.errors else 200)


@require_POST
@for_guests
def cancel(_request: HttpRequest, guest: Guest, request_id: int) -> HttpResponse:
    """Take a pending request back."""
    notes = "Cancelled by the guest."
    actions.change_status(by=guest.caller, request_id=request_id, status=Status.CANCELLED, notes=notes)
    return HttpResponseRedirect(reverse("guest-stay") + "#requests")


def _ask(request: HttpRequest, guest: Guest, form: WishForm) -> bool:
    said = form.cleaned_data
    new = NewRequest(request_text=said["request_text"], service_type=said["service_type"])
    return _sent(
        request,
        guest,
        form,
        lambda: actions.create(by=guest.caller, property_id=guest.stay.property_id, new=new).pk,
    )


def _write(request: HttpRequest, guest: Guest, request_id: int, form: LineForm) -> bool:
    content = form.cleaned_data["content"]
    return _sent(
        request,
        guest,
        form,
        lambda: actions.post_message(by=guest.caller, request_id=request_id, content=content).pk,
    )


def _sent(request: HttpRequest, guest: Guest, form: forms.Form, do: Any) -> bool:
    try:
        send_once(request, guest.caller, do)
    except IdempotencyConflict:
        form.add_error(None, str(SENT_BEFORE))
        return False
    except Problem as problem:
        tell(form, problem)
        return False
    return True


def _worded(row: dict[str, object]) -> dict[str, object]:
    status = Status(str(row["status"]))
    return {
        **row,
        "statusWord": status_word(status),
        "statusIcon": status_icon(status),
        "isPending": status is Status.PENDING,
    }
