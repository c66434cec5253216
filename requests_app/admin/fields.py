"""The forms of one request: to open it, to correct it, to move it on, to answer the guest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from requests_app.actions import KEEP
from requests_app.actions.assignment import NewAssignee
from requests_app.admin.places import Choices
from requests_app.forms import offer
from requests_app.lifecycle import Priority, Urgency
from requests_app.models import GuestRequest
from security.forms import PlainTextField

TEXTS = ("request_text", "room_number", "guest_name", "phone_number", "description", "special_instructions")
CHOSEN = ("service_type", "priority", "urgency", "currency")
MINUTES = "%Y-%m-%dT%H:%M"

room_rule = RegexValidator(r"^[A-Za-z0-9_-]{1,10}\Z", _("Up to 10 letters, digits, hyphens or underscores."))
phone_rule = RegexValidator(r"^\+?[1-9]\d{0,15}\Z", _("Digits only, after an optional +."))
currency_rule = RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, for example VND."))


class PhoneField(PlainTextField):
    """A number without the spaces, dots and hyphens people write into it."""

    def to_python(self, value: Any) -> str:
        """Return the bare number."""
        return super().to_python(value).translate(str.maketrans("", "", " .-"))


class RequestForm(forms.Form):
    """What a request says."""

    request_text = PlainTextField(label=_("Request"), limit=1000, multiline=True)
    room_number = PlainTextField(label=_("Room"), limit=10, validators=[room_rule])
    guest_name = PlainTextField(label=_("Guest"), limit=100, required=False)
    service_type = forms.ChoiceField(label=_("Service"))
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.MEDIUM
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"), choices=Urgency.choices, coerce=int, initial=Urgency.NORMAL
    )
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)
    phone_number = PhoneField(label=_("Phone"), limit=30, required=False, validators=[phone_rule])
    description = PlainTextField(label=_("Description"), limit=500, multiline=True, required=False)
    special_instructions = PlainTextField(label=_("Instructions"), limit=500, multiline=True, required=False)
    delivery_time = forms.DateTimeField(
        label=_("Delivery time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S"],
    )
    total_amount = forms.DecimalField(
        label=_("Amount"), required=False, min_value=0.01, max_digits=14, decimal_places=2
    )
    currency = PlainTextField(label=_("Currency"), limit=3, required=False, validators=[currency_rule])

    layout: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("request_text",),
        ("room_number", "guest_name", "phone_number"),
        ("service_type", "priority", "urgency", "assignee"),
        ("description", "special_instructions"),
        ("delivery_time", "total_amount", "currency"),
    )

    def __init__(self, *given: Any, services: Choices, colleagues: Choices, **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "service_type", services)
        offer(self, "assignee", [("", _("Nobody")), *colleagues])

    def lines(self) -> list[list[forms.BoundField]]:
        """Return the fields as they stand beside each other."""
        return [[self[name] for name in names] for names in self.layout]

    def clean_delivery_time(self) -> datetime | None:
        """Refuse a time that is over; one that was stored before may stay."""
        moment: datetime | None = self.cleaned_data["delivery_time"]
        if moment and "delivery_time" in self.changed_data and moment < timezone.now():
            raise forms.ValidationError(_("This time is over."))
        return moment


class EditForm(RequestForm):
    """A correction: it knows what the person saw, and sends only what they changed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for name in RequestForm.base_fields:
            self.fields[name].show_hidden_initial = True

    def changes(self) -> dict[str, object]:
        """Return the fields the person changed, as ``actions.edit`` takes them."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name in RequestForm.base_fields and name != "assignee"
        }

    def new_assignee(self) -> NewAssignee:
        """Return the new assignee, or KEEP when the person left it alone."""
        return (self.cleaned_data["assignee"] or None) if "assignee" in self.changed_data else KEEP

    def rebased(self, now: Mapping[str, object]) -> dict[str, str]:
        """Return what to show after a conflict: the person's own changes on top of what stands ``now``."""
        shown: dict[str, str] = {}
        for name, field in self.fields.items():
            stored = forms.HiddenInput().format_value(field.prepare_value(now[name])) or ""
            shown[f"initial-{name}"] = stored
            kept = name in RequestForm.base_fields and name in self.changed_data
            shown[name] = str(self.data.get(name, "")) if kept else stored
        return shown


class MoveForm(forms.Form):
    """A step: which one, is said by the button."""

    notes = PlainTextField(label=_("Notes"), limit=500, multiline=True, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ReplyForm(forms.Form):
    """A line for the guest."""

    content = PlainTextField(label=_("Message to the guest"), limit=1000, multiline=True)


def as_stored(row: GuestRequest) -> dict[str, Any]:
    """Return the values an edit of ``row`` begins with."""
    stored = {name: getattr(row, name) for name in (*TEXTS, *CHOSEN, "total_amount")}
    delivery = row.delivery_time
    return {
        **stored,
        "assignee": row.assignee.username if row.assignee else "",
        # Browsers know no seconds here: a stored second would look like a change.
        "delivery_time": delivery.replace(second=0, microsecond=0) if delivery else None,
    }


def with_present(choices: Choices, value: str) -> Choices:
    """Return the choices with the present value among them, though it is no longer offered."""
    return choices if not value or value in dict(choices) else [*choices, (value, value)]
