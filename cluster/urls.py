"""The paths of this layer; the middleware answers them first, whatever the Host."""

from django.urls import path

from cluster.views import PROBES

urlpatterns = [path(route.removeprefix("/"), view) for route, view in PROBES.items()]
