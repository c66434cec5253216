"""The shapes of the answers, for the API's document; ``cluster.status`` makes the answers themselves."""

from __future__ import annotations

from rest_framework import serializers

from cluster.models import NodeRole
from cluster.nodes import NodeState
from cluster.shapes import CamelSerializer
from cluster.status import CLUSTER, SINGLE_NODE

MODES = (CLUSTER, SINGLE_NODE)


class OperationTimings(CamelSerializer):
    """How long an operation takes, in milliseconds."""

    count = serializers.IntegerField()
    avg = serializers.FloatField()
    p50 = serializers.FloatField()
    p95 = serializers.FloatField()
    p99 = serializers.FloatField()


class ClusterPlace(CamelSerializer):
    """The node's place in the cluster; ``totalNodes`` counts those that live."""

    node_id = serializers.CharField()
    total_nodes = serializers.IntegerField()
    is_leader = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=MODES)


class NodePerformance(CamelSerializer):
    """What the node measured of itself since it started."""

    operations = serializers.DictField(child=OperationTimings())
    cache_stats = serializers.DictField(help_text="Empty: not yet, as there is no cache of reads.")


class InstanceAnswer(CamelSerializer):
    """The process that answered; ``connections`` are its open sockets."""

    instance_id = serializers.CharField()
    cluster_info = ClusterPlace()
    performance_metrics = NodePerformance()
    version = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    uptime_seconds = serializers.FloatField()
    connections = serializers.IntegerField()


class NodeAnswer(CamelSerializer):
    """A node that has not left. ``load`` is how much of a core it used in its last second."""

    instance_id = serializers.CharField()
    host = serializers.CharField()
    version = serializers.CharField()
    role = serializers.ChoiceField(choices=NodeRole.choices)
    status = serializers.ChoiceField(
        choices=[state.value for state in NodeState],
        help_text="suspect: silent for 2 s. down: lost after 3.5 s, shown for ten minutes.",
    )
    started_at = serializers.DateTimeField()
    last_heartbeat = serializers.DateTimeField()
    connections = serializers.IntegerField()
    load = serializers.FloatField()


class ClusterAnswer(CamelSerializer):
    """The cluster as the database knows it; ``degraded`` is what the answering node sees."""

    mode = serializers.ChoiceField(choices=MODES)
    degraded = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    leader = serializers.CharField(allow_null=True, help_text="Its instanceId; null between two leaders.")
    term = serializers.IntegerField(help_text="Grows with every change of leader.")
    nodes = NodeAnswer(many=True)
