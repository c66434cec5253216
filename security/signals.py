"""What this app tells the rest of the house."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.dispatch import Signal

from cluster.models import CONTROL_STREAM
from cluster.streams import ACCESS, unit_of_work
from security.caller import Caller

# Somebody's rights changed: sent after commit, on the node that made the change; other nodes read
# it as ``access:changed`` on the control stream.
# Provides: user_id, credential_id, property_id, stay_id (each an int or None).
access_changed = Signal()

EVENT = "access:changed"


def tell_access_changed(
    *,
    by: Caller,
    user_id: int | None = None,
    credential_id: int | None = None,
    property_id: int | None = None,
    stay_id: int | None = None,
) -> None:
    """Announce, with the change itself, that whoever these ids name must be looked at again."""
    ids = {"userId": user_id, "credentialId": credential_id, "propertyId": property_id, "stayId": stay_id}
    known = {name: value for name, value in ids.items() if value is not None}
    with unit_of_work() as work:
        work.count(CONTROL_STREAM, {ACCESS: 1})
        work.emit(
            CONTROL_STREAM,
            EVENT,
            label="control",
            subjects=(),
            rooms=["control"],
            actor=by.as_actor(),
            data=known,
            change=known,
        )
        send = partial(
            access_changed.send_robust,
            sender=None,
            user_id=user_id,
            credential_id=credential_id,
            property_id=property_id,
            stay_id=stay_id,
        )
        transaction.on_commit(send, robust=True)
