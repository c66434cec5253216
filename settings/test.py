"""For pytest: `tests.services` has set DATABASE_URL, REDIS_URL and DATA_DIR before this is read."""

import os

from settings.base import *
from settings.base import CHANNEL_LAYERS, ENVIRONMENT

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The workers of one run share a server: each keeps to channels of its own.
CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"bellhop-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

# No balancer has to notice that a test's node stops, unless the test says so.
DRAIN_GRACE = (ENVIRONMENT.drain_grace or 0) / 1000
