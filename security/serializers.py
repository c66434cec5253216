"""The shapes of this app's bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rest_framework import serializers

from cluster.shapes import CamelSerializer
from security import selection
from security.fields import PlainTextField, PropertyField, SecretField
from security.models import Role
from security.models.access import USERNAME_LENGTH


class LoginShape(CamelSerializer):
    """Who comes in. ``otp`` counts for accounts with a second factor."""

    username = PlainTextField(max_length=USERNAME_LENGTH, multiline=False)
    password = SecretField()
    otp = PlainTextField(max_length=20, required=False, allow_blank=True, allow_null=True)


class PasswordShape(CamelSerializer):
    """One's password, and the one to have instead."""

    password = SecretField()
    new_password = SecretField()


class PersonShape(CamelSerializer):
    """What may be said about a member when they are added or changed."""

    aliases: ClassVar[Mapping[str, str]] = selection.ALIASES

    property_id = PropertyField()
    display_name = PlainTextField(max_length=100, required=False, allow_blank=True, multiline=False)
    language = serializers.RegexField(
        r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?\Z", max_length=35, required=False, allow_blank=True
    )


class NewMemberShape(PersonShape):
    """A new member."""

    username = PlainTextField(max_length=USERNAME_LENGTH, multiline=False)
    role = serializers.ChoiceField(choices=Role.choices)
    password = SecretField(required=False)


class MemberChangeShape(PersonShape):
    """What to change of a member; what is left out stays."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class PropertyOnlyShape(CamelSerializer):
    """A body that says nothing but which property is meant."""

    aliases: ClassVar[Mapping[str, str]] = selection.ALIASES

    property_id = PropertyField()
