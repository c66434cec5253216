"""The one address of Redis, with all that every use of it must know."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from settings.env import Environment
from settings.values import plain

TLS = "rediss"


def address(environment: Environment) -> str:
    """REDIS_URL with REDIS_SSL_CA in it: the breaker's client and the channel layer both read it there."""
    url = plain(environment.redis_url)
    if environment.redis_ssl_ca is None or urlsplit(url).scheme != TLS:
        return url
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {"ssl_ca_certs": str(environment.redis_ssl_ca)}
    return parts._replace(query=urlencode(query)).geturl()
