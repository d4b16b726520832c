"""`sockcr check`: what it says of this machine, to root and to nobody."""

import json
import os
import re
import subprocess

import pytest

from conversation import NOBODY, for_everybody

POSSIBLE, NOT_POSSIBLE = 0, 1
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(name="program")
def sockcr_for_everybody(build, tmp_path_factory):
    """A copy that an ordinary user may execute."""
    return for_everybody(build / "sockcr", tmp_path_factory.mktemp("program"))


def ask(command, *options):
    """The exit code, and what the JSON says by name."""
    result = subprocess.run(
        [*command, "check", "--json", *options], capture_output=True, timeout=60, check=False
    )
    answer = json.loads(result.stdout)
    return result.returncode, answer, {row["name"]: row for row in answer["capabilities"]}


def rules_of_this_machine():
    return [
        subprocess.run([program], capture_output=True, text=True, check=False).stdout
        for program in ("iptables-save", "ip6tables-save")
    ]


def without_counters(texts):
    return [
        [line.split(" [")[0] for line in text.splitlines() if not line.startswith("#")]
        for text in texts
    ]


def test_every_capability_has_an_answer_and_a_purpose(program):
    code, answer, rows = ask([program])
    assert answer["kernel"] == os.uname().release
    assert code == (POSSIBLE if answer["possible"] else NOT_POSSIBLE)
    for name in (
        "CAP_NET_ADMIN CAP_NET_RAW SO_RCVBUFFORCE pidfd_getfd sock_diag SOCK_DESTROY TCP_REPAIR "
        "TCP_REPAIR_WINDOW SO_MARK tcp_max_tw_buckets iptables-restore ip6tables-restore NFLOG "
        "NFQUEUE kTLS TCP-AO MPTCP"
    ).split():
        assert rows[name]["answer"] in ("yes", "no", "unknown")
        assert rows[name]["purpose"]


@AS_ROOT
def test_root_can_do_everything_here(program):
    code, _, rows = ask([program])
    assert code == POSSIBLE
    assert [name for name, row in rows.items() if row["essential"] and row["answer"] != "yes"] == []
    assert re.fullmatch(r"a struct of \d+ bytes", rows["TCP_REPAIR_WINDOW"]["finding"])


@AS_ROOT
def test_nobody_learns_what_is_missing_and_what_to_do(program):
    code, _, rows = ask([*NOBODY, program])
    assert code == NOT_POSSIBLE
    assert rows["CAP_NET_ADMIN"]["answer"] == "no"
    assert "unshare -Urn" in rows["CAP_NET_ADMIN"]["advice"]
    assert rows["TCP_REPAIR"]["answer"] == "yes", "the kernel's ability is known all the same"


@AS_ROOT
def test_nobody_can_do_it_in_a_user_namespace(program):
    code, _, rows = ask([*NOBODY, "unshare", "-Urn", program])
    assert code == POSSIBLE
    assert rows["SO_RCVBUFFORCE"]["answer"] == "no"


@AS_ROOT
def test_without_namespaces_the_kernel_is_unknown(program):
    """A user namespace that may have no other in it: nothing can be tried."""
    limit = "echo 0 >/proc/sys/user/max_net_namespaces && exec "
    code, _, rows = ask([*NOBODY, "unshare", "-Ur", "sh", "-c", limit + program + ' "$@"', "sh"])
    assert code == NOT_POSSIBLE
    assert rows["NFLOG"]["answer"] == "unknown"
    assert "needs root or user namespaces" in rows["NFLOG"]["finding"]


@AS_ROOT
def test_a_missing_iptables_is_named(program, tmp_path):
    hide = ["unshare", "-m", "sh", "-c", f'mount --bind {tmp_path} /usr/sbin && exec "$@"', "sh"]
    code, _, rows = ask([*hide, program])
    assert code == NOT_POSSIBLE
    assert rows["iptables-restore"]["answer"] == "no"
    assert "install iptables" in rows["iptables-restore"]["finding"]


@AS_ROOT
def test_a_limit_of_this_namespace_is_seen(program):
    no_buckets = "echo 0 >/proc/sys/net/ipv4/tcp_max_tw_buckets && exec "
    _, _, rows = ask(["unshare", "-n", "sh", "-c", no_buckets + program + ' "$@"', "sh"])
    assert rows["tcp_max_tw_buckets"]["answer"] == "no"
    assert "sysctl" in rows["tcp_max_tw_buckets"]["advice"]


@AS_ROOT
def test_asking_changes_nothing(program):
    before = without_counters(rules_of_this_machine())
    ask([program])
    assert without_counters(rules_of_this_machine()) == before


def test_text_has_one_line_a_capability(program):
    _, answer, _ = ask([program])
    text = subprocess.run([program, "check"], capture_output=True, text=True, check=False).stdout
    assert "\x1b" not in text, "colours without a terminal"
    lines = [line for line in text.splitlines() if line.startswith("  ")]
    assert len(lines) == len(answer["capabilities"])
    assert text.splitlines()[-1].startswith("TCP connections can")
