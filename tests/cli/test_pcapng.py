"""Our pcapng files and our decoder, against tshark, tcpdump and scapy."""

import json
import shutil
import subprocess

import pytest

FIELDS = {
    "frame.number": "number",
    "frame.time_epoch": "time",
    "frame.len": "length",
    "frame.interface_name": "interface",
    "frame.comment": "comments",
    "ip.checksum.status": "ip_status",
    "tcp.srcport": "source_port",
    "tcp.dstport": "destination_port",
    "tcp.seq_raw": "seq",
    "tcp.ack_raw": "ack",
    "tcp.flags": "flags",
    "tcp.window_size_value": "window",
    "tcp.checksum": "checksum",
    "tcp.checksum.status": "tcp_status",
    "tcp.urgent_pointer": "urgent",
    "tcp.options.mss_val": "mss",
    "tcp.options.wscale.shift": "wscale",
    "tcp.options.timestamp.tsval": "tsval",
    "tcp.options.timestamp.tsecr": "tsecr",
    "tcp.options.sack_perm": "sack_permitted",
    "tcp.len": "payload_length",
    "tcp.payload": "payload",
}
SYN, RST = 2, 4
CHECKSUM_GOOD, CHECKSUM_BAD = "1", "0"


def need(program):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")


@pytest.fixture(scope="module")
def sample(build, tmp_path_factory):
    """The file, and what our decoder says about each of its packets."""
    path = tmp_path_factory.mktemp("pcapng") / "sample.pcapng"
    writer = build / "tests" / "pcap" / "pcap_write_sample"
    run = subprocess.run([writer, path], capture_output=True, text=True, check=True)
    return path, [json.loads(line) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def tshark(sample):
    """What tshark says: a dictionary a packet, all values text."""
    need("tshark")
    preferences = ["ip.check_checksum", "tcp.check_checksum"]
    command = ["tshark", "-n", "-r", sample[0], "-T", "fields", "-E", "separator=\x1f"]
    command += ["-E", "aggregator=\x1e"]
    command += [part for name in preferences for part in ("-o", f"{name}:TRUE")]
    command += [part for field in FIELDS for part in ("-e", field)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = run.stdout.rstrip("\n").split("\n")  # splitlines() would split at the aggregator too
    return [dict(zip(FIELDS.values(), line.split("\x1f"))) for line in lines]


def seconds(nanoseconds):
    return f"{nanoseconds // 10**9}.{nanoseconds % 10**9:09d}"


def number_or_empty(value):
    return "" if value is None else str(value)


def test_sample_is_rich(sample):
    packets = sample[1]
    segments = [packet["tcp"] for packet in packets if "tcp" in packet]
    seen = {name for segment in segments for name in segment["options"] or {}}
    assert seen == {"mss", "wscale", "sack_permitted", "timestamps", "sack"}
    assert {len(segment["payload"]) // 2 % 2 for segment in segments} == {0, 1}
    assert {segment["checksum_right"] for segment in segments} == {True, False}
    assert {":" in packet["source"] for packet in packets if "tcp" in packet} == {True, False}


def test_tshark_agrees_on_numbers_times_and_comments(sample, tshark):
    packets = sample[1]
    assert len(tshark) == len(packets)
    for ours, theirs in zip(packets, tshark):
        assert theirs["number"] == str(ours["number"])
        assert theirs["time"] == seconds(ours["nanoseconds"])
        assert theirs["length"] == str(ours["length"])
        assert theirs["interface"] == "peer"
        assert theirs["comments"] == "\x1e".join(ours["comments"])
    assert packets[3]["comments"][0].startswith("violation: no_reset: ")
    assert "mark: gate-closed" in packets[7]["comments"]


def test_tshark_agrees_on_tcp(sample, tshark):
    for ours, theirs in zip(sample[1], tshark):
        tcp = ours.get("tcp")
        if tcp is None:
            assert theirs["seq"] == ""
            continue
        for name in ("source_port", "destination_port", "seq", "ack", "window", "urgent"):
            assert theirs[name] == str(tcp[name]), (ours["number"], name)
        assert int(theirs["flags"], 16) == tcp["flags"]
        assert int(theirs["checksum"], 16) == tcp["checksum"]
        assert theirs["payload_length"] == str(len(tcp["payload"]) // 2)
        if not tcp["flags"] & (SYN | RST):  # there tshark calls the bytes something else
            assert theirs["payload"] == tcp["payload"]
        options = tcp["options"] or {}
        value, echo = options.get("timestamps", (None, None))
        assert (theirs["tsval"], theirs["tsecr"]) == (number_or_empty(value), number_or_empty(echo))
        for name in ("mss", "wscale"):
            assert theirs[name] == number_or_empty(options.get(name)), (ours["number"], name)
        assert bool(theirs["sack_permitted"]) == options.get("sack_permitted", False)


def test_tshark_agrees_on_checksums(sample, tshark):
    status = {True: CHECKSUM_GOOD, False: CHECKSUM_BAD, None: ""}
    for ours, theirs in zip(sample[1], tshark):
        tcp = ours.get("tcp", {})
        assert theirs["tcp_status"] == status[tcp.get("checksum_right")], ours["number"]
        assert theirs["ip_status"] == status[ours.get("ip_checksum_right")], ours["number"]


def test_scapy_agrees(sample):
    scapy = pytest.importorskip("scapy.all")
    path, packets = sample
    read = scapy.rdpcap(str(path))
    assert len(read) == len(packets)
    for ours, theirs in zip(packets, read):
        assert int(theirs.time * 10**9) == ours["nanoseconds"]
        tcp = ours.get("tcp")
        if tcp is None:
            continue
        ip = theirs[scapy.IPv6] if ":" in ours["source"] else theirs[scapy.IP]
        segment = theirs[scapy.TCP]
        assert (ip.src, ip.dst) == (ours["source"], ours["destination"])
        assert (segment.seq, segment.ack, int(segment.flags)) == (
            tcp["seq"],
            tcp["ack"],
            tcp["flags"],
        )
        assert bytes(segment.payload).hex().startswith(tcp["payload"])
        blocks = [block for pair in (tcp["options"] or {}).get("sack", []) for block in pair]
        sack = [value for name, value in segment.options if name == "SAck"]
        assert [number for value in sack for number in value] == blocks


def test_text_is_what_tcpdump_prints(sample):
    need("tcpdump")
    path, packets = sample
    command = ["tcpdump", "-n", "-K", "-ttttt", "-r", path]
    command += ["tcp and net 192.0.2.0/24 or ip6 proto 6"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    theirs = [line.strip().split(" ", 1)[1] for line in run.stdout.splitlines() if "IP" in line]
    ours = [
        packet["text"].split(" ", 1)[1].removesuffix(", bad checksum")
        for packet in packets
        if packet.get("source", "").startswith(("192.0.2.", "2001:db8::"))
    ]
    assert ours == theirs
