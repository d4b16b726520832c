"""A peer and programs of ours that talk over a real wire: two network namespaces and a veth pair,
made by the test, as root or as an ordinary user, gone with their holders. Nothing of the host is
touched."""

import contextlib
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import time

from deadline import LIMIT

PYTHON = "/usr/bin/python3"
NOBODY = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]

# Answers each line of the connection at descriptor FD with TAG in front.
ECHO = """
import os, sys
tag, descriptor = sys.argv[1], int(sys.argv[2])
while line := os.read(descriptor, 65536):
    os.write(descriptor, b"".join(tag.encode() + b" " + l for l in line.splitlines(True)))
"""

# All segments between SOCKET and HOST are signed by $KEY (TCP_MD5SIG), if there is one.
SIGN = """
import os, socket, struct
def sign(signed, host):
    key = os.environ.get("KEY", "").encode()
    peer = struct.pack("=H2x4s120x", socket.AF_INET, socket.inet_aton(host))
    if key:
        signed.setsockopt(6, 14, peer + struct.pack("=BBHi80s", 0, 0, len(key), 0, key))
"""

# Takes as many connections as descriptors are named, and puts each at its number; then runs CODE.
SERVE = SIGN + """
import sys
port, numbers, code = int(sys.argv[1]), [int(n) for n in sys.argv[2].split(",")], sys.argv[3]
listener = socket.create_server(("192.0.2.1", port))
sign(listener, "192.0.2.2")
print("listening", flush=True)
for number in numbers:
    connection = listener.accept()[0]
    low = os.dup(connection.fileno())
    connection.close()
    os.dup2(low, number)
    os.close(low)
listener.close()
print("connected", flush=True)
sys.argv = [sys.argv[0], *sys.argv[4:]]
exec(code)
"""

# Its standard input goes to the connection, and the connection to its standard output.
PEER = SIGN + """
import select, sys
connection = socket.socket()
sign(connection, "192.0.2.1")
connection.connect(("192.0.2.1", int(sys.argv[1])))
print("connected", flush=True)
while True:
    for ready in select.select([0, connection], [], [])[0]:
        if ready == 0:
            connection.sendall(os.read(0, 65536))
        else:
            try:
                data = connection.recv(65536)
            except ConnectionResetError:
                data, gone = b"", print("reset", flush=True)
            if not data:
                print("end", flush=True)
                sys.exit()
            os.write(1, data)
"""


def for_everybody(program, folder):
    """A copy of `program` in `folder` (a tmp_path) that an ordinary user may execute."""
    for path in (folder, folder.parent, folder.parent.parent):
        path.chmod(path.stat().st_mode | 0o055)
    return shutil.copy(program, folder)


def state_of(pid):
    """The state letter of a process."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Talker:
    """A program that is talked to by lines."""

    def __init__(self, process):
        self.process = process
        self.pid = process.pid
        self.heard = b""

    def says(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def hears(self):
        """The next line."""
        deadline = time.monotonic() + LIMIT
        while b"\n" not in self.heard:
            wait = max(deadline - time.monotonic(), 0)
            assert select.select([self.process.stdout], [], [], wait)[0], "no line came"
            data = os.read(self.process.stdout.fileno(), 65536)
            assert data, f"it ended instead, having said {self.heard!r}"
            self.heard += data
        line, _, self.heard = self.heard.partition(b"\n")
        return line.decode()

    def asks(self, text):
        self.says(text + "\n")
        return self.hears()


class World:
    """`ours` and `peer` are prefixes of a command line: there it runs."""

    def __init__(self, sockcr, user):
        self.stack = contextlib.ExitStack()
        self.sockcr_program = sockcr
        self.user = user
        ours = self.holder([*user, "unshare", *(["-Ur"] if user else []), "-n"])
        self.namespace = f"/proc/{ours}/ns/net"
        self.ours = self.entering(ours)
        peer = self.holder([*self.ours, "unshare", "-n"])
        self.peer = self.entering(peer)
        self.wire(peer)

    def entering(self, pid):
        user_namespace = ["-U", "--preserve-credentials"] if self.user else []
        return [*self.user, "nsenter", "-t", str(pid), "-n", *user_namespace]

    def holder(self, prefix):
        """A process that lives in a new namespace and keeps it."""
        process = self.start([*prefix, "sh", "-c", "echo $$; exec sleep infinity"])
        return int(process.hears())

    def wire(self, peer):
        for command in [
            f"ip link add ours type veth peer name peer netns {peer}",
            "ip addr add 192.0.2.1/24 dev ours",
            "ip link set ours up",
            "ip link set lo up",
        ]:
            subprocess.run([*self.ours, *command.split()], check=True)
        for command in [
            "ip addr add 192.0.2.2/24 dev peer",
            "ip link set peer up",
            "ip link set lo up",
        ]:
            subprocess.run([*self.peer, *command.split()], check=True)

    def start(self, command, **more):
        process = subprocess.Popen(
            command,
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True}
            | more,
        )
        self.stack.callback(self.end, process)
        return Talker(process)

    def end(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def close(self):
        self.stack.close()

    def serves(self, numbers="7", code=ECHO, arguments=("first", "7"), port=7001, key=""):
        """A program of ours that holds one connection for each number, and the peers of them. With a
        key their segments are signed by it."""
        signing = {"env": {**os.environ, "KEY": key}}
        program = self.start(
            [*self.ours, PYTHON, "-c", SERVE, str(port), numbers, code, *arguments], **signing
        )
        assert program.hears() == "listening"
        peers = [
            self.start([*self.peer, PYTHON, "-c", PEER, str(port)], **signing)
            for _ in numbers.split(",")
        ]
        for one in peers:
            assert one.hears() == "connected"
        assert program.hears() == "connected"
        return [program, *peers]

    def sockcr(self, *arguments, **more):
        """Runs sockcr in our namespace to its end."""
        return subprocess.run(
            [*self.ours, self.sockcr_program, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            **{"stdin": subprocess.DEVNULL} | more,
        )

    def starts_sockcr(self, *arguments, **more):
        return self.start([*self.ours, self.sockcr_program, *map(str, arguments)], **more)

    def resets(self):
        """How many RSTs both sides have sent."""
        return sum(self.counter(side, "OutRsts") for side in (self.ours, self.peer))

    def counter(self, side, name):
        text = subprocess.run(
            [*side, "cat", "/proc/self/net/snmp"], capture_output=True, text=True, check=True
        ).stdout
        names, values = (line.split() for line in text.splitlines() if line.startswith("Tcp:"))
        return int(values[names.index(name)])

    def queues(self):
        """Bytes in the receive and send queues of our connections, a pair for each."""
        text = subprocess.run(
            [*self.ours, "ss", "-Htn"], capture_output=True, text=True, check=True
        ).stdout
        return [tuple(int(n) for n in line.split()[1:3]) for line in text.splitlines()]

    def gates(self):
        """The ids of the images whose gates stand."""
        found = set()
        for program in ("iptables-save", "ip6tables-save"):
            text = subprocess.run(
                [*self.ours, program, "-t", "filter"], capture_output=True, text=True, check=True
            ).stdout
            found.update(re.findall(r"^:SOCKCR-([0-9a-f]{16})", text, re.MULTILINE))
        return found
