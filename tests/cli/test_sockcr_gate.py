"""Gates: `sockcr release` and `rescue`, and when `restore` closes and opens which."""

import fcntl
import os
import shutil
import signal

import pytest

from conversation import ECHO, LIMIT, PYTHON, World, for_everybody
from deadline import until

OK, REFUSED, INTERRUPTED = 0, 1, 130
COMMAND = ["--", PYTHON, "-c", ECHO, "second", "7"]

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture(name="world")
def world_of_root(build, tmp_path):
    world = World(for_everybody(build / "sockcr", tmp_path), [])
    yield world
    world.close()


@pytest.fixture(name="image")
def image_of_a_killed_program(world, tmp_path):
    """The program is in the image, its peer waits at the gate."""
    program, world.waiting = world.serves()
    path = tmp_path / "some.image"
    assert world.sockcr("checkpoint", "--pid", program.pid, "-o", path).returncode == OK
    assert program.process.wait(LIMIT) == -signal.SIGKILL
    return path


def test_release_opens_the_gate_and_the_peer_is_reset(world, image):
    (gate,) = world.gates()
    done = world.sockcr("release", "-i", image)
    assert done.returncode == OK
    assert done.stderr == (
        f"sockcr: gate of image {gate} opened; peers of what is not restored will be reset\n"
    )
    assert world.gates() == set()
    world.waiting.says("anybody?\n")
    assert world.waiting.hears() == "reset"
    assert world.resets() == 1


def test_release_twice_says_that_there_is_nothing(world, image):
    world.sockcr("release", "-i", image)
    done = world.sockcr("release", "-i", image)
    assert done.returncode == OK
    assert done.stderr.endswith("stands in this network namespace: nothing to release\n")


def test_release_from_outside(world, image):
    done = world.sockcr("release", "-i", image, "--netns", world.namespace)
    assert done.returncode == OK
    assert world.gates() == set()


def test_release_needs_an_image(world, tmp_path):
    damaged = tmp_path / "damaged"
    damaged.write_bytes(b"sockcr?")
    assert world.sockcr("release", "-i", damaged).returncode == REFUSED


def test_rescue_lists_and_opens(world, image):
    assert image.exists()
    (gate,) = world.gates()
    listed = world.sockcr("rescue")
    assert listed.returncode == OK
    assert listed.stdout.startswith(f"gate of image {gate} stands")
    assert world.gates() == {gate}, "listing opens nothing"
    opened = world.sockcr("rescue", gate)
    assert (opened.returncode, opened.stdout) == (OK, f"gate of image {gate} opened\n")
    assert world.gates() == set()
    assert world.sockcr("rescue").stdout == "no gate stands in this network namespace\n"


def test_rescue_all(world, image):
    assert image.exists()
    assert world.sockcr("rescue", "--all").returncode == OK
    assert world.gates() == set()


def test_rescue_of_what_does_not_stand_is_refused(world):
    done = world.sockcr("rescue", "0123456789abcdef")
    assert done.returncode == REFUSED
    assert done.stderr == "sockcr: no gate of image 0123456789abcdef stands here\n"


# Hands on to the real program, line by line, and keeps a log. While somebody has locked the file
# `hold`, it waits in front of a line that begins with what is in it.
WATCHED_RESTORE = """#!/usr/bin/python3
import fcntl, os, subprocess, sys
name, folder = os.path.basename(sys.argv[0]), os.path.dirname(sys.argv[0])
real = subprocess.Popen([f"{REAL}/{name}", *sys.argv[1:]], stdin=subprocess.PIPE, bufsize=0)
hold = os.path.join(folder, "hold")
while line := sys.stdin.readline():
    if os.path.exists(hold) and line.startswith((wanted := open(hold)).read()):
        open(os.path.join(folder, "held"), "w").close()
        fcntl.flock(wanted, fcntl.LOCK_SH)
    with open(os.path.join(folder, "log"), "a") as log:
        log.write(line)
    real.stdin.write(line.encode())
real.stdin.close()
sys.exit(real.wait())
"""


@pytest.fixture(name="watched")
def watched_iptables(tmp_path):
    """A folder for $PATH whose iptables-restore can be looked at, and stopped."""
    folder = tmp_path / "watched"
    folder.mkdir()
    for name in ("iptables-restore", "ip6tables-restore"):
        real = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        program = folder / name
        program.write_text(WATCHED_RESTORE.replace("{REAL}", os.path.dirname(real)))
        program.chmod(0o755)
    return folder


def environment(watched):
    return os.environ | {"PATH": f"{watched}:{os.environ['PATH']}"}


def test_a_standing_gate_is_opened_and_none_is_closed(world, image, watched):
    world.starts_sockcr("restore", "-i", image, *COMMAND, env=environment(watched))
    assert world.waiting.asks("hello") == "second hello"
    log = (watched / "log").read_text()
    assert "-D INPUT -j SOCKCR" in log
    assert "-I INPUT" not in log


def goes_on_talking(world):
    """The peer must not speak before the restored socket is there: no gate stands until then."""
    until(lambda: world.queues() and not world.gates(), "it is restored")
    assert world.waiting.asks("hello") == "second hello"
    assert world.gates() == set()
    assert world.resets() == 0


def test_without_a_standing_gate_one_is_closed_for_the_restore(world, image, watched):
    assert world.sockcr("release", "-i", image).returncode == OK
    world.starts_sockcr("restore", "-i", image, *COMMAND, env=environment(watched))
    goes_on_talking(world)
    log = (watched / "log").read_text()
    assert log.index("-I INPUT 1 -j SOCKCR") < log.index("-D INPUT -j SOCKCR")


class Hold:
    """Keeps a watched program in front of a line."""

    def __init__(self, watched, line):
        self.file, self.reached = watched / "hold", watched / "held"
        self.lock = self.file.open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.lock.write(line)
        self.lock.flush()

    def is_reached(self):
        until(self.reached.exists, "it waits in front of that line")

    def ends(self):
        self.file.unlink()
        self.lock.close()


def held_restore(world, image, watched, line):
    """A restore with a gate of its own that waits in front of a line of its rules."""
    assert world.sockcr("release", "-i", image).returncode == OK
    hold = Hold(watched, line)
    run = world.starts_sockcr("restore", "-i", image, *COMMAND, env=environment(watched))
    hold.is_reached()
    return run, hold


def can_still_be_restored(world, image):
    assert world.gates() == set()
    world.starts_sockcr("restore", "-i", image, *COMMAND)
    goes_on_talking(world)


def test_an_interrupted_restore_leaves_nothing(world, image, watched):
    run, hold = held_restore(world, image, watched, "-I INPUT")
    os.kill(run.pid, signal.SIGINT)
    hold.ends()
    assert run.process.wait(LIMIT) == INTERRUPTED
    can_still_be_restored(world, image)


def test_a_killed_restore_leaves_no_gate_of_its_own(world, image, watched):
    run, hold = held_restore(world, image, watched, "-D INPUT")
    assert len(world.gates()) == 1
    os.kill(run.pid, signal.SIGKILL)
    assert run.process.wait(LIMIT) == -signal.SIGKILL
    hold.ends()
    until(lambda: not world.gates(), "the guardian opens it")
    can_still_be_restored(world, image)


def test_the_gate_opens_once_the_sockets_are_there(world, image, watched):
    """It waits just before; an adopted gate reads what stands first."""
    hold = Hold(watched, "-D INPUT")
    world.starts_sockcr("restore", "-i", image, *COMMAND, env=environment(watched))
    hold.is_reached()
    assert world.queues() == [(0, 0)]
    hold.ends()
    assert world.waiting.asks("hello") == "second hello"
