"""People, properties, and who works where as what."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

USERNAME_LENGTH = 150


class User(AbstractUser):
    """A person with a login; what they may do is decided by their memberships."""

    display_name = models.CharField(_("display name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True, help_text=_("BCP 47, e.g. vi"))
    first_password_until = models.DateTimeField(
        _("first password until"), null=True, blank=True, help_text=_("Somebody else has set the password.")
    )

    def shown_as(self) -> str:
        """Return the name other people read: never empty."""
        return self.display_name or self.get_full_name() or self.username


class Property(models.Model):
    """A hotel: the wall that every permission is about. Its id is also its event stream's."""

    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=120)
    timezone = models.CharField(_("time zone"), max_length=64, default="Asia/Ho_Chi_Minh")
    currency = models.CharField(
        _("currency"), max_length=3, default="VND", validators=[RegexValidator(r"^[A-Z]{3}$")]
    )
    language = models.CharField(_("language"), max_length=35, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        ordering: ClassVar[list[str]] = ["slug"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member is to a property; the department roles are all but the last two."""

    HOUSEKEEPING = "housekeeping", _("Housekeeping")
    MAINTENANCE = "maintenance", _("Maintenance")
    CONCIERGE = "concierge", _("Concierge")
    IT_SUPPORT = "it-support", _("IT support")
    FRONT_DESK = "front-desk", _("Front desk")
    MANAGER = "manager", _("Manager")


class Membership(models.Model):
    """One person's role in one property. A disabled membership opens nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    property = models.ForeignKey(Property, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint(fields=("user", "property"), name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        )
        indexes = (models.Index(fields=("property", "role"), name="membership_role"),)

    def __str__(self) -> str:
        return f"{self.user.username}: {self.get_role_display()}, {self.property}"


def name_of_person(user_id: int) -> str:
    """Return somebody's username, for those who tell of them."""
    return User.objects.filter(pk=user_id).values_list("username", flat=True).first() or ""
