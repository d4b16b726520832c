"""`sockcr release` and `rescue`: gates that are given up."""

import signal
import os

import pytest

from conversation import LIMIT, World, for_everybody

OK, REFUSED, WRONG_USE = 0, 1, 129

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
