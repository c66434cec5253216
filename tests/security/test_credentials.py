"""Tokens and keys: shown once, stored hashed, taken back."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from cluster.answers.problems import Invalid
from cluster.models import CONTROL_STREAM, Event
from security import credentials
from security.models import Credential, CredentialKind
from security.signals import access_changed
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> cast.Hotel:
    return cast.demo_hotel()


def test_it_works(hotel: cast.Hotel) -> None:
    issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan)
    assert re.fullmatch(r"staff_[A-Za-z0-9_-]{43}", issued.token)
    stored = Credential.objects.get()
    assert stored.digest == hashlib.sha256(issued.token.encode()).hexdigest()
    assert issued.token.startswith(stored.hint)
    assert len(stored.hint) == 12


def test_a_staff_token_is_good_for_half_a_day(hotel: cast.Hotel) -> None:
    issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan)
    assert issued.credential.expires_at is not None
    assert abs(issued.credential.expires_at - timezone.now() - timedelta(hours=12)) < timedelta(minutes=1)


def test_no_row_holds_the_token(hotel: cast.Hotel) -> None:
    secret = credentials.issue(CredentialKind.API_KEY, property=hotel.property, scopes=["stay"]).token
    assert secret not in str(list(Credential.objects.values()))


def test_it_rejects_a_scope_nobody_knows(hotel: cast.Hotel) -> None:
    with pytest.raises(Invalid, match="everything"):
        credentials.issue(CredentialKind.API_KEY, property=hotel.property, scopes=["everything"])


def test_revoking_tells_every_node_and_this_one(
    hotel: cast.Hotel, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**news: Any) -> None:
        heard.append(news)

    access_changed.connect(listen)
    end = timezone.now() + timedelta(days=1)
    issued = credentials.issue(CredentialKind.GUEST, property=hotel.property, subject=9, expires_at=end)
    with django_capture_on_commit_callbacks(execute=True):
        assert credentials.revoke([issued.credential.pk]) == 1
    access_changed.disconnect(listen)
    ids = {"credentialId": issued.credential.pk, "propertyId": hotel.property.pk, "stayId": 9}
    event = Event.objects.get(stream=CONTROL_STREAM)
    assert (event.name, event.change) == ("access:changed", ids)
    assert (heard[0]["credential_id"], heard[0]["stay_id"]) == (issued.credential.pk, 9)


def test_revoking_twice_tells_once(hotel: cast.Hotel) -> None:
    issued = credentials.issue(CredentialKind.STAFF, user=hotel.lan)
    assert [credentials.revoke([issued.credential.pk]) for _ in range(2)] == [1, 0]
    assert Event.objects.filter(stream=CONTROL_STREAM).count() == 1
