"""The guard of doors that only name a permission, such as those of the layer below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from security import permissions, selection
from security.caller import Caller

if TYPE_CHECKING:  # the settings name this class, and DRF's views read them while they are being loaded
    from rest_framework.views import APIView


class NamedPermission(BasePermission):
    """Asks the permission table for a view's ``permission``; a view without one asks by itself."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return True, or raise the refusal the contract asks for: 401, 404, 403 in that order."""
        permission: str | None = getattr(view, "permission", None)
        if permission is None:
            return True
        caller: Caller = request.caller  # type: ignore[attr-defined]
        named = selection.named_in(request.query_params)
        if named is None or not caller.is_known:
            permissions.require_anywhere(caller, permission)
        else:
            permissions.require(caller, permission, selection.property_named(caller, named))
        return True
