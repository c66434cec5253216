"""The second thing somebody shows after their password: a code of their phone, or a recovery code.

django-allauth keeps and checks them; here is who needs one (``policy``), how its secrets are stored
(``adapter``), that a code counts once in the whole cluster (``codes``), and setting one up (``setup``).
"""

from security.second_factor.codes import is_set_up, passes
from security.second_factor.policy import is_demanded

__all__ = ["is_demanded", "is_set_up", "passes"]
