"""`sockcr checkpoint` and `restore` on a server: its listener, who waits for it, and what its
connections leave in the kernel."""

import json
import os
import signal
import subprocess

import pytest

from conversation import LIMIT, PEER, PYTHON, World, for_everybody
from deadline import until

OK, REFUSED = 0, 1

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# Listens at descriptor 5 and answers whom it has accepted; SIGSTOP it, and others wait.
SERVER = """
import os, select, socket, sys
tag, port = sys.argv[1].encode(), int(sys.argv[2])
if port:
    made = socket.create_server(("192.0.2.1", port))
    os.dup2(made.fileno(), 5)
    made.close()
    print("listening", flush=True)
listener = socket.socket(fileno=5)
accepted = [socket.socket(fileno=int(n)) for n in sys.argv[3:]]
while True:
    for ready in select.select([listener, *accepted], [], [])[0]:
        if ready is listener:
            accepted.append(listener.accept()[0])
        elif data := ready.recv(65536):
            ready.sendall(tag + b" " + data)
        else:
            accepted.remove(ready)
            ready.close()
"""


@pytest.fixture(name="world")
def world_of_root(build, tmp_path):
    world = World(for_everybody(build / "sockcr", tmp_path), [])
    yield world
    world.close()


@pytest.fixture(name="image")
def image_file(tmp_path):
    return tmp_path / "server.image"


@pytest.fixture(name="server")
def server_of(world):
    server = world.start([*world.ours, PYTHON, "-c", SERVER, "first", "7001"])
    assert server.hears() == "listening"
    return server


def client(world):
    one = world.start([*world.peer, PYTHON, "-c", PEER, "7001"])
    assert one.hears() == "connected"
    return one


def sockets(world, image):
    return json.loads(world.sockcr("show", image, "--json").stdout)["sockets"]


def connections_of(world, image):
    """The descriptors of the connections, as arguments for SERVER."""
    return [
        str(holder["descriptor"])
        for socket in sockets(world, image)
        for holder in socket["where"]["holders"]
        if holder["descriptor"] != 5
    ]


def checkpoint(world, server, image, *more):
    done = world.sockcr("checkpoint", "--pid", server.pid, "-o", image, *more)
    assert done.returncode == OK, done.stderr
    assert server.process.wait(LIMIT) == -signal.SIGKILL


def restore(world, image, *more, connections=()):
    command = ["--", PYTHON, "-c", SERVER, "second", "0", *connections]
    return world.starts_sockcr("restore", "-i", image, *more, *command)


def test_a_server_its_connection_and_who_waits_for_it(world, server, image):
    accepted = client(world)
    assert accepted.asks("hello") == "first hello"
    os.kill(server.pid, signal.SIGSTOP)
    waiting = client(world)
    waiting.says("I wait\n")
    until(lambda: (len("I wait\n"), 0) in world.queues(), "it is unread")
    checkpoint(world, server, image)
    restore(world, image, connections=connections_of(world, image))
    assert waiting.hears() == "second I wait"
    assert accepted.asks("hello") == "second hello"
    assert client(world).asks("hello") == "second hello"
    assert world.resets() == 0


def test_who_waits_cannot_be_read_and_left_running(world, server, image):
    os.kill(server.pid, signal.SIGSTOP)
    waiting = client(world)
    done = world.sockcr("checkpoint", "--pid", server.pid, "-o", image, "--leave-running")
    assert done.returncode == REFUSED
    assert "accept queue of tcp 192.0.2.1:7001 LISTEN" in done.stderr
    assert not image.exists()
    os.kill(server.pid, signal.SIGCONT)
    assert waiting.asks("hello") == "first hello"
    assert world.resets() == 0


@pytest.mark.parametrize("when", ["checkpoint", "restore"])
def test_listen_only(world, server, image, when):
    """The listener goes on, the connection is told that it is closed."""
    accepted = client(world)
    assert accepted.asks("hello") == "first hello"
    checkpoint(world, server, image, *(["--listen-only"] if when == "checkpoint" else []))
    more = ["--listen-only"] if when == "restore" else []
    restored = restore(world, image, *more, connections=connections_of(world, image))
    until(lambda: not world.gates() or restored.process.poll() is not None, "it is restored")
    assert restored.process.poll() is None
    assert client(world).asks("hello") == "second hello"
    assert world.resets() == 0, "nobody is reset before he speaks"
    accepted.says("still there?\n")
    assert accepted.hears() == "reset"


def test_a_namespace_with_what_nobody_holds(world, server, image):
    """Ours closed first: TIME_WAIT, without a descriptor."""
    code = "import socket; socket.create_connection(('192.0.2.2', 7002)).close()"
    listener = world.start([*world.peer, PYTHON, "-c", LISTEN_AND_CLOSE])
    assert listener.hears() == "listening"
    subprocess.run([*world.ours, PYTHON, "-c", code], check=True, timeout=LIMIT)
    until(lambda: "TIME-WAIT" in states(world), "it is in TIME_WAIT")
    assert server.process.poll() is None
    with open(world.namespace, "rb") as kept:
        path = f"/proc/{os.getpid()}/fd/{kept.fileno()}"
        outside = [world.sockcr_program, "checkpoint", "--netns", path, "-o", image]
        done = subprocess.run(outside, capture_output=True, text=True, check=False)
        world.ours = ["nsenter", f"--net={path}"]
        assert done.returncode == OK, done.stderr
        assert " TIME_WAIT  (no descriptor)" in done.stderr
        assert states(world) == ""
        restore(world, image)
        assert client(world).asks("hello") == "second hello"
        assert "TIME-WAIT" in states(world)
        assert world.resets() == 0


LISTEN_AND_CLOSE = """
import socket
listener = socket.create_server(("192.0.2.2", 7002))
print("listening", flush=True)
one = listener.accept()[0]
one.recv(1)
one.close()
"""


def states(world):
    """As ss says them."""
    text = subprocess.run(
        [*world.ours, "ss", "-Htan"], capture_output=True, text=True, check=True
    ).stdout
    return " ".join(line.split()[0] for line in text.splitlines())
