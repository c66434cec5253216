"""The shapes of this app's answers, for the API's document; ``shown`` makes the answers themselves."""

from __future__ import annotations

from rest_framework import serializers

from cluster.shapes import CamelSerializer
from security.caller import CallerKind
from security.models import Role


class WorksAt(CamelSerializer):
    """A property open to the caller, and their role there; a guest or a key has none."""

    property_id = serializers.SlugField()
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True)


class KnownPerson(CamelSerializer):
    """Who came in."""

    username = serializers.CharField()
    display_name = serializers.CharField()
    is_superuser = serializers.BooleanField()
    language = serializers.CharField()
    properties = WorksAt(many=True)


class LoginAnswer(CamelSerializer):
    """A staff token, shown this once."""

    token = serializers.CharField()
    expires_at = serializers.DateTimeField()
    password_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Somebody else has set the password: it is to be changed before."
    )
    user = KnownPerson()


class LogoutAnswer(CamelSerializer):
    """It is over."""

    logged_out = serializers.BooleanField()


class SessionAnswer(CamelSerializer):
    """A browser or token that is open."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=["session", "token"])
    began_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(
        allow_null=True, help_text="Null for tokens: their use is not written down."
    )
    expires_at = serializers.DateTimeField(allow_null=True)
    address = serializers.CharField()
    agent = serializers.CharField()
    is_this = serializers.BooleanField()


class EndedAnswer(CamelSerializer):
    """How many sessions and tokens ended."""

    ended = serializers.IntegerField()


class MeAnswer(KnownPerson):
    """Who the caller is, and what they may do by property; ``*`` stands for every property."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in CallerKind])
    stay_id = serializers.IntegerField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())
    permissions = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))


class TicketAnswer(CamelSerializer):
    """What to send as the subprotocol ``ticket.<ticket>``."""

    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()


class MemberAnswer(CamelSerializer):
    """A member as their manager sees them."""

    username = serializers.CharField()
    display_name = serializers.CharField()
    language = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    is_active = serializers.BooleanField()
    property_id = serializers.SlugField()
    created_at = serializers.DateTimeField()


class NewMemberAnswer(MemberAnswer):
    """A new member, with the password that was made for them, shown this once."""

    one_time_password = serializers.CharField(required=False)


class PasswordAnswer(CamelSerializer):
    """A new password, shown this once."""

    username = serializers.CharField()
    one_time_password = serializers.CharField()
