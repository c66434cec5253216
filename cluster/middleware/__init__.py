"""What stands before every door; settings puts them in this order.

Identity comes first, so that every answer below carries its ids; slashes before probes, so that
both spellings are one; probes before anything that looks at the host name.
"""

from cluster.middleware.identity import RequestIdentityMiddleware
from cluster.middleware.probes import ProbesMiddleware
from cluster.middleware.slashes import TrailingSlashMiddleware

__all__ = ["ProbesMiddleware", "RequestIdentityMiddleware", "TrailingSlashMiddleware"]
