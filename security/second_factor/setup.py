"""Setting a second factor up, and taking it away."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.backends.base import SessionBase

from cluster.answers.problems import Invalid
from cluster.streams import unit_of_work
from security.caller import Caller
from security.models import User
from security.second_factor.codes import passes
from security.signals import tell_access_changed

DRAFT = "second_factor_draft"


def draft(session: SessionBase) -> str:
    """Return the secret that is being set up in this session, made at the first look."""
    adapter = get_adapter()
    if DRAFT not in session:
        session[DRAFT] = adapter.encrypt(totp.generate_totp_secret())
    secret: str = adapter.decrypt(session[DRAFT])
    return secret


def picture(user: User, secret: str) -> str:
    """Return the QR code as an address an image can have."""
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def finish(*, by: Caller, user: User, secret: str, code: str) -> list[str]:
    """Keep the secret if the code shows that the phone has it; return the recovery codes."""
    code = code.replace(" ", "")
    if not totp.validate_totp_code(secret, code):
        raise Invalid.field("code", "Wrong code. Is the phone's clock right?")
    with unit_of_work():
        _delete(user.pk)
        totp.TOTP.activate(user, secret)
        codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
        passes(user.pk, code)
        tell_access_changed(by=by, user_id=user.pk)
    return codes


def take_away(*, by: Caller, user_id: int) -> bool:
    """Delete somebody's second factor; say whether there was one."""
    with unit_of_work():
        had = _delete(user_id)
        tell_access_changed(by=by, user_id=user_id)
    return had


def _delete(user_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=user_id).delete()[0])
