"""Forced logout from the shell."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster.streams import unit_of_work
from security import sessions
from security.caller import SYSTEM
from security.models import User
from security.second_factor import setup


class Command(BaseCommand):
    """``logout USER``."""

    help = "End all sessions and tokens of a person on every node; their sockets close within a second."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask who."""
        parser.add_argument("username")
        parser.add_argument(
            "--forget-second-factor", action="store_true", help="also take away a lost second factor"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """End it all."""
        user = User.objects.filter(username=User.normalize_username(options["username"])).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['username']}.")
        with unit_of_work():
            ended = sessions.end_all(by=SYSTEM, user_id=user.pk)
            if options["forget_second_factor"] and setup.take_away(by=SYSTEM, user_id=user.pk):
                self.stdout.write("The second factor is taken away.")
        self.stdout.write(f"{ended} ended.")
