"""The real thing. It differs from dev by values alone, and refuses to guess any of them."""

from settings.base import *
