"""Links between accounts here and at the single sign-on provider, from the shell."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cluster.answers.problems import Problem
from security.caller import SYSTEM
from security.models import Identity, User
from security.single_sign_on import identities


class Command(BaseCommand):
    """``identity link|list|unlink``."""

    help = "Link accounts with those of the single sign-on provider (OIDC_ISSUER), list and unlink them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="link|list|unlink")
        link = verbs.add_parser("link", help="let an account at the provider open one here")
        link.add_argument("username")
        link.add_argument("subject", help="`sub`: the id of the account at the provider")
        link.add_argument("--issuer", default="", help="another provider than OIDC_ISSUER")
        verbs.add_parser("list", help="id, username, issuer and subject of each")
        unlink = verbs.add_parser("unlink", help="take a link away; what its person has open ends")
        unlink.add_argument("id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        try:
            getattr(self, f"_{options['verb']}")(options)
        except Problem as problem:
            raise CommandError(
                " ".join(str(each["message"]) for each in problem.details) or problem.error
            ) from None

    def _link(self, said: dict[str, Any]) -> None:
        user = User.objects.filter(username=User.normalize_username(said["username"])).first()
        if user is None:
            raise CommandError(f"There is nobody called {said['username']}.")
        issuer = said["issuer"] or settings.OIDC_ISSUER
        made = identities.link(by=SYSTEM, user=user, issuer=issuer, subject=said["subject"])
        self.stdout.write(f"{made.pk} linked.")

    def _list(self, _: dict[str, Any]) -> None:
        for row in Identity.objects.select_related("user"):
            self.stdout.write(f"{row.pk}\t{row.user.username}\t{row.issuer}\t{row.subject}")

    def _unlink(self, said: dict[str, Any]) -> None:
        row = Identity.objects.filter(pk=said["id"]).first()
        if row is None:
            raise CommandError("There is no such link.")
        identities.unlink(by=SYSTEM, identity=row)
        self.stdout.write("Unlinked.")
