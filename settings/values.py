"""How a variable's text becomes a value: pure readers that refuse what they can not use."""

import re
import ssl
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

Network = IPv4Network | IPv6Network

DATABASE_SCHEMES = {"postgresql", "postgres", "sqlite"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
SHORTEST_KEY = 32
TRANSPORTS = ("console", "file")
TAKEN_PATHS = ("/admin", "/api", "/metrics", "/static", "/ws")
THIS_MACHINE = ["localhost", ".localhost", "127.0.0.1", "[::1]"]


def words(raw: object) -> list[str]:
    """The words of a comma-separated text; blanks and empty words do not count."""
    if isinstance(raw, str):
        return [word.strip() for word in raw.split(",") if word.strip()]
    return [str(word) for word in raw] if isinstance(raw, list | tuple) else []


def hosts(raw: object) -> list[str]:
    """Host names as Django's ALLOWED_HOSTS wants them: no scheme, no port, no path."""
    names = words(raw)
    for name in names:
        bare = name.removeprefix("[").removesuffix("]") if name.startswith("[") else name.replace(":", "/")
        if "/" in bare or " " in bare:
            raise ValueError(f"{name} is not a bare host name")
    return names


def networks(raw: object) -> list[Network]:
    """Addresses and networks; a network may be named by any address inside it."""
    return [ip_network(word, strict=False) for word in words(raw)]


def origins(raw: object) -> list[str]:
    """Origins a browser may call from, each named: a star would open the API to every page."""
    found = [word.rstrip("/") for word in words(raw)]
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
            raise ValueError(f"{origin} is not an origin")
        if "*" in origin or parts.username is not None or (parts.port or 1) < 1:
            raise ValueError(f"{origin} is not one origin")
    return found


def issuer(address: str) -> str:
    """A provider's address just as it names itself, for that is compared to the letter."""
    parts = urlsplit(address)
    _ = parts.port
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("not a provider's address")
    if parts.query or parts.fragment or len(address) > 255:
        raise ValueError("not a provider's address alone")
    return address


def database_url(secret: SecretStr) -> SecretStr:
    """A PostgreSQL address with a database name, or a SQLite path."""
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in DATABASE_SCHEMES or len(parts.path) < 2:
        raise ValueError("not a database address")
    _ = parts.port  # raises ValueError when it is no number
    if parts.scheme != "sqlite":
        understood_by_libpq(parts.query)
    return secret


def understood_by_libpq(query: str) -> None:
    """Refuse what PostgreSQL's own client would only refuse with the first connection."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    try:
        make_conninfo(**given)
    except ProgrammingError:
        raise ValueError("a parameter PostgreSQL does not know") from None
    if given.get("sslmode", "prefer") not in SSL_MODES:
        raise ValueError("no such sslmode")


def redis_url(secret: SecretStr) -> SecretStr:
    """An address of a Redis-compatible server."""
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in REDIS_SCHEMES or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError("not a Redis address")
    _ = parts.port
    return secret


def signing_keys(secret: SecretStr) -> SecretStr:
    """One key or several, each as long as a key must be: a short or empty one would sign for anybody."""
    if any(len(key.strip()) < SHORTEST_KEY for key in secret.get_secret_value().split(",")):
        raise ValueError("a key is too short")
    return secret


def certificates(path: Path) -> Path:
    """A file with at least one authority's certificate in it."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl's own errors are of this kind too
        raise ValueError(f"{path} holds no certificate") from error
    return path


def health_path(path: str) -> str:
    """A path of our own for probes, without the slash at its end that we answer to as well."""
    bare = path.rstrip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9._-]{1,50}){1,5}", bare) or bare.startswith(("/health/", "/..", "/.")):
        raise ValueError(f"{path} is not a path")
    if any(bare == taken or bare.startswith(f"{taken}/") for taken in TAKEN_PATHS):
        raise ValueError(f"{path} is somebody else's")
    return bare


def transports(raw: object) -> list[str]:
    """Where log lines go."""
    found = [word.lower() for word in words(raw)]
    if not found or any(word not in TRANSPORTS for word in found) or len(set(found)) < len(found):
        raise ValueError("not the ways of a log line")
    return found


def log_level(raw: object) -> object:
    """A level in Python's spelling; `warn` is what the old system called warnings."""
    level = str(raw).strip().upper()
    return "WARNING" if level == "WARN" else level


def plain(secret: SecretStr | None) -> str:
    """A secret in the open, for who needs it; empty when there is none."""
    return secret.get_secret_value() if secret else ""


def hosts_of(address: str) -> list[str]:
    """The names a node answers to by default: its own, or any when it listens everywhere."""
    return ["*"] if address in EVERYWHERE else [*THIS_MACHINE, address]


def endpoint(said: str) -> str:
    """Return the address of a collector, without a slash at its end."""
    if not said:
        return said
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is no address of a collector")
    return said.rstrip("/")


def sentry_dsn(said: SecretStr) -> SecretStr:
    """Return a DSN that names a key, a host and a project."""
    parts = urlsplit(said.get_secret_value())
    is_whole = parts.username and parts.hostname and parts.path.strip("/").rpartition("/")[2].isdigit()
    if parts.scheme not in ("http", "https") or not is_whole:
        raise ValueError("is no DSN")
    return said
