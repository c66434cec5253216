"""From one address to Django's DATABASES."""

from settings.connections import LookedAfter
from settings.databases import databases
from settings.reading import read

ADDRESS = "postgresql://bell%40hop:p%2Fw@db.example:5433/hotel?sslmode=prefer"


def default(**environ: str):
    return databases(read({"DJANGO_SETTINGS_MODULE": "settings.dev", **environ}))["default"]


def test_postgresql():
    found = default(DATABASE_URL=ADDRESS, DB_POOL_MIN="2", DB_POOL_MAX="7", DB_ACQUIRE_TIMEOUT="1500")

    assert (found["USER"], found["PASSWORD"]) == ("bell@hop", "p/w")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "hotel")
    bounds = {"min_size": 2, "max_size": 7, "timeout": 1.5, "max_idle": 600}
    assert found["ENGINE"] == "cluster.postgresql"
    assert found["OPTIONS"]["pool"] == {"connection_class": LookedAfter, "reconnect_timeout": 2.0, **bounds}
    assert found["CONN_MAX_AGE"] == 0


def test_no_statement_or_lock_waits_for_ever():
    options = default(DATABASE_URL=ADDRESS, DB_LOCK_TIMEOUT="700")["OPTIONS"]["options"]

    assert "-c lock_timeout=700" in options
    assert "-c statement_timeout=30000" in options
    assert "-c idle_in_transaction_session_timeout=15000" in options


def test_tls_is_the_addresss_unless_told():
    assert default(DATABASE_URL=ADDRESS)["OPTIONS"]["sslmode"] == "prefer"
    assert default(DATABASE_URL=ADDRESS, DB_SSL="false")["OPTIONS"]["sslmode"] == "disable"
    assert default(DATABASE_URL=ADDRESS, DB_SSL="true")["OPTIONS"]["sslmode"] == "verify-full"
    lenient = default(DATABASE_URL=ADDRESS, DB_SSL="true", DB_SSL_REJECT_UNAUTHORIZED="false")
    assert lenient["OPTIONS"]["sslmode"] == "require"


def test_sqlite_lives_under_the_data_folder(tmp_path):
    found = default(DATA_DIR=str(tmp_path / "var"))

    assert found["NAME"] == str(tmp_path / "var" / "bellhop.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_sqlite_by_its_address(tmp_path):
    assert default(DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3")["NAME"] == f"{tmp_path}/x.sqlite3"
