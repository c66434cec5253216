"""The paths of this layer; the middleware answers the probes first, whatever the Host."""

from django.urls import path

from cluster.api.views import ClusterStatusView, InstanceInfoView
from cluster.views import PROBES

urlpatterns = [
    *(path(route.removeprefix("/"), view) for route, view in PROBES.items()),
    path("api/instance-info", InstanceInfoView.as_view(), name="instance-info"),
    path("api/cluster-status", ClusterStatusView.as_view(), name="cluster-status"),
]
