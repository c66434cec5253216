"""The paths of the hotel's doors."""

from typing import Any

from django.urls import include, path

from requests_app.api.batches import BatchDoor
from requests_app.api.export import ExportDoor
from requests_app.api.house import HouseDoor
from requests_app.api.insights import InsightDoor
from requests_app.api.lists import ListDoor
from requests_app.api.log import LogDoor
from requests_app.api.pages import DocsView, SchemaView
from requests_app.api.requests import RequestDoor
from requests_app.api.stays import StayDoor
from requests_app.api.thread import ThreadDoor

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

# Named words stand before <request_id>, which takes any word and refuses what is no id.
urlpatterns = [
    path("api/request", RequestDoor.as_view({"get": "list", "post": "create"}), name="requests"),
    path("api/request/bulk-update", BatchDoor.as_view({"post": "update_many"}), name="bulk-update"),
    path("api/request/bulk-assign", BatchDoor.as_view({"post": "assign_many"}), name="bulk-assign"),
    path("api/request/bulk-delete", BatchDoor.as_view({"post": "delete_many"}), name="bulk-delete"),
    path("api/request/statistics", InsightDoor.as_view({"get": "statistics"}), name="statistics"),
    path("api/request/performance", InsightDoor.as_view({"get": "performance"}), name="performance"),
    path("api/request/cache-stats", InsightDoor.as_view({"get": "cache_stats"}), name="cache-stats"),
    path("api/request/cache-clear", InsightDoor.as_view({"post": "clear_cache"}), name="cache-clear"),
    path("api/request/export", ExportDoor.as_view({"get": "export"}), name="export"),
    path("api/request/urgent", ListDoor.as_view({"get": "urgent"}), name="urgent"),
    path("api/request/pending", ListDoor.as_view({"get": "pending"}), name="pending"),
    path("api/request/completed", ListDoor.as_view({"get": "completed"}), name="completed"),
    path("api/request/room/<str:room_number>", ListDoor.as_view({"get": "by_room"}), name="by-room"),
    path("api/request/guest/<path:guest_name>", ListDoor.as_view({"get": "by_guest"}), name="by-guest"),
    path("api/request/status/<str:status>", ListDoor.as_view({"get": "by_status"}), name="by-status"),
    path("api/request/priority/<str:priority>", ListDoor.as_view({"get": "by_priority"}), name="by-priority"),
    path(
        "api/request/assigned/<str:assigned_to>", ListDoor.as_view({"get": "by_assignee"}), name="by-assignee"
    ),
    path("api/request/<str:request_id>", RequestDoor.as_view(ONE), name="request"),
    path(
        "api/request/<str:request_id>/status",
        RequestDoor.as_view({"patch": "status", "put": "status"}),
        name="request-status",
    ),
    path(
        "api/request/<str:request_id>/history", ThreadDoor.as_view({"get": "history"}), name="request-history"
    ),
    path(
        "api/request/<str:request_id>/messages",
        ThreadDoor.as_view({"get": "list", "post": "create"}),
        name="request-messages",
    ),
    path("api/events", LogDoor.as_view({"get": "events"}), name="events"),
    path("api/stay", StayDoor.as_view({"get": "list", "post": "create"}), name="stays"),
    path("api/stay/<str:stay_id>", StayDoor.as_view({"patch": "partial_update"}), name="stay"),
    path("api/stay/<str:stay_id>/check-out", StayDoor.as_view({"post": "check_out"}), name="check-out"),
    path("api/property", HouseDoor.as_view({"get": "properties"}), name="properties"),
    path("api/services", HouseDoor.as_view({"get": "services"}), name="services"),
    path("api/staff", HouseDoor.as_view({"get": "staff"}), name="staff"),
    path("api/staff/<str:username>", HouseDoor.as_view({"patch": "set_duty"}), name="duty"),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocsView.as_view(url_name="schema"), name="docs"),
    path("", include("requests_app.pages.urls")),
]
