"""Coming in by an account of the hotel's own provider: OpenID Connect's code flow (``OIDC_ISSUER``).

One try is kept in the browser's session (``attempts``), the provider is asked with every wait and size
bounded (``fetching``, ``provider``), its word believed only when signed for this very try (``tokens``), which
opens the account it was linked with (``identities``): nobody is made, and no role is given.
"""

from security.single_sign_on.attempts import begin, finish
from security.single_sign_on.refusals import Refused

__all__ = ["Refused", "begin", "finish"]
