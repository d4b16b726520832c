"""`sockcr checkpoint` and `restore` on programs that talk over a wire: nothing is lost, nobody is
reset, and whatever does not come to its end leaves all as it was."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess

import pytest

from conversation import ECHO, LIMIT, NOBODY, PYTHON, World, for_everybody, state_of
from deadline import until

OK, REFUSED, TROUBLE, WRONG_USE, INTERRUPTED, TERMINATED = 0, 1, 125, 129, 130, 143

# Holds the connection and waits; what it was sent stays unread.
HOLD = "import signal; signal.pause()"
# Reads a line, however long, when it is told to, answers with its length, then echoes.
WAIT_AND_COUNT = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.write(7, b"ready\\n")
signal.sigwait([signal.SIGUSR1])
line = b""
while not line.endswith(b"\\n"):
    line += os.read(7, 65536)
os.write(7, b"%d\\n" % len(line))
"""


@pytest.fixture(name="program", scope="session")
def sockcr_for_everybody(build, tmp_path_factory):
    return for_everybody(build / "sockcr", tmp_path_factory.mktemp("program"))


@pytest.fixture(name="world", params=["root", "nobody"])
def world_of(request, program):
    """The wire of one user."""
    is_root = os.geteuid() == 0
    if request.param == "root" and not is_root:
        pytest.skip("needs root")
    user = NOBODY if request.param == "nobody" and is_root else []
    if request.param == "nobody" and not is_root:
        user = ["env"]
    world = World(program, user)
    yield world
    world.close()


@pytest.fixture(name="image")
def image_file(tmp_path):
    """A path that anybody may write to."""
    tmp_path.chmod(0o777)
    for path in (tmp_path.parent, tmp_path.parent.parent):
        path.chmod(path.stat().st_mode | 0o055)
    return tmp_path / "some.image"


def echo(tag, descriptor=7):
    return ["--", PYTHON, "-c", ECHO, tag, descriptor]


def has_ended(talker):
    return talker.process.poll() is not None


def runs_on_untouched(world, program, peer):
    """As if nobody had tried: the program runs, the gate is open, both talk, no RST."""
    assert not has_ended(program)
    assert world.gates() == set()
    assert peer.asks("still there?") == "first still there?"
    assert state_of(program.pid) != "T"
    assert world.resets() == 0


def checkpointed(world, image, *more):
    """A conversation whose program is in an image by now; gives back its peer."""
    program, peer = world.serves()
    assert peer.asks("hello") == "first hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image, *more)
    assert done.returncode == OK, done.stderr
    assert program.process.wait(LIMIT) == -signal.SIGKILL
    return peer


def test_another_program_goes_on_talking(world, image):
    peer = checkpointed(world, image)
    assert len(world.gates()) == 1
    peer.says("behind the gate\n")
    restored = world.starts_sockcr("restore", "-i", image, *echo("second"))
    assert peer.hears() == "second behind the gate"
    assert peer.asks("more") == "second more"
    assert world.gates() == set()
    peer.process.stdin.close()
    assert world.resets() == 0
    assert not has_ended(restored)


def test_the_report_says_what_was_taken_and_what_to_do_next(world, image):
    program, peer = world.serves()
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    (gate,) = world.gates()
    lines = done.stderr.splitlines()
    assert lines[0] == f"sockcr: image {gate} of 1 socket is in {image}"
    assert lines[1].startswith("  tcp 192.0.2.1:7001 > 192.0.2.2:")
    assert lines[1].endswith(f" ESTABLISHED  (descriptor 7 of {program.pid})")
    assert lines[2].startswith(f"sockcr: killed {program.pid}; all TCP of their network namespace")
    assert lines[3].startswith(f"  sockcr restore -i {image} -- COMMAND ")
    assert lines[4].startswith(f"  sockcr release -i {image} ")
    assert done.stdout == ""
    assert image.stat().st_mode & 0o777 == 0o600
    assert not has_ended(peer)


def test_not_a_byte_is_lost(world, image):
    """Unread, and sent into the closed gate, in both directions."""
    program, peer = world.serves(code=HOLD, arguments=())
    first = "".join(f"unread {i}\n" for i in range(5000))
    peer.says(first)
    until(lambda: world.queues() == [(len(first), 0)], "all of it is unread")
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == OK, done.stderr
    peer.says("behind the gate\n")
    world.starts_sockcr("restore", "-i", image, *echo("x"))
    for i in range(5000):
        assert peer.hears() == f"x unread {i}"
    assert peer.hears() == "x behind the gate"
    assert world.resets() == 0


def test_leave_running(world, image):
    program, peer = world.serves()
    assert peer.asks("hello") == "first hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image, "--leave-running")
    assert done.returncode == OK, done.stderr
    assert done.stderr.splitlines()[-1] == "sockcr: the programs run on, the gate is open"
    assert world.sockcr("validate", image).returncode == OK
    runs_on_untouched(world, program, peer)


def test_through_a_pipe(world):
    program, peer = world.serves()
    pipe = f"""{world.sockcr_program} checkpoint --pid {program.pid} -o - |
        {world.sockcr_program} restore -i - -- {PYTHON} -c '{ECHO}' second 7"""
    world.start([*world.ours, "sh", "-c", pipe])
    until(lambda: has_ended(program), "the first program is killed")
    assert peer.asks("through a pipe") == "second through a pipe"
    assert world.resets() == 0


def test_a_terminal_gets_no_image(world):
    program, peer = world.serves()
    command = f"{world.sockcr_program} checkpoint --pid {program.pid} -o -"
    done = subprocess.run(
        [*world.ours, "script", "-qec", command, "/dev/null"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == WRONG_USE
    assert b"not for a terminal" in done.stdout
    runs_on_untouched(world, program, peer)


def large_image_that_nobody_reads(world):
    """A checkpoint that stands still, its gate closed, because its output is a full pipe."""
    program, peer = world.serves(code=WAIT_AND_COUNT + ECHO)
    assert peer.hears() == "ready"
    peer.says("x" * 100_000 + "\n")
    until(lambda: world.queues() == [(100_001, 0)], "all of it is unread")
    run = world.starts_sockcr(
        "checkpoint", "--pid", program.pid, "-o", "-", stderr=subprocess.PIPE
    )
    pipe = run.process.stdout.fileno()
    until(lambda: world.gates() and state_of(program.pid) == "T" and is_full(pipe), "it waits")
    return program, peer, run


def is_full(pipe):
    """It holds all that fits: the writer waits for a reader."""
    import fcntl
    import termios

    answer = bytearray(4)
    fcntl.ioctl(pipe, termios.FIONREAD, answer)
    return int.from_bytes(answer, "little") >= 65536


def goes_on_reading(program, peer):
    os.kill(program.pid, signal.SIGUSR1)
    assert peer.hears() == "100001"


@pytest.mark.parametrize(
    "sent, code", [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)]
)
def test_an_interrupted_checkpoint_undoes_everything(world, sent, code):
    program, peer, run = large_image_that_nobody_reads(world)
    # The whole process group, as a terminal does.
    os.killpg(run.pid, sent)
    assert run.process.wait(LIMIT) == code
    assert run.process.stderr.read().decode() == f"sockcr: interrupted by {sent.name}\n"
    goes_on_reading(program, peer)
    runs_on_untouched(world, program, peer)


def test_a_killed_checkpoint_is_undone_by_its_guardian(world):
    program, peer, run = large_image_that_nobody_reads(world)
    os.kill(run.pid, signal.SIGKILL)
    until(lambda: not world.gates() and state_of(program.pid) != "T", "the guardian is done")
    goes_on_reading(program, peer)
    runs_on_untouched(world, program, peer)


def test_a_reader_that_goes_away_is_trouble_and_undone(world):
    program, peer, run = large_image_that_nobody_reads(world)
    run.process.stdout.close()
    assert run.process.wait(LIMIT) == TROUBLE
    goes_on_reading(program, peer)
    runs_on_untouched(world, program, peer)


@pytest.fixture(name="full_pipe")
def pipe_that_is_full():
    """Both ends; who writes to it waits until somebody reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    yield reader, writer
    os.close(reader)


def drain(pipe):
    reader, writer = pipe
    os.close(writer)
    with open(reader, "rb", closefd=False) as stream:
        return stream.read().lstrip(b"x").decode()


def test_a_report_that_nobody_reads_holds_up_nobody(world, image, full_pipe):
    program, peer = world.serves()
    command = ["checkpoint", "--pid", program.pid, "-o", image, "--leave-running"]
    run = world.starts_sockcr(*command, stderr=full_pipe[1])
    until(image.exists, "it is written")
    assert peer.asks("hello") == "first hello"
    assert not has_ended(run)
    assert drain(full_pipe).endswith("the programs run on, the gate is open\n")
    assert run.process.wait(LIMIT) == OK


def test_too_late_to_interrupt(world, image, full_pipe):
    program, _ = world.serves()
    run = world.starts_sockcr(
        "checkpoint", "--pid", program.pid, "-o", image, stderr=full_pipe[1]
    )
    assert program.process.wait(LIMIT) == -signal.SIGKILL
    os.kill(run.pid, signal.SIGINT)
    assert "is blocked until one of" in drain(full_pipe)
    assert run.process.wait(LIMIT) == OK


def test_an_image_that_cannot_be_written_is_trouble_and_undone(world):
    program, peer = world.serves()
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", "/nowhere/some.image")
    assert done.returncode == TROUBLE
    assert "/nowhere/some.image" in one_line(done.stderr)
    runs_on_untouched(world, program, peer)


def one_line(text):
    lines = text.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize(
    "socket, name",
    [
        ("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)", "netlink"),
        ("socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)", "packet"),
    ],
)
def test_other_kinds_are_refused_by_name(world, image, socket, name):
    code = f"import socket; kept = {socket}\n{ECHO}"
    program, peer = world.serves(code=code)
    assert peer.asks("hello") == "first hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == REFUSED
    assert name in one_line(done.stderr).lower()
    assert not image.exists()
    runs_on_untouched(world, program, peer)


def test_a_program_keeps_what_it_says_to_itself(world, image):
    """Beside its connection: a pair of unix sockets, one of which carries the other's twin."""
    code = f"""import array, socket
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
carried, twin = socket.socketpair()
carried.send(b"from inside")
one.send(b"unread"); one.send(b"")
one.sendmsg([b"carries"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [twin.fileno()]))])
twin.close()
{ECHO}"""
    program, peer = world.serves(code=code)
    assert peer.asks("hello") == "first hello"
    pair = {link.name for link in pathlib.Path(f"/proc/{program.pid}/fd").iterdir()
            if link.readlink().as_posix().startswith("socket:")} - {"7"}
    one, other, carried = sorted(int(number) for number in pair)
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == OK, done.stderr
    reads = f"""import array, socket
other = socket.socket(fileno={other})
print(other.recv(99), other.recv(99), flush=True)
text, ((_, _, rights),), _, _ = other.recvmsg(99, 99)
print(text, socket.socket(fileno=array.array("i", rights)[0]).recv(99), flush=True)
{ECHO}"""
    run = world.starts_sockcr("restore", "-i", image, "--", PYTHON, "-c", reads, "second", 7)
    assert run.hears() == "b'unread' b''"
    assert run.hears() == "b'carries' b'from inside'"
    assert peer.asks("more") == "second more"


# Its connection is at 7, at 9 too, and a child has both.
SHARE = """
import fcntl, os, signal
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.dup2(7, 9, inheritable=False)
fcntl.fcntl(7, fcntl.F_SETSIG, signal.SIGUSR1)
fcntl.fcntl(9, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(7, fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC)
os.fork()
os.write(7, b"shared\\n")
while True:
    signal.pause()
"""
# Says what it finds there, waits until it is told by a signal, and is told by another descriptor.
FIND_SHARED = """
import fcntl, os, signal
os.write(1, f"{signal.getsignal(signal.SIGUSR1).name}\\n".encode())
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.signal(signal.SIGUSR1, lambda *_: None)
def flags(number):
    return fcntl.fcntl(number, fcntl.F_GETFL) & ~os.O_RDWR
def tell(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())
tell(flags(7) == os.O_NONBLOCK | os.O_ASYNC, fcntl.fcntl(9, fcntl.F_GETSIG) == signal.SIGUSR1)
tell(fcntl.fcntl(9, fcntl.F_GETOWN) == os.getpid(), fcntl.fcntl(7, fcntl.F_GETFD), fcntl.fcntl(9, fcntl.F_GETFD))
os.set_blocking(9, True)
tell(os.get_blocking(7), os.path.sameopenfile(7, 9))
signal.sigtimedwait([signal.SIGUSR1], 30)
os.write(9, b"told " + os.read(7, 99))
"""


@pytest.fixture(name="shared")
def one_socket_of_two_programs(world, image):
    """In an image; its peer, and the pid of who owned it."""
    program, peer = world.serves(code=SHARE, arguments=())
    assert (peer.hears(), peer.hears()) == ("shared", "shared")
    done = world.sockcr("checkpoint", "--pid", program.pid, "--tree", "-o", image)
    assert done.returncode == OK, done.stderr
    assert "of 1 socket is in" in done.stderr
    assert done.stderr.count("descriptor 7 of") == done.stderr.count("descriptor 9 of") == 2
    return peer, program.pid


def test_what_several_descriptors_share_is_one_socket_with_its_flags(world, image, shared):
    peer, _ = shared
    found = world.starts_sockcr(
        "restore", "-i", image, "--", PYTHON, "-c", FIND_SHARED, stderr=subprocess.PIPE
    )
    assert found.hears() == "SIG_IGN"  # until it says otherwise; the default would have ended it
    assert found.hears() == "True True"
    assert found.hears() == "True 0 0"
    assert found.hears() == "True True"
    assert peer.asks("by a signal") == "told by a signal"
    assert found.process.wait(LIMIT) == 0
    report = found.process.stderr.read().decode()
    assert "no longer close-on-exec: descriptor 9\n" in report
    assert "lost" not in report


def test_show_tells_what_is_shared(world, image, shared):
    _, owner = shared
    shown = world.sockcr("show", image).stdout
    assert f"  file        O_NONBLOCK|O_ASYNC, SIGUSR1 to process {owner}\n" in shown
    assert f"(pid={owner},fd=7) (pid={owner},fd=9,cloexec) (pid=" in shown
    (socket,) = json.loads(world.sockcr("show", image, "--json").stdout)["sockets"]
    assert (socket["file.flags"], socket["file.owner"]) == ("O_NONBLOCK|O_ASYNC", "process")
    assert socket["where"]["owner_pid"] == owner


def test_an_owner_outside_of_the_image_is_lost_by_name(world, image):
    code = f"import fcntl, os\nfcntl.fcntl(7, fcntl.F_SETOWN, os.getppid())\n{ECHO}"
    program, peer = world.serves(code=code)
    assert peer.asks("hello") == "first hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == OK, done.stderr
    lost = f"whom its signals go to, process {os.getpid()}"
    assert lost in done.stderr
    run = world.starts_sockcr("restore", "-i", image, *echo("second"), stderr=subprocess.PIPE)
    assert peer.asks("more") == "second more"
    run.process.kill()
    assert lost in run.process.stderr.read().decode()


def test_a_program_without_sockets_is_refused(world, image):
    program = world.start([*world.ours, "sleep", "infinity"])
    until(lambda: "sleep" in pathlib.Path(f"/proc/{program.pid}/comm").read_text(), "it sleeps")
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == REFUSED
    assert one_line(done.stderr) == "sockcr: there is no socket to checkpoint"
    until(lambda: state_of(program.pid) == "S", "it sleeps on")
    assert world.gates() == set()


def test_a_process_that_is_not_there_is_trouble(world, image):
    done = world.sockcr("checkpoint", "--pid", 2**22 - 1, "-o", image)
    assert done.returncode == TROUBLE
    assert one_line(done.stderr).endswith(f"there is no process {2**22 - 1}")


def test_two_namespaces_are_refused(world, image):
    program, peer = world.serves()
    done = world.sockcr("checkpoint", "--pid", program.pid, peer.pid, "-o", image)
    assert done.returncode == REFUSED
    assert "two network namespaces" in one_line(done.stderr)
    runs_on_untouched(world, program, peer)


def test_somebody_elses_program_is_trouble(world, image):
    if not world.user:
        pytest.skip("root may take any program")
    done = world.sockcr("checkpoint", "--pid", 1, "-o", image)
    assert done.returncode == TROUBLE
    assert "the process must be yours" in one_line(done.stderr)


def test_a_command_that_is_not_there_leaves_the_gate_standing(world, image):
    peer = checkpointed(world, image)
    gates = world.gates()
    done = world.sockcr("restore", "-i", image, "--", "no-such-program")
    assert done.returncode == TROUBLE
    assert one_line(done.stderr).startswith("sockcr: execve(no-such-program): ")
    assert world.gates() == gates
    world.starts_sockcr("restore", "-i", image, *echo("second"))
    assert peer.asks("again") == "second again"
    assert world.resets() == 0


@pytest.mark.parametrize(
    "text, mode",
    [("#!/no/such/interpreter\n", 0o755), ("#!/bin/sh\n", 0o644), ("\x7fELF nonsense", 0o755)],
)
def test_a_command_that_cannot_run_is_known_beforehand(world, image, text, mode):
    peer = checkpointed(world, image)
    command = image.parent / "command"
    command.write_text(text)
    command.chmod(mode)
    done = world.sockcr("restore", "-i", image, "--", command)
    if "ELF" in text:  # execvp gives what no loader knows to the shell
        assert done.returncode != OK
        return
    assert done.returncode == TROUBLE
    assert len(world.gates()) == 1
    assert not has_ended(peer)


def test_a_refused_image_leaves_the_gate_standing(world, image):
    peer = checkpointed(world, image)
    gates = world.gates()
    damaged = image.with_suffix(".damaged")
    damaged.write_bytes(image.read_bytes()[:-1])
    damaged.chmod(0o644)
    done = world.sockcr("restore", "-i", damaged, *echo("second"))
    assert done.returncode == REFUSED
    assert one_line(done.stderr).startswith(f"sockcr: {damaged}: image refused at offset ")
    assert world.gates() == gates
    assert not has_ended(peer)


def test_a_failed_restore_can_be_tried_again(world, image):
    """Its address is not there the first time."""
    peer = checkpointed(world, image)
    gates = world.gates()
    subprocess.run([*world.ours, *"ip addr del 192.0.2.1/24 dev ours".split()], check=True)
    done = world.sockcr("restore", "-i", image, *echo("second"))
    assert done.returncode == TROUBLE
    assert "bind" in one_line(done.stderr)
    assert world.gates() == gates
    subprocess.run([*world.ours, *"ip addr add 192.0.2.1/24 dev ours".split()], check=True)
    world.starts_sockcr("restore", "-i", image, *echo("second"))
    assert peer.asks("again") == "second again"
    assert world.resets() == 0


def test_the_command_has_the_socket_and_nothing_of_ours(world, image):
    peer = checkpointed(world, image)
    run = world.starts_sockcr("restore", "-i", image, *echo("second"))
    assert peer.asks("more") == "second more"
    assert sorted(os.listdir(f"/proc/{run.pid}/fd")) == ["0", "1", "2", "7"]
    children = pathlib.Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text()
    assert children == ""


def test_the_command_is_this_very_process(world, image):
    checkpointed(world, image)
    code = "import os, sys; print(os.getpid(), os.getppid(), flush=True); sys.exit(42)"
    run = world.starts_sockcr("restore", "-i", image, "--", PYTHON, "-c", code)
    assert run.hears() == f"{run.pid} {os.getpid()}"
    assert run.process.wait(LIMIT) == 42


def test_the_command_has_its_signals_back(world, image):
    checkpointed(world, image)
    look = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
    plain = subprocess.run([*world.ours, *look], capture_output=True, text=True, check=True)
    run = world.sockcr("restore", "-i", image, "--", *look)
    assert run.stdout == plain.stdout


def test_the_command_dies_of_a_signal(world, image):
    peer = checkpointed(world, image)
    run = world.starts_sockcr("restore", "-i", image, *echo("second"))
    assert peer.asks("more") == "second more"
    os.kill(run.pid, signal.SIGTERM)
    assert run.process.wait(LIMIT) == -signal.SIGTERM


def test_sockets_at_standard_input_and_output(world, image):
    """cat holds one connection as both, becomes an image and then cat again."""
    code = "import os; os.dup2(7, 0); os.dup2(7, 1); os.close(7); os.execvp('cat', ['cat'])"
    program, peer = world.serves(code=code, arguments=())
    assert peer.asks("hello") == "hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == OK, done.stderr
    run = world.starts_sockcr("restore", "-i", image, "--", "cat", stderr=subprocess.PIPE)
    assert peer.asks("more") == "more"
    assert os.readlink(f"/proc/{run.pid}/fd/0").startswith("socket:")
    assert world.resets() == 0


def test_a_high_descriptor_number(world, image):
    code = "import fcntl, os; fcntl.fcntl(7, fcntl.F_DUPFD, 900); os.close(7)\n" + ECHO
    program, peer = world.serves(code=code, arguments=("first", "900"))
    assert peer.asks("hello") == "first hello"
    assert world.sockcr("checkpoint", "--pid", program.pid, "-o", image).returncode == OK
    limit = f"ulimit -Sn 64; exec {world.sockcr_program} restore -i {image} -- "
    world.start([*world.ours, "sh", "-c", f"{limit}{PYTHON} -c '{ECHO}' second 900"])
    assert peer.asks("more") == "second more"


def test_more_sockets_than_open_files_are_usual(world, image):
    code = "import socket; kept = [socket.socket() for _ in range(100)]\n" + ECHO
    program, peer = world.serves(code=code)
    assert peer.asks("hello") == "first hello"

    def limited(arguments):
        shell = f"ulimit -Sn 40; exec {world.sockcr_program} {arguments}"
        return subprocess.run(
            [*world.ours, "sh", "-c", shell], capture_output=True, text=True, check=False
        )

    done = limited(f"checkpoint --pid {program.pid} -o {image}")
    assert done.returncode == OK, done.stderr
    count = "ls -l /proc/self/fd | grep -c socket:; ulimit -Sn"
    done = limited(f"restore -i {image} -- sh -c '{count}'")
    held, limit = map(int, done.stdout.split())
    assert held == 101
    assert limit == 104 + 40, "room for as many as before"


def test_the_limit_of_open_files_is_the_callers(world, image):
    checkpointed(world, image)
    shell = f"ulimit -Sn 40; exec {world.sockcr_program} restore -i {image} -- sh -c 'ulimit -Sn'"
    done = subprocess.run(
        [*world.ours, "sh", "-c", shell], capture_output=True, text=True, check=False
    )
    assert done.stdout == "40\n"


BOTH = """
import os, select
while True:
    for one in select.select([7, 8], [], [])[0]:
        os.write(one, b"%d " % one + os.read(one, 65536))
"""


def test_two_connections_of_one_program(world, image):
    program, one, other = world.serves(numbers="7,8", code=BOTH, arguments=())
    assert program.process and {one.asks("a"), other.asks("a")} == {"7 a", "8 a"}
    assert world.sockcr("checkpoint", "--pid", program.pid, "-o", image).returncode == OK
    before = json.loads(world.sockcr("show", image, "--json").stdout)["sockets"]
    assert [s["where"]["holders"][0]["descriptor"] for s in before] == [7, 8]
    world.starts_sockcr("restore", "-i", image, "--", PYTHON, "-c", BOTH)
    assert {one.asks("b"), other.asks("b")} == {"7 b", "8 b"}
    assert world.resets() == 0


def test_two_processes_become_one(world, image):
    first, one = world.serves(numbers="7", port=7001)
    second, other = world.serves(numbers="8", port=7002, arguments=("first", "8"))
    done = world.sockcr("checkpoint", "--pid", first.pid, second.pid, "-o", image)
    assert done.returncode == OK, done.stderr
    assert first.process.wait(LIMIT) == second.process.wait(LIMIT) == -signal.SIGKILL
    world.starts_sockcr("restore", "-i", image, "--", PYTHON, "-c", BOTH)
    assert [one.asks("b"), other.asks("b")] == ["7 b", "8 b"]
    assert world.resets() == 0


def test_two_processes_with_one_number_are_no_one_command(world, image):
    first, _ = world.serves(port=7001)
    second, _ = world.serves(port=7002)
    assert world.sockcr("checkpoint", "--pid", first.pid, second.pid, "-o", image).returncode == OK
    done = world.sockcr("restore", "-i", image, *echo("second"))
    assert done.returncode == REFUSED
    assert "different sockets at descriptor 7" in one_line(done.stderr)
    assert len(world.gates()) == 1


FORK = "import os, signal\nif os.fork() == 0: signal.pause()\n" + ECHO


def test_a_socket_that_a_child_holds_too_is_refused(world, image):
    program, peer = world.serves(code=FORK)
    assert peer.asks("hello") == "first hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image)
    assert done.returncode == REFUSED
    assert "descriptor 7" in one_line(done.stderr) and "--tree" in done.stderr
    runs_on_untouched(world, program, peer)


def test_a_tree_is_taken_with_its_children(world, image):
    program, peer = world.serves(code=FORK)
    assert peer.asks("hello") == "first hello"
    children = pathlib.Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    assert len(children) == 1
    done = world.sockcr("checkpoint", "--pid", program.pid, "--tree", "-o", image)
    assert done.returncode == OK, done.stderr
    until(lambda: not pathlib.Path(f"/proc/{children[0]}").exists(), "the child is killed")
    world.starts_sockcr("restore", "-i", image, *echo("second"))
    assert peer.asks("more") == "second more"
    assert world.resets() == 0


# Has a child that has a child and so on, none of which holds the connection. Who was born last has
# the next, so that whoever is stopped, there is one more.
BREED = """
import os, signal
if os.fork() == 0:
    os.close(7)
    for _ in range(6000):
        if os.fork():
            signal.pause()
    signal.pause()
"""


def test_a_tree_that_grows_meanwhile_is_refused(world, image):
    program, peer = world.serves(code=BREED + ECHO)
    assert peer.asks("hello") == "first hello"
    done = world.sockcr("checkpoint", "--pid", program.pid, "--tree", "-o", image)
    assert done.returncode == REFUSED
    assert "began while the others were being stopped; try again" in one_line(done.stderr)
    runs_on_untouched(world, program, peer)


def test_a_whole_namespace_from_outside(world, image):
    if world.user:
        pytest.skip("nobody cannot enter a namespace from outside its user namespace")
    program, peer = world.serves()
    with open(world.namespace, "rb") as kept:
        path = f"/proc/{os.getpid()}/fd/{kept.fileno()}"
        outside = [world.sockcr_program, "checkpoint", "--netns", path, "-o", image]
        done = subprocess.run(outside, capture_output=True, text=True, check=False)
        assert done.returncode == OK, done.stderr
        assert program.process.wait(LIMIT) == -signal.SIGKILL
        inside = [world.sockcr_program, "restore", "-i", image, "--netns", path, *echo("second")]
        world.start([str(word) for word in inside])
        assert peer.asks("more") == "second more"
        world.ours = ["nsenter", f"--net={path}"]  # its holder was killed with all the others
        assert world.resets() == 0


def test_ones_own_namespace_is_not_taken_whole(world, image):
    done = world.sockcr("checkpoint", "--netns", "/proc/self/ns/net", "-o", image)
    assert done.returncode == WRONG_USE
    assert "sockcr runs there itself" in one_line(done.stderr)


def test_ones_own_ssh_connection_is_not_cut_off(world, image):
    program, peer = world.serves()
    port = port_of_peer(world)
    environment = os.environ | {"SSH_CONNECTION": f"192.0.2.2 {port} 192.0.2.1 7001"}
    command = ["checkpoint", "--pid", program.pid, "-o", image]
    done = world.sockcr(*command, env=environment)
    assert done.returncode == REFUSED
    assert "your ssh connection" in one_line(done.stderr)
    runs_on_untouched(world, program, peer)
    assert world.sockcr(*command, "--leave-running", env=environment).returncode == OK


def port_of_peer(world):
    text = subprocess.run(
        [*world.ours, "ss", "-Htn"], capture_output=True, text=True, check=True
    ).stdout
    return int(text.split()[4].rpartition(":")[2])
