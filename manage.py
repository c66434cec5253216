#!/usr/bin/env python
"""Bellhop's one command line; leaves with 78 when the configuration is unusable, 69 when the database is."""

import os
import sys

from django.core.management import execute_from_command_line

from settings.telling import choose_profile, database_told, told_to_the_operator, wants_json


def main() -> None:
    """Run one command; without DJANGO_SETTINGS_MODULE it is a clone on one machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")
    choose_profile(sys.argv)
    with told_to_the_operator(as_json=wants_json(sys.argv)), database_told(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
