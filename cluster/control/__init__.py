"""Orders to nodes: given once on the control stream, done by every node they are meant for, answered.

    register("ping", lambda arguments: "here", help="Answer.")
    order = send("ping", {}, by="hoa", to=None)
    outcome = wait(order, seconds=5)

An order travels by the database alone: each node reads the stream every half second, so Redis may be
away. A node does an order once a life, in the order given, and never one that is older than itself.
"""

from cluster.control.acks import Ack, Outcome, answers, wait
from cluster.control.commands import Command, ControlFailed, register, registered
from cluster.control.following import Follower
from cluster.control.orders import Order, UnknownNode, position, recent, send

__all__ = [
    "Ack",
    "Command",
    "ControlFailed",
    "Follower",
    "Order",
    "Outcome",
    "UnknownNode",
    "answers",
    "position",
    "recent",
    "register",
    "registered",
    "send",
    "wait",
]
