"""For pytest: `tests.services` has set DATABASE_URL, REDIS_URL and DATA_DIR before this is read."""

from settings.base import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
