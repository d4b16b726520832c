"""The command line of sockcr: exit codes and texts, as promised to users and scripts."""

import json
import pathlib
import struct
import subprocess

import pytest

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "image" / "golden" / "version_1.image"
OK, DIFFER, TROUBLE, WRONG_USE = 0, 1, 125, 129


@pytest.fixture
def sockcr(build):
    """Runs sockcr and gives back the finished process; `stdin` is bytes."""

    def run(*arguments, stdin=b""):
        return subprocess.run(
            [build / "sockcr", *map(str, arguments)], input=stdin, capture_output=True, timeout=20
        )

    return run


def one_line(text):
    """The only line of a message."""
    lines = text.decode().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def with_right_checksums(image):
    """A copy with the checksum of each record recomputed."""
    fixed, offset = bytearray(image), 8
    while offset < len(fixed):
        (length,) = struct.unpack_from("<I", fixed, offset)
        struct.pack_into("<I", fixed, offset + length, crc32c(fixed[offset : offset + length]))
        offset += length + 4
    return bytes(fixed)


@pytest.fixture
def changed_image(tmp_path):
    """A file like the golden one but for one byte of its send queue."""
    image = bytearray(GOLDEN.read_bytes())
    image[image.index(b"abcdefgh")] = ord("!")
    path = tmp_path / "changed.image"
    path.write_bytes(with_right_checksums(image))
    return path


@pytest.fixture
def bad_image(tmp_path):
    """A file whose window scale no kernel could have agreed on."""
    image = bytearray(GOLDEN.read_bytes())
    header = struct.pack("<HH", 5, 40 | 1 << 13)  # snd_wscale
    image[image.index(header) + 4] = 15
    path = tmp_path / "bad.image"
    path.write_bytes(with_right_checksums(image))
    return path


def test_help_lists_every_command_of_the_contract(sockcr):
    result = sockcr("--help")
    assert result.returncode == OK
    words = result.stdout.decode().split()
    for command in "check checkpoint restore release rescue show diff validate readdress".split():
        assert command in words


def test_version_names_program_and_format(sockcr):
    result = sockcr("--version")
    assert result.returncode == OK
    assert one_line(result.stdout).startswith("sockcr ")
    assert one_line(result.stdout).endswith("image format 1")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "A subcommand is required"),
        (["frob"], "no command or option frob"),
        (["--frob"], "no command or option --frob"),
        (["show"], "IMAGE is required"),
        (["show", GOLDEN, "--frob"], "--frob"),
        (["show", GOLDEN, GOLDEN], "not expected"),
        (["diff", GOLDEN], "B is required"),
        (["diff", "-", "-"], "only one image can come from standard input"),
        (["checkpoint", "-o", "image"], "--pid or --netns is required"),
        (["checkpoint", "--pid", "1"], "-o is required"),
        (["checkpoint", "--pid", "0", "-o", "image"], "--pid"),
        (["checkpoint", "--pid", "1", "--netns", "x", "-o", "image"], "excludes"),
        (["checkpoint", "--tree", "--netns", "x", "-o", "image"], "--tree requires --pid"),
        (["restore", "-i", "image"], "COMMAND is required"),
        (["restore", "--", "cat"], "-i is required"),
        (["restore", "-i", "image", "--handoff", "magic", "--", "cat"], "magic is none of"),
        (["release"], "-i is required"),
        (["rescue", "xyz"], "xyz is no image id"),
        (["readdress", GOLDEN, "--from", "192.0.2.1", "-o", "x"], "--to is required"),
        (["readdress", GOLDEN, "--from", "192.0.2.1", "--to", "192.0.2.3"], "-o is required"),
        (
            ["readdress", GOLDEN, "--from", "nobody", "--to", "192.0.2.3", "-o", "x"],
            "nobody is no IPv4 or IPv6 address",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_129(sockcr, arguments, message):
    result = sockcr(*arguments)
    assert result.returncode == WRONG_USE
    assert message in one_line(result.stderr)
    assert result.stdout == b""


@pytest.mark.parametrize(
    "command, what",
    [
        ("checkpoint --pid 1 --fd 3 -o image", "--fd"),
        ("restore -i image --handoff nginx -- cat", "--handoff nginx"),
        ("restore -i image --handoff scm:/run/x -- cat", "--handoff scm:/run/x"),
    ],
)
def test_what_is_not_built_yet_says_so(sockcr, command, what):
    result = sockcr(*command.split())
    assert result.returncode == WRONG_USE
    assert one_line(result.stderr) == f"sockcr: {what} is not built yet"


def test_show_reads_like_ss_and_tcpdump(sockcr):
    result = sockcr("show", GOLDEN)
    assert result.returncode == OK
    text = result.stdout.decode()
    assert "tcp 192.0.2.1:7001 > 192.0.2.2:7002 CLOSE_WAIT" in text
    assert "unacked 32, unsent 16" in text
    assert "mss:1460 wscale:7,10 sack ts" in text
    assert "\x1b" not in text, "colours without a terminal"


def test_show_json_is_complete(sockcr):
    result = sockcr("show", GOLDEN, "--json")
    assert result.returncode == OK
    (socket,) = json.loads(result.stdout)["sockets"]
    assert socket["state"] == "CLOSE_WAIT"
    assert bytes.fromhex(socket["receive_queue"]) == b"ABCDEFGHIJKLM"
    assert socket["where"]["holders"] == [{"pid": 42, "descriptor": 7, "close_on_exec": True}]


def test_dash_is_standard_input(sockcr):
    image = GOLDEN.read_bytes()
    assert sockcr("show", "-", stdin=image).stdout == sockcr("show", GOLDEN).stdout
    assert sockcr("validate", "-", stdin=image).returncode == OK
    assert sockcr("diff", "-", GOLDEN, stdin=image).returncode == OK


def test_diff_of_equal_sockets_is_silent_and_0(sockcr):
    result = sockcr("diff", GOLDEN, GOLDEN)
    assert (result.returncode, result.stdout, result.stderr) == (OK, b"", b"")


def test_diff_names_the_field_and_exits_1(sockcr, changed_image):
    result = sockcr("diff", GOLDEN, changed_image)
    assert result.returncode == DIFFER
    assert result.stdout.decode().splitlines() == [
        "socket 1: tcp 192.0.2.1:7001 > 192.0.2.2:7002 CLOSE_WAIT",
        "  send_queue",
        "    - 48 bytes, from byte 0: 6162636465666768",
        "    + 48 bytes, from byte 0: 2162636465666768",
    ]


def test_validate_accepts_in_one_line(sockcr):
    result = sockcr("validate", GOLDEN)
    assert result.returncode == OK
    assert one_line(result.stdout) == f"{GOLDEN}: valid, 1 socket"


def test_validate_refuses_in_one_line_with_attribute_offset_and_reason(sockcr, bad_image):
    result = sockcr("validate", bad_image)
    assert result.returncode == DIFFER
    line = one_line(result.stderr)
    assert line.startswith(f"sockcr: {bad_image}: image refused at offset ")
    assert line.endswith(": tcp_connection.snd_wscale: 15 is above 14 (RFC 7323 2.3)")


@pytest.mark.parametrize("command", ["show", "validate", "diff"])
def test_what_cannot_be_read_is_trouble(sockcr, command, tmp_path):
    missing = tmp_path / "missing"
    result = sockcr(command, missing, *([GOLDEN] if command == "diff" else []))
    assert result.returncode == TROUBLE
    assert f'open("{missing}"' in one_line(result.stderr)
    assert "No such file or directory" in one_line(result.stderr)


def test_show_and_diff_of_a_refused_image_are_trouble_with_its_name(sockcr, bad_image):
    for result in (sockcr("show", bad_image), sockcr("diff", GOLDEN, bad_image)):
        assert result.returncode == TROUBLE
        assert one_line(result.stderr).startswith(f"sockcr: {bad_image}: image refused at offset ")


def test_a_full_output_is_trouble(build):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([build / "sockcr", "show", GOLDEN], stdout=full, timeout=20)
    assert result.returncode == TROUBLE


def test_colours_are_for_terminals(build):
    """`script` gives the command a terminal."""
    command = f"{build / 'sockcr'} show {GOLDEN}"
    result = subprocess.run(
        ["script", "-qec", command, "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert b"\x1b[1m" in result.stdout


@pytest.mark.parametrize(
    "old, new, name, ends",
    [
        ("192.0.2.1", "192.0.2.3", "local", "192.0.2.3:7001 > 192.0.2.2:7002"),
        ("192.0.2.2", "192.0.2.3", "remote", "192.0.2.1:7001 > 192.0.2.3:7002"),
    ],
)
def test_readdress_serves_both_ends(sockcr, tmp_path, old, new, name, ends):
    there = tmp_path / "there.image"
    result = sockcr("readdress", GOLDEN, "--from", old, "--to", new, "-o", there)
    assert (result.returncode, result.stdout, result.stderr) == (OK, b"", b"")
    assert there.stat().st_mode & 0o777 == 0o600
    assert ends in sockcr("show", there).stdout.decode()
    difference = sockcr("diff", GOLDEN, there).stdout.decode().splitlines()
    assert [line for line in difference if line.startswith("  ") and line[2] != " "] == [f"  {name}"]


def test_readdress_there_and_back_is_the_same_image(sockcr):
    there = sockcr(
        "readdress", "-", "--from", "192.0.2.1", "--to", "192.0.2.3", "-o", "-",
        stdin=GOLDEN.read_bytes(),
    )
    back = sockcr(
        "readdress", "-", "--from", "192.0.2.3", "--to", "192.0.2.1", "-o", "-", stdin=there.stdout
    )
    assert back.stdout == GOLDEN.read_bytes() != there.stdout


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("192.0.2.9", "192.0.2.3", "no socket has the address 192.0.2.9"),
        ("192.0.2.1", "2001:db8::3", "2001:db8::3 in the place of 192.0.2.1"),
        ("192.0.2.1", "224.0.0.1", "224.0.0.1:7001 is multicast"),
        ("0.0.0.0", "192.0.2.3", "a wildcard address is nobody's in particular"),
    ],
)
def test_readdress_refuses_in_one_line_and_writes_nothing(sockcr, tmp_path, old, new, message):
    there = tmp_path / "there.image"
    result = sockcr("readdress", GOLDEN, "--from", old, "--to", new, "-o", there)
    assert result.returncode == DIFFER
    assert message in one_line(result.stderr)
    assert not there.exists()
