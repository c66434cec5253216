"""The live page of the cluster: who is there, what is wrong, and the buttons of an operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from cluster import control
from cluster.admin import orders
from cluster.admin.log import ReadOnlyAdmin
from cluster.control import UnknownNode
from cluster.models import Node
from cluster.overview import look

PART = "X-Bellhop-Part"
"""The header of who wants the living part alone, as the page's own script does each second."""

PATIENCE_SECONDS = 5.0


@admin.register(Node)
class NodeAdmin(ReadOnlyAdmin):
    """One page for all nodes; a node of its own is only a row."""

    def get_urls(self) -> list[URLPattern]:
        """Add the door for orders."""
        door = path("order/", self.admin_site.admin_view(self.order_view), name="cluster_node_order")
        return [door, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the cluster, or only its living part."""
        self._only_for_operators(request)
        seen = look()
        context = {"seen": seen, "buttons": orders.buttons()}
        if request.headers.get(PART):
            part = TemplateResponse(request, "admin/cluster/node/state.html", context)
            add_never_cache_headers(part)
            return part
        page = self.admin_site.each_context(request) | context | {"title": _("Cluster"), "opts": self.opts}
        return TemplateResponse(request, "admin/cluster/node/change_list.html", page)

    def order_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whether it is meant, then give the order and tell what came of it."""
        self._only_for_operators(request)
        asked = orders.asked_for(request.POST if request.method == "POST" else request.GET)
        back = reverse("admin:cluster_node_changelist")
        if asked is None:
            messages.error(request, _("There is no such order."))
            return redirect(back)
        if request.method == "POST":
            self._give(request, asked)
            return redirect(back)
        context = {"asked": asked, "back": back, "title": asked.title, "opts": self.opts}
        context["last"] = orders.leaves_nobody(asked, look())
        page = self.admin_site.each_context(request) | context
        return TemplateResponse(request, "admin/cluster/node/confirm.html", page)

    def _only_for_operators(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _give(self, request: HttpRequest, asked: orders.Asked) -> None:
        by = request.user.get_username()
        try:
            order = control.send(asked.command, {}, by=by, to=[asked.node] if asked.node else None)
        except UnknownNode as unknown:
            messages.error(request, str(unknown))
            return
        for level, sentence in orders.told(control.wait(order, PATIENCE_SECONDS)):
            messages.add_message(request, level, sentence)
