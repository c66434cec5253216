"""As prod; only the values that `base` and `policies` name by profile differ."""

from settings.base import *
