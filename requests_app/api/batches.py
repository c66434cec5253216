"""The same change to many requests."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from cluster.answers import answer_bytes, dumps
from cluster.timings import timed
from requests_app import actions
from requests_app.actions import KEEP, ItemResult
from requests_app.api import schema
from requests_app.api.door import Door, Said
from requests_app.api.shapes import BatchShape, BulkAssignShape, BulkDeleteShape, BulkUpdateShape
from requests_app.permissions import BULK, REMOVE


class BatchDoor(Door):
    """Batches: all or none by default, as many as can be with ``mode`` partial."""

    @schema.batches(BulkUpdateShape)
    def update_many(self, request: Request) -> HttpResponse:
        """Give many requests a status, notes, an assignee."""
        said = self._read(BulkUpdateShape, BULK)
        with timed("request.bulk"):
            return self.write(
                lambda: _told(
                    actions.bulk_change(
                        by=self.caller,
                        request_ids=said["request_ids"],
                        status=said.get("status"),
                        notes=said.get("notes") or "",
                        assignee=(said["assigned_to"] or None) if "assigned_to" in said else KEEP,
                        partial=bool(said.get("mode")),
                    )
                )
            )

    @schema.batches(BulkAssignShape)
    def assign_many(self, request: Request) -> HttpResponse:
        """Give many requests to one person, or leave them open."""
        said = self._read(BulkAssignShape, BULK)
        with timed("request.bulk"):
            return self.write(
                lambda: _told(
                    actions.bulk_assign(
                        by=self.caller,
                        request_ids=said["request_ids"],
                        assignee=said["assigned_to"] or None,
                        notes=said.get("notes") or "",
                        partial=bool(said.get("mode")),
                    )
                )
            )

    @schema.batches(BulkDeleteShape)
    def delete_many(self, request: Request) -> HttpResponse:
        """Take many requests out of sight."""
        said = self._read(BulkDeleteShape, REMOVE)
        with timed("request.bulk"):
            return self.write(
                lambda: _told(
                    actions.bulk_remove(
                        by=self.caller,
                        request_ids=said["request_ids"],
                        notes=said.get("notes") or "",
                        partial=bool(said.get("mode")),
                    )
                )
            )

    def _read(self, shape: type[BatchShape], permission: str) -> Said:
        said = self.read_for(shape, permission)
        if said.get("mode"):
            self.require_v2()
        return said


def _told(results: Sequence[ItemResult]) -> HttpResponse:
    updated = sum(result.ok for result in results)
    shown = {
        "updated": updated,
        "failed": len(results) - updated,
        "total": len(results),
        "results": [_shown(result) for result in results],
    }
    return answer_bytes(dumps(shown))


def _shown(result: ItemResult) -> dict[str, object]:
    shown: dict[str, object] = {"id": result.request_id, "ok": result.ok}
    if result.problem is not None:
        shown |= {"code": result.problem.code, "error": result.problem.error}
    return shown
