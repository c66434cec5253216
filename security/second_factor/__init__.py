"""The second thing somebody shows after their password: a code of their phone, a key, or a recovery code.

django-allauth keeps and checks them; here is who needs one (``policy``), how its secrets are stored
(``adapter``), that a code counts once in the whole cluster (``codes``), setting one up (``setup``), and
security keys (``keys``).
"""

from security.second_factor.codes import has_app, is_set_up, passes
from security.second_factor.policy import is_demanded

__all__ = ["has_app", "is_demanded", "is_set_up", "passes"]
