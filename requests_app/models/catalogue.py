"""What a property offers, who does it, how soon, and its own rules."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.lifecycle import ALARM_WORDS
from security.models import Property, Role

LONGEST_KEPT_DAYS = 3650


def default_alarm_words() -> list[str]:
    """Return a fresh copy of the words every property starts with."""
    return sorted(ALARM_WORDS)


class HouseRules(models.Model):
    """A property's own settings for its requests, editable by its managers."""

    property = models.OneToOneField(
        Property, primary_key=True, on_delete=models.CASCADE, related_name="house_rules"
    )
    allow_anonymous = models.BooleanField(
        _("accept requests without a login"), default=False, help_text=_("Off: only guests with a token.")
    )
    alarm_words = models.JSONField(
        _("alarm words"),
        default=default_alarm_words,
        blank=True,
        help_text=_("Whole words that raise a request to urgent, as a JSON list."),
    )
    guest_data_days = models.PositiveIntegerField(
        _("days guests' data is kept"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT_DAYS)],
        help_text=_("After check-out, and after a request is closed. Empty: until somebody erases it."),
    )

    class Meta:
        verbose_name = _("house rules")
        verbose_name_plural = _("house rules")

    def __str__(self) -> str:
        return f"{self.property}"


class ServiceType(models.Model):
    """One line of a property's catalogue: its department and its service level in minutes."""

    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="service_types")
    code = models.CharField(
        _("code"), max_length=30, validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    )
    names = models.JSONField(_("names by language"), default=dict, help_text=_('e.g. {"en": "Housekeeping"}'))
    department = models.CharField(_("department"), max_length=20, choices=Role.choices)
    minutes_low = models.PositiveIntegerField(_("minutes, low"), validators=[MinValueValidator(1)])
    minutes_medium = models.PositiveIntegerField(_("minutes, medium"), validators=[MinValueValidator(1)])
    minutes_high = models.PositiveIntegerField(_("minutes, high"), validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("service type")
        verbose_name_plural = _("service types")
        ordering: ClassVar[list[str]] = ["property", "position", "code"]
        constraints = (
            models.UniqueConstraint(fields=("property", "code"), name="servicetype_code_once"),
            models.CheckConstraint(
                condition=models.Q(minutes_low__gte=1, minutes_medium__gte=1, minutes_high__gte=1),
                name="servicetype_minutes_positive",
            ),
        )

    def __str__(self) -> str:
        return self.name_in("en")

    def name_in(self, language: str) -> str:
        """Return the name in ``language`` (BCP 47), its base language, English, or the code."""
        names: dict[str, str] = self.names
        return (
            names.get(language)
            or names.get(language.split("-", maxsplit=1)[0])
            or names.get("en")
            or self.code
        )

    def minutes(self) -> dict[int, int]:
        """Return the service level by priority, in minutes."""
        return {1: self.minutes_low, 2: self.minutes_medium, 3: self.minutes_high}


class Room(models.Model):
    """A room that something was asked for from; its row is the lock its hourly limit is decided under."""

    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="rooms")
    number = models.CharField(max_length=10)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("property", "number"), name="room_once"),)

    def __str__(self) -> str:
        return self.number
