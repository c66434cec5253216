"""The verbs of the hotel: the only code that changes a request.

Each verb is keyword-only, takes who asks as ``by``, decides in the order 401, 404, 403, runs in
one unit of work and raises only refusals of ``cluster.answers.problems``.
"""

from requests_app.actions.bulk import ItemResult, bulk_assign, bulk_change, bulk_remove
from requests_app.actions.create import NewRequest, create
from requests_app.actions.duty import set_duty
from requests_app.actions.edit import edit
from requests_app.actions.escalate import escalate
from requests_app.actions.messages import post_message
from requests_app.actions.remove import remove
from requests_app.actions.status import KEEP, change_status
from requests_app.actions.stays import OpenedStay, check_out, move_stay, open_stay

__all__ = [
    "KEEP",
    "ItemResult",
    "NewRequest",
    "OpenedStay",
    "bulk_assign",
    "bulk_change",
    "bulk_remove",
    "change_status",
    "check_out",
    "create",
    "edit",
    "escalate",
    "move_stay",
    "open_stay",
    "post_message",
    "remove",
    "set_duty",
]
