"""The nouns of the hotel."""

from requests_app.models.catalogue import HouseRules, Room, ServiceType
from requests_app.models.counts import DailyCount
from requests_app.models.erasure import Erasure, ErasureTarget, TargetKind
from requests_app.models.imported import ImportedRequest
from requests_app.models.message import Message
from requests_app.models.request import OPEN, GuestRequest, Priority, Source, Status, Urgency
from requests_app.models.staff import Duty
from requests_app.models.stay import Stay

__all__ = [
    "OPEN",
    "DailyCount",
    "Duty",
    "Erasure",
    "ErasureTarget",
    "GuestRequest",
    "HouseRules",
    "ImportedRequest",
    "Message",
    "Priority",
    "Room",
    "ServiceType",
    "Source",
    "Status",
    "Stay",
    "TargetKind",
    "Urgency",
]
