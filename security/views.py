"""The doors of this app: coming in, who am I, tickets, members."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cluster.answers import answer
from cluster.once import IDEMPOTENCY_KEY, KEY_PATTERN, once
from security import (
    answers,
    grants,
    limits,
    logins,
    members,
    own_password,
    permissions,
    selection,
    sessions,
    shown,
    tickets,
)
from security.doors import CallerView
from security.serializers import (
    LoginShape,
    MemberChangeShape,
    NewMemberShape,
    PasswordShape,
    PropertyOnlyShape,
)

KEY = OpenApiParameter(
    IDEMPOTENCY_KEY,
    {"type": "string", "pattern": KEY_PATTERN},
    location=OpenApiParameter.HEADER,
    description="The same key and body act once in 24 hours.",
)


class LoginView(CallerView):
    """A password for a token. Repeating it is harmless, and no answer with a token is ever kept."""

    authentication_classes = ()

    @extend_schema(request=LoginShape, responses={200: answers.LoginAnswer}, auth=[])
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Log in."""
        limits.admit_login(self.bare)
        said = LoginShape.read(self.body)
        login = logins.log_in(
            request=self.bare,
            username=said["username"],
            password=said["password"],
            otp=said.get("otp") or "",
        )
        return answer(
            {
                "token": login.issued.token,
                "expiresAt": login.issued.credential.expires_at,
                "passwordExpiresAt": login.password_until,
                "user": shown.login(login.caller),
            }
        )


class LogoutView(CallerView):
    """The way out. Its answer is not kept for a replay: the next login's logout must act again."""

    @extend_schema(request=None, responses={200: answers.LogoutAnswer})
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Log out: the token, or the session, is over."""
        permissions.require_anywhere(self.caller, grants.LOGOUT)
        logins.log_out(request=self.bare, by=self.caller)
        return answer({"loggedOut": True})


class OwnPasswordView(CallerView):
    """One's own password. Not kept for a replay: the second time the old one is wrong."""

    @extend_schema(request=PasswordShape, responses={200: answers.EndedAnswer})
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Change my password; the rest that is open ends, and this token or session stays."""
        permissions.require_anywhere(self.caller, grants.LOGOUT)
        limits.admit_login(self.bare)
        said = PasswordShape.read(self.body)
        changed = {"password": said["password"], "new": said["new_password"]}
        return answer({"ended": own_password.change(request=self.bare, by=self.caller, **changed)})


class SessionsView(CallerView):
    """What the caller has open: browsers and tokens."""

    @extend_schema(responses={200: answers.SessionAnswer(many=True)})
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """List my sessions and tokens."""
        permissions.require_anywhere(self.caller, grants.LOGOUT)
        return answer([shown.opened(each) for each in sessions.open_of(self.caller)])


class SessionView(CallerView):
    """One of them."""

    @extend_schema(responses={200: answers.EndedAnswer}, parameters=[KEY])
    def delete(self, request: Request, session_id: str) -> HttpResponse:
        """End one of my sessions or tokens; its sockets close."""
        permissions.require_anywhere(self.caller, grants.LOGOUT)
        return once(request, self.caller.identity(), lambda: self._end(session_id))

    def _end(self, session_id: str) -> Response:
        sessions.end(by=self.caller, id=session_id)
        return answer({"ended": 1})


class LogoutAllView(CallerView):
    """Out, everywhere. Not kept for a replay, like logout."""

    @extend_schema(request=None, responses={200: answers.EndedAnswer})
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """End all my sessions and tokens, this one too."""
        permissions.require_anywhere(self.caller, grants.LOGOUT)
        user_id = self.caller.user_id
        return answer({"ended": sessions.end_all(by=self.caller, user_id=user_id) if user_id else 0})


class MeView(CallerView):
    """Who the caller is."""

    @extend_schema(responses={200: answers.MeAnswer})
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Tell who I am, where, and what I may do there."""
        permissions.require_anywhere(self.caller, grants.ME)
        return answer(shown.me(self.caller))


class TicketView(CallerView):
    """A pass for one websocket."""

    @extend_schema(request=None, responses={201: answers.TicketAnswer}, parameters=[KEY])
    def post(self, request: Request) -> HttpResponse:
        """Get a one-time socket ticket, good for 30 seconds."""
        permissions.require_anywhere(self.caller, grants.TICKET)
        return once(request, self.caller.identity(), self._issue)

    def _issue(self) -> Response:
        ticket = tickets.issue(self.caller)
        return answer({"ticket": ticket.token, "expiresAt": ticket.expires_at}, status=201)


class MembersView(CallerView):
    """The members of a property, for its managers."""

    @extend_schema(
        operation_id="member_list",
        responses={200: answers.MemberAnswer(many=True)},
        parameters=[OpenApiParameter("propertyId", description="a property's slug or id")],
    )
    def get(self, request: Request) -> Response:
        """List members, of one property or of all I manage."""
        named = selection.named_in(request.query_params)
        place = None if named is None else selection.property_for(self.caller, grants.MEMBERS, named)
        return answer([shown.member(row) for row in members.members_of(by=self.caller, property_id=place)])

    @extend_schema(request=NewMemberShape, responses={201: answers.NewMemberAnswer}, parameters=[KEY])
    def post(self, request: Request) -> HttpResponse:
        """Add a member; without a password one is made and shown this once."""
        place, said = _place(self, NewMemberShape)
        return once(request, self.caller.identity(), lambda: self._add(place, said))

    def _add(self, place: int, said: dict[str, Any]) -> Response:
        added = members.add(by=self.caller, property_id=place, **said)
        made = {"oneTimePassword": added.password} if added.password else {}
        return answer(shown.member(added.membership) | made, status=201)


class MemberView(CallerView):
    """One member."""

    @extend_schema(request=MemberChangeShape, responses={200: answers.MemberAnswer}, parameters=[KEY])
    def patch(self, request: Request, username: str) -> HttpResponse:
        """Change a member's role or name, or let them out or in again."""
        place, said = _place(self, MemberChangeShape)
        return once(
            request,
            self.caller.identity(),
            lambda: answer(
                shown.member(members.change(by=self.caller, property_id=place, username=username, **said))
            ),
        )


class MemberLogoutView(CallerView):
    """A member's way out, opened by their manager."""

    @extend_schema(request=PropertyOnlyShape, responses={200: answers.EndedAnswer}, parameters=[KEY])
    def post(self, request: Request, username: str) -> HttpResponse:
        """End all sessions and tokens of a member at once, their sockets with them."""
        place, _ = _place(self, PropertyOnlyShape)
        return once(request, self.caller.identity(), lambda: self._log_out(place, username))

    def _log_out(self, place: int, username: str) -> Response:
        return answer({"ended": members.log_out(by=self.caller, property_id=place, username=username)})


class PasswordView(CallerView):
    """A member's password."""

    @extend_schema(request=PropertyOnlyShape, responses={200: answers.PasswordAnswer}, parameters=[KEY])
    def post(self, request: Request, username: str) -> HttpResponse:
        """Give a member a new password, shown this once."""
        place, _ = _place(self, PropertyOnlyShape)
        return once(request, self.caller.identity(), lambda: self._reset(place, username))

    def _reset(self, place: int, username: str) -> Response:
        password = members.reset_password(by=self.caller, property_id=place, username=username)
        return answer({"username": username, "oneTimePassword": password})


def _place(door: CallerView, shape: type[Any]) -> tuple[int, dict[str, Any]]:
    """Return the property a write is for and the rest of what its body says."""
    named = selection.named_in(door.body, door.request.query_params)
    place = selection.property_for(door.caller, grants.MEMBERS, named)
    said: dict[str, Any] = shape.read(door.body)
    said.pop("property_id", None)
    return place, said
