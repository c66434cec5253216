"""How a variable's text becomes a value: pure readers that refuse what they can not use."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from pydantic import SecretStr

Network = IPv4Network | IPv6Network

DATABASE_SCHEMES = {"postgresql", "postgres", "sqlite"}
REDIS_SCHEMES = {"redis", "rediss", "unix"}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
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


def database_url(secret: SecretStr) -> SecretStr:
    """A PostgreSQL address with a database name, or a SQLite path."""
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in DATABASE_SCHEMES or len(parts.path) < 2:
        raise ValueError("not a database address")
    _ = parts.port  # raises ValueError when it is no number
    return secret


def redis_url(secret: SecretStr) -> SecretStr:
    """An address of a Redis-compatible server."""
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in REDIS_SCHEMES or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError("not a Redis address")
    _ = parts.port
    return secret


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
