"""Who has connected is answered, who comes later finds nobody."""

from __future__ import annotations

import socket
import sys

import pytest

from cluster.serving.listener import listen, turn_away


def test_a_taken_address_is_refused() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listen("localhost", first.getsockname()[1])


def test_an_address_may_be_of_either_family() -> None:
    with listen("::1", 0) as listener, socket.create_connection(listener.getsockname()[:2], timeout=5):
        assert listener.accept()[0].close() is None


def test_nobody_new_is_let_in_and_nobody_inside_is_cut() -> None:
    with listen("127.0.0.1", 0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address, timeout=5) as early:
            turn_away(listener)
            early.sendall(b"call")
            inside, _ = listener.accept()
            with inside:
                assert inside.recv(10) == b"call"
                inside.sendall(b"answer")
                assert early.recv(10) == b"answer"
        if sys.platform == "linux":
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.2)
