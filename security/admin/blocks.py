"""Who is kept out for a while: seen, blocked and let in again by superusers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from security import grants
from security.admin.walls import WalledAdmin, needs
from security.authentication import caller_of
from security.forms import PlainTextField
from security.models import Block
from security.models.blocks import SOURCE_LENGTH
from security.watch import blocks, sources


class NewBlockForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whom to keep out, for how long and why."""

    source = PlainTextField(
        label=_("source"), limit=SOURCE_LENGTH, help_text=_("An address, or user:7, stay:3, key:2.")
    )
    minutes = forms.IntegerField(
        label=_("minutes"), initial=10, min_value=1, max_value=blocks.LONGEST_MINUTES
    )
    reason = PlainTextField(label=_("reason"), limit=blocks.REASON_LENGTH, required=False)

    class Meta:
        model = Block
        fields = ()

    def clean_source(self) -> str:
        """Return the source as it is counted."""
        try:
            return sources.named(self.cleaned_data["source"])
        except ValueError:
            raise ValidationError(_("Neither an address nor user:7, stay:3 or key:2.")) from None


@admin.register(Block)
class BlockAdmin(WalledAdmin):
    """The blocks of the last day. An address blocked here is closed to everybody behind it."""

    permissions = {
        "view": grants.BLOCKS,
        "add": grants.BLOCKS,
        "delete": grants.BLOCKS,
        "let_in": grants.BLOCKS,
    }
    list_display = ("source", "holds", "until", "made_by", "why", "is_whole")
    search_fields = ("source",)
    fields = ("source", "holds", "until", "made_by", "why", "is_whole", "created_at")
    new_fields = ("source", "minutes", "reason")
    actions = ("let_in",)

    def property_id_of(self, obj: Any) -> int:
        """Return 0: a block belongs to no one property."""
        return 0

    @admin.display(description=_("holds"), boolean=True)
    def holds(self, block: Block) -> bool:
        """Say whether it has not ended."""
        return block.until > timezone.now()

    @admin.display(description=_("reasons"))
    def why(self, block: Block) -> str:
        """Return the reasons in one line."""
        return ", ".join(block.reasons)

    def get_form(self, request: HttpRequest, obj: Block | None = None, *args: Any, **options: Any) -> Any:
        """Ask for a new block's length and reason."""
        if obj is None:
            options |= {"form": NewBlockForm, "fields": self.new_fields}
        return super().get_form(request, obj, *args, **options)

    def get_fields(self, request: HttpRequest, obj: Block | None = None) -> Any:
        """Return the fields of the page in their order."""
        return self.fields if obj else self.new_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Block | None = None) -> Any:
        """What stands is not changed, but made anew or taken away."""
        return self.fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Block, form: Any, change: Any) -> None:
        """Leave it to the verb."""
        said = form.cleaned_data
        row = blocks.add(
            said["source"],
            seconds=said["minutes"] * 60,
            reasons=[said["reason"]] if said["reason"] else [],
            by=caller_of(request).username,
            is_whole=True,
        )
        obj.pk, obj.source, obj.until = row.pk, row.source, row.until

    def delete_model(self, request: HttpRequest, obj: Block) -> None:
        """Leave it to the verb."""
        blocks.remove(obj.source, by=caller_of(request).username)

    @needs("let_in")
    @admin.action(description=_("Let in again"))
    def let_in(self, request: HttpRequest, rows: QuerySet[Block]) -> None:
        """End the selected ones and forget their scores."""
        by = caller_of(request).username
        count = sum(blocks.remove(row.source, by=by) for row in rows)
        words = ngettext("%d may come in again.", "%d may come in again.", count)
        messages.success(request, words % count)
