"""Connections are asked whether they live, but not at every turn."""

import psycopg
import pytest
from django.db import connection

from settings.connections import LookedAfter


@pytest.mark.django_db
def test_a_dead_one_is_found_at_the_first_question_after_a_second():
    with psycopg_connection() as opened, psycopg_connection() as other:
        opened.execute("")
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [opened.info.backend_pid])
        opened.execute("")
        opened.asked_at = 0.0
        with pytest.raises(psycopg.OperationalError):
            opened.execute("")


def psycopg_connection() -> LookedAfter:
    """Connect as the tests do."""
    named = connection.settings_dict
    return LookedAfter.connect(
        host=named["HOST"], port=named["PORT"], user=named["USER"], dbname=named["NAME"], autocommit=True
    )
