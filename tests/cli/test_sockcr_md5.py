"""`--md5-key`: connections whose segments are signed (RFC 2385), and the key that no image holds."""

import pytest

from conversation import ECHO, LIMIT, PYTHON, World, for_everybody

OK, REFUSED, WRONG_USE = 0, 1, 129
KEY = "as-long-as-nobody-tells"


@pytest.fixture(name="world")
def world_of_root(build, tmp_path):
    world = World(for_everybody(build / "sockcr", tmp_path), [])
    yield world
    world.close()


@pytest.fixture(name="signed")
def signed_conversation(world):
    """A program of ours and its peer, which both sign."""
    program, peer = world.serves(key=KEY)
    assert peer.asks("hello") == "first hello"
    return program, peer


def key_file(folder, text):
    path = folder / "some.keys"
    path.write_text(text)
    return path


def refused(done):
    assert done.returncode == REFUSED, done.stderr
    (line,) = done.stderr.splitlines()
    assert KEY not in line
    return line


def test_with_the_key_it_goes_on(world, signed, tmp_path):
    program, peer = signed
    image, keys = tmp_path / "some.image", key_file(tmp_path, f"# of the peer\n\n192.0.2.2 {KEY}\n")
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image, "--md5-key", keys)
    assert done.returncode == OK, done.stderr
    program.process.wait(LIMIT)
    assert f"sockcr restore -i {image} --md5-key {keys} -- COMMAND" in done.stderr
    assert KEY.encode() not in image.read_bytes()
    echo = ["--", PYTHON, "-c", ECHO, "second", "7"]
    assert "--md5-key" in refused(world.sockcr("restore", "-i", image, *echo))
    world.starts_sockcr("restore", "-i", image, "--md5-key", keys, *echo)
    assert peer.asks("more") == "second more"
    assert world.resets() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "--md5-key FILE"),
        (f"192.0.2.3 {KEY}\n", "--md5-key FILE"),
        ("192.0.2.2 another\n", "is not the socket's"),
    ],
)
def test_without_it_nothing_is_touched(world, signed, tmp_path, text, words):
    program, peer = signed
    keys = [] if text is None else ["--md5-key", key_file(tmp_path, text)]
    image = tmp_path / "some.image"
    done = world.sockcr("checkpoint", "--pid", program.pid, "-o", image, *keys)
    line = refused(done)
    assert words in line and "192.0.2.2" in line
    assert not image.exists()
    assert peer.asks("still there?") == "first still there?"
    assert world.gates() == set()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (KEY, "does not begin with ADDRESS"),
        (f"192.0.2.2/33 {KEY}", "does not begin with ADDRESS"),
        ("192.0.2.2", "there is no key"),
        ("192.0.2.2 0xabc", "hexadecimal"),
        ("192.0.2.2 " + 81 * "x", "at most 80 bytes"),
    ],
)
def test_a_bad_line_is_named_and_not_shown(world, tmp_path, line, fault):
    keys = key_file(tmp_path, f"192.0.2.9 fine\n{line}\n")
    done = world.sockcr("checkpoint", "--pid", "1", "-o", tmp_path / "x", "--md5-key", keys)
    assert done.returncode == WRONG_USE, done.stderr
    assert f"{keys}, line 2: " in done.stderr and fault in done.stderr
    assert KEY not in done.stderr and "fine" not in done.stderr
