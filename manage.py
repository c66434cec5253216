#!/usr/bin/env python
"""Bellhop's one command line; leaves with 78 when the configuration is unusable."""

import os
import sys

from django.core.management import execute_from_command_line

from settings.problems import told_to_the_operator


def main() -> None:
    """Run one command; without DJANGO_SETTINGS_MODULE it is a clone on one machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")
    with told_to_the_operator():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
