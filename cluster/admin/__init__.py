"""The back office of the cluster: its log to be read, its nodes to be watched and told what to do."""

from cluster.admin.flags import FlagAdmin
from cluster.admin.log import EventAdmin, StreamHeadAdmin
from cluster.admin.nodes import NodeAdmin

__all__ = ["EventAdmin", "FlagAdmin", "NodeAdmin", "StreamHeadAdmin"]
