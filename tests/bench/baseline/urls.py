"""The baselines' paths."""

from django.urls import path

from tests.bench.baseline import floor, usual

urlpatterns = [
    path("floor/request", floor.requests),
    path("usual/request", usual.RequestViewSet.as_view({"get": "list", "post": "create"})),
]
