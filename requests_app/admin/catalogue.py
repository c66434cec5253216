"""What managers set for their property: services and their minutes, alarm words, the house's rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cluster.answers.problems import Invalid
from requests_app.models import HouseRules, ServiceType
from security import text
from security.admin.walls import WalledAdmin
from security.forms import PlainTextField
from security.grants import PROPERTY

LONGEST_WORD = 50
MOST_WORDS = 200


class WordsField(forms.CharField):
    """A list of words, one a line."""

    widget = forms.Textarea(attrs={"rows": 12, "cols": 30})

    def prepare_value(self, value: Any) -> Any:
        """Show one word a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the words, each once, without blanks."""
        typed = value if isinstance(value, list) else str(value or "").splitlines()
        words = list(dict.fromkeys(" ".join(word.split()) for word in typed))
        return [_plain(word) for word in words if word]

    def validate(self, value: Any) -> None:
        """Refuse what no text could hold."""
        if len(value) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in value):
            raise ValidationError(_("At most 200 words of at most 50 characters."))

    def run_validators(self, value: Any) -> None:
        """The validators of a text do not fit a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare words, not their layout."""
        return bool(list(initial or []) != self.to_python(data))


def _plain(word: str) -> str:
    try:
        return text.clean("text", word, limit=LONGEST_WORD)
    except Invalid:
        raise ValidationError(_("At most 200 words of at most 50 characters.")) from None


class HouseRulesForm(forms.ModelForm[HouseRules]):
    """The rules, with the alarm words as people write lists."""

    alarm_words = WordsField(
        label=_("alarm words"),
        required=False,
        help_text=_("One a line. A request that holds one of them, as a whole word, becomes urgent."),
    )

    class Meta:
        model = HouseRules
        fields = ("allow_anonymous", "alarm_words", "guest_data_days")


class HouseRulesAdmin(WalledAdmin):
    """One page a property; it comes with the property, so there is none to add or delete."""

    permissions: ClassVar = {"view": PROPERTY, "change": PROPERTY}
    form = HouseRulesForm
    list_display = ("property", "allow_anonymous", "guest_data_days")
    list_select_related = ("property",)
    fields = ("allow_anonymous", "alarm_words", "guest_data_days")


class ServiceTypeForm(forms.ModelForm[ServiceType]):
    """A service, with its name in each language in a field of its own."""

    name_en = PlainTextField(label=_("name in English"), limit=60)
    name_vi = PlainTextField(label=_("name in Vietnamese"), limit=60, required=False)

    class Meta:
        model = ServiceType
        fields = (
            *("property", "code", "department", "minutes_low", "minutes_medium", "minutes_high"),
            *("position", "is_active"),
        )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        for language in ("en", "vi"):
            self.fields[f"name_{language}"].initial = self.instance.names.get(language, "")

    def save(self, commit: bool = True) -> ServiceType:  # noqa: FBT001, FBT002
        """Put the names together; other languages stay."""
        names = {
            **self.instance.names,
            "en": self.cleaned_data["name_en"],
            "vi": self.cleaned_data["name_vi"],
        }
        self.instance.names = {language: name for language, name in names.items() if name}
        return super().save(commit)


class ServiceTypeAdmin(WalledAdmin):
    """The catalogue. A service is switched off, never deleted: requests keep its code."""

    permissions: ClassVar = {"view": PROPERTY, "add": PROPERTY, "change": PROPERTY}
    form = ServiceTypeForm
    list_display = (
        *("name", "code", "property", "department"),
        *("minutes_low", "minutes_medium", "minutes_high", "is_active"),
    )
    list_select_related = ("property",)
    ordering = ("property", "position", "code")
    fields = (
        *("property", "code", "name_en", "name_vi", "department"),
        *("minutes_low", "minutes_medium", "minutes_high", "position", "is_active"),
    )

    @admin.display(description=_("name"))
    def name(self, row: ServiceType) -> str:
        """The name people read."""
        return str(row)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A service keeps its property and its code."""
        return ("property", "code") if obj else ()
