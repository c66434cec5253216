"""The doors. Who may open them is a row of the permission table under the name they give."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cluster import status
from cluster.answers import answer
from cluster.api import shapes
from cluster.permissions import STATUS

PROPERTY = OpenApiParameter("propertyId", description="A property's slug or id; the answer is the same.")


class InstanceInfoView(APIView):
    """The process that answers."""

    permission = STATUS

    @extend_schema(parameters=[PROPERTY], responses={200: shapes.InstanceAnswer})
    def get(self, request: Request) -> Response:
        """Tell who this node is and how it does."""
        return answer(status.instance_info())


class ClusterStatusView(APIView):
    """All of them."""

    permission = STATUS

    @extend_schema(parameters=[PROPERTY], responses={200: shapes.ClusterAnswer})
    def get(self, request: Request) -> Response:
        """Tell which nodes there are, who leads, and what is wrong."""
        return answer(status.cluster_status())
