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


class CacheCounts(CamelSerializer):
    """Reads by what answered them; ``hitRate`` is the share that was not worked out anew, 0–1."""

    requests = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="L1: this process, L2: Redis, MISS: the database, BYPASS: never kept",
    )
    hits = serializers.IntegerField()
    misses = serializers.IntegerField()
    hit_rate = serializers.FloatField(min_value=0, max_value=1)


class CacheFigures(CacheCounts):
    """One process's cache since it started: its counts, what it holds, its bounds."""

    enabled = serializers.BooleanField()
    entries = serializers.IntegerField()
    max_entries = serializers.IntegerField()
    bytes = serializers.IntegerField()
    max_bytes = serializers.IntegerField()
    evictions = serializers.IntegerField()
    redis = serializers.ChoiceField(choices=("closed", "open", "half-open", "none"))


class NodePerformance(CamelSerializer):
    """What the node measured of itself since it started."""

    monitoring = serializers.BooleanField(help_text="false while operations are not timed")
    operations = serializers.DictField(child=OperationTimings())
    cache_stats = CacheFigures()


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
    alone = serializers.BooleanField(help_text="true for a node without bus and near cache")


class ClusterAnswer(CamelSerializer):
    """The cluster as the database knows it; ``degraded`` is what the answering node sees."""

    mode = serializers.ChoiceField(choices=MODES)
    degraded = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    leader = serializers.CharField(allow_null=True, help_text="Its instanceId; null between two leaders.")
    term = serializers.IntegerField(help_text="Grows with every change of leader.")
    nodes = NodeAnswer(many=True)
