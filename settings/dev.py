"""A clone on one machine: no variable is needed."""

from settings.base import *
