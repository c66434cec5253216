"""One DATABASE_URL becomes Django's DATABASES."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from settings.connections import LookedAfter
from settings.env import Environment
from settings.values import plain

HUNG_TRANSACTION_MS = 15_000
CONNECT_SECONDS = 5
RECONNECT_SECONDS = 2.0
SQLITE_AT_OPEN = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA busy_timeout=20000;"
    "PRAGMA cache_size=-16000;"
    "PRAGMA temp_store=MEMORY;"
)


def databases(environment: Environment) -> dict[str, dict[str, Any]]:
    """The `default` database: DATABASE_URL's, else SQLite under DATA_DIR."""
    url = plain(environment.database_url)
    if url and not url.startswith("sqlite"):
        return {"default": postgresql(url, environment)}
    path = Path(unquote(urlsplit(url).path)[1:]) if url else environment.data_dir / "bellhop.sqlite3"
    return {"default": sqlite(path)}


def sqlite(path: Path) -> dict[str, Any]:
    """A SQLite file that many readers and one writer share without `database is locked`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # A file for tests too: threads of one test can not share an in-memory database's lock.
        "TEST": {"NAME": f"{path}.test"},
        "OPTIONS": {
            # A deferred transaction that turns writer half-way fails at once instead of waiting.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_AT_OPEN,
        },
    }


def postgresql(url: str, environment: Environment) -> dict[str, Any]:
    """A PostgreSQL database behind psycopg's pool, every wait bounded."""
    parts = urlsplit(url)
    return {
        "ENGINE": "cluster.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # Django refuses a pool of its own connections beside a lasting connection per thread.
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **tls(environment, dict(parse_qsl(parts.query))),
            "application_name": f"bellhop {environment.instance_id}".strip(),
            "connect_timeout": CONNECT_SECONDS,
            "options": session_bounds(environment),
            "pool": pool(environment),
            "prepare_threshold": 5,
        },
    }


def pool(environment: Environment) -> dict[str, Any]:
    """What psycopg's pool is told, in its seconds."""
    return {
        "connection_class": LookedAfter,
        # By default the pool backs off for minutes from a database that is away, and notices its
        # return as late; giving up soon lets the next request try anew.
        "reconnect_timeout": RECONNECT_SECONDS,
        "min_size": environment.db_pool_min,
        "max_size": environment.db_pool_max,
        "timeout": environment.db_acquire_timeout / 1000,
        "max_idle": environment.db_idle_timeout / 1000,
    }


def session_bounds(environment: Environment) -> str:
    """Bounds that turn a hung holder into a clear refusal instead of a queue."""
    bounds = {
        "lock_timeout": environment.db_lock_timeout,
        "statement_timeout": environment.db_statement_timeout,
        "idle_in_transaction_session_timeout": HUNG_TRANSACTION_MS,
    }
    return " ".join(f"-c {name}={value}" for name, value in bounds.items())


def tls(environment: Environment, given: dict[str, str]) -> dict[str, str]:
    """The address's own parameters, with DB_SSL and DB_SSL_CA over them in libpq's words."""
    authorities = environment.db_ssl_ca
    if environment.db_ssl is None and authorities is None:
        return given
    if environment.db_ssl is False:
        return {**given, "sslmode": "disable"}
    if not environment.db_ssl_reject_unauthorized:
        # Beside a file of authorities libpq would verify even here.
        return {**without(given, "sslrootcert"), "sslmode": "require"}
    own = {"sslrootcert": str(authorities)} if authorities else {}
    return {"sslrootcert": "system", **given, **own, "sslmode": "verify-full"}


def without(given: dict[str, str], name: str) -> dict[str, str]:
    """The same parameters but one."""
    return {key: value for key, value in given.items() if key != name}
