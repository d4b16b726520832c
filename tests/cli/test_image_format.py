"""A reader that was written from the description of the format says what `sockcr show --json` says."""

import json
import pathlib
import socket
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "image"))

import reader  # noqa: E402  (beside the images it reads)

STATES = ["ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE",
          "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV"]
OWNERS = ["program", "listener", "nobody"]
FLAGS = {0o2000: "O_APPEND", 0o4000: "O_NONBLOCK", 0o20000: "O_ASYNC", 0o1000000: "O_NOATIME"}


def address_of(fields):
    found = dict(fields)
    family = {2: socket.AF_INET, 10: socket.AF_INET6}[found["family"]]
    size = 4 if family == socket.AF_INET else 16
    return {"family": "inet" if size == 4 else "inet6",
            "address": socket.inet_ntop(family, found["bytes"][:size]),
            "port": found["port"], "scope_id": found["scope_id"]}


def plain(row, value):
    """A value in the words of `sockcr show --json`."""
    if row["type"] == "attributes of address":
        return address_of(value)
    if row["type"].startswith("attributes of "):
        return fields_of(row["type"].removeprefix("attributes of "), value)
    if row["type"] == "bytes":
        return value.hex()
    if row["name"] == "state":
        return STATES[value - 1]
    if row["name"] == "owner":
        return OWNERS[value]
    if row["name"] == "file.flags":
        return "|".join(name for bit, name in FLAGS.items() if value & bit) or "none"
    if row["name"] == "file.owner":
        return ["nobody", "thread", "process", "process group"][value]
    if (row["name"], row["where"]) == ("type", "unix_socket"):
        return {1: "stream", 2: "dgram", 5: "seqpacket"}[value]
    return bool(value) if (row["type"], row["values"]) == ("u8", "0 to 1") else value


def absent(row):
    if row["type"] in ("bytes", "string"):
        return ""
    return plain(row, 0)


def fields_of(scope, found):
    fields = {}
    for row in reader.ATTRIBUTES.values():
        if scope not in row["where"].split(", "):
            continue
        values = [plain(row, value) for name, value in found if name == row["name"]]
        if row["often"].startswith("0..n"):
            fields[row["name"] + "s"] = values
        else:
            fields[row["name"]] = values[0] if values else absent(row)
    return fields


def image_of(records):
    image = {"format": 1, "sockets": []}
    for name, found in records:
        fields = fields_of(name, found)
        if name == "circumstance":
            image[name] = fields | {"image_id": f"{fields['image_id']:016x}"}
        elif name == "socket_circumstance":
            image["sockets"][-1]["where"] = fields
        elif name == "queue_chunk":
            last = image["sockets"][-1]
            if last["kind"] == "unix_socket":
                last["queue"][-1]["payload"] += fields["payload"]
            else:
                last[["receive_queue", "send_queue"][fields["queue"] - 1]] += fields["payload"]
        elif name == "datagram":
            image["sockets"][-1]["queue"].append(fields)
        elif name == "unix_message":
            image["sockets"][-1]["queue"].append(fields | {"payload": ""})
        elif name != "end":
            queues = {"tcp_connection": {"receive_queue": "", "send_queue": ""},
                      "udp_socket": {"queue": []}, "raw_socket": {"queue": []},
                      "unix_socket": {"queue": []}}
            image["sockets"].append({"kind": name} | fields | queues.get(name, {}))
    return image


def golden_images():
    return sorted((ROOT / "tests" / "image" / "golden").glob("*.image"))


@pytest.mark.parametrize("path", golden_images(), ids=lambda path: path.stem)
def test_the_reader_says_what_sockcr_says(build, path):
    shown = subprocess.run([build / "sockcr", "show", "--json", path], capture_output=True, check=True)
    assert image_of(reader.read(path.read_bytes())) == json.loads(shown.stdout)


@pytest.mark.parametrize("path", golden_images(), ids=lambda path: path.stem)
def test_the_reader_refuses_what_is_damaged(path):
    file = path.read_bytes()
    for at in range(0, len(file), 7):
        damaged = file[:at] + bytes([file[at] ^ 0x10]) + file[at + 1:]
        with pytest.raises(reader.Refused):
            reader.read(damaged)
        with pytest.raises(reader.Refused):
            reader.read(file[:at])


def test_the_reader_has_about_a_hundred_lines():
    assert len((ROOT / "tests" / "image" / "reader.py").read_text().splitlines()) <= 110
