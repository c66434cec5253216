"""Is this code good, and was it not used before? The row in the database says so for all nodes."""

from __future__ import annotations

import logging

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.db import transaction

logger = logging.getLogger("bellhop.security")

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
LONGEST = 20


def is_set_up(user_id: int) -> bool:
    """Say whether somebody has a second factor."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def passes(user_id: int, code: str) -> bool:
    """Say whether the code is good, and use it up: neither kind is good twice."""
    code = code.replace(" ", "")
    if not code or len(code) > LONGEST or not code.isascii():
        return False
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user_id=user_id, type__in=KINDS)
        for row in rows.order_by("pk"):
            if _is_good(row, code):
                row.record_usage()
                return True
    return False


def _is_good(row: Authenticator, code: str) -> bool:
    try:
        if row.type == Authenticator.Type.TOTP:
            return _is_new_totp(row, code)
        return bool(row.wrap().validate_code(code))
    except InvalidToken:
        logger.exception("second_factor.unreadable: was SECRET_KEY changed without SECRET_KEY_FALLBACK?")
        return False


def _is_new_totp(row: Authenticator, code: str) -> bool:
    # allauth remembers used codes in the cache, which here is each process's own.
    secret, last = decrypt(row.data["secret"]), int(row.data.get("last_counter", 0))
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=code, expected=expected):
            row.data["last_counter"] = counter
            row.save(update_fields=["data"])
            return True
    return False
