"""The real catalogue on this machine: what it catches, what it leaves behind, what it says when it
cannot work."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from deadline import until

# What a message of the suite must name when that engine is at work.
BREAKS = {
    "broken:sequence": r"window|bytes that peer has read",
    "broken:window": r"read|window",
    "broken:receive-queue": r"unread|window|read",
    "broken:send-queue": r"send queue",
    "broken:unsent": r"unsent",
    "broken:wrong-byte": r"byte at offset|one_value",
    "broken:timestamp": r"timestamps: |rule timestamps",
    "broken:options": r"agreed on with peer|timestamps: |rule timestamps|rule window_edge",
    "broken:scales": r"agreed on with peer|rule window_edge",
    "broken:no-fin": r"CLOSE_WAIT|LAST_ACK",
    "broken:no-shutdown": r"FIN_WAIT1|LAST_ACK",
    "broken:unmarked": r"forge",
    "broken:urgent-unread": r"unread|the mark in what ours reads",
    "broken:urgent-taken": r"the urgent byte of ours",
    "broken:urgent-unsent": r"the mark in what peer reads",
    "broken:closes-aloud": r"connect",
    "broken:early-resume": r"in our own name",
    "broken:no-resume": r"ours writes|ours reads",
    "broken:syn": r"no_reset",
    "broken:request": r"no_reset",
    "broken:accept-queue": r"LISTEN, recv-q|CLOSE_WAIT, recv-q",
    "broken:accept-order": r"whom listener accepts",
    "broken:backlog": r"LISTEN, recv-q",
    "broken:listener-options": r"TCP_DEFER_ACCEPT|TCP_FASTOPEN|SO_REUSEADDR of listener",
    "broken:group-order": r"connections that member",
    "broken:unbound": r"address of ours",
    "broken:error": r"an error pending",
    "broken:ownerless": r"what sock_diag tells of",
    "broken:time-wait": r"what the kernel keeps of peer",
    "broken:linger": r"timer of ours",
    "broken:linger-short": r"ours is gone",
    "broken:linger-stage": r"ours is gone",
    "broken:wrap": r"send queue|bytes",
    "broken:clock-wrap": r"rule timestamps",
    "broken:congestion": r"congestion control of ours|TCP_CONGESTION of ours",
    "broken:keepalive": r"SO_KEEPALIVE of ours",
    "broken:user-timeout": r"TCP_USER_TIMEOUT of ours",
    "broken:so-linger": r"SO_LINGER of ours",
    "broken:cork": r"TCP_CORK of ours",
    "broken:shift": r"rule window_edge",
    "broken:zero-window": r"bytes that",
    "broken:buffer-lock": r"SO_RCVBUF of ours|SO_BUF_LOCK of ours",
    "broken:reuse": r"SO_REUSEADDR of (ours|child 2)",
    "broken:hop-limit": r"IP_TTL of ours|IPV6_UNICAST_HOPS of ours",
    "broken:deaf": r"CLOSE_WAIT",
    "broken:device": r"device of ours|SO_BINDTODEVICE of ours|bind\(",
    "broken:clock-of-here": r"rule timestamps|bytes that",
    "broken:leap": r"a TSval of ours not below",
    "broken:unsigned": r"bytes that",
    "broken:another-key": r"bytes that",
    "broken:one-of-many": r"descriptors of subject",
    "broken:overlooking": r"what ours reads",
    "broken:home-sick": r"namespace of ours",
    "broken:littering": r"sockets after a restore that failed",
    "broken:peeping": r"no_reset|silent_gate",
    "broken:careless": r"state of ours|no_reset|SO_ERROR",
    "broken:forgetful": r"bytes that|sockets that are left",
    "broken:spent": r"unread",
    "broken:stubborn": r"bind",
    "broken:never-thawed": r"the program",
    "broken:left-in-repair": r"program.s (socket|call)|the program of ours",
    "broken:drained": r"what ours reads",
    "broken:datagram-order": r"the next datagram of ours",
    "broken:datagram-empty": r"the next datagram of ours",
    "broken:datagram-twice": r"the next datagram of ours",
    "broken:datagram-source": r"the next datagram of (ours|member 1)",
    "broken:datagram-hops": r"the next datagram of ours",
    "broken:datagram-class": r"the next datagram of ours",
    "broken:datagram-leak": r"rule silent_gate",
    "broken:cork-forgotten": r"the next datagram of peer",
    "broken:cork-short": r"the next datagram of peer",
    "broken:udp-unconnected": r"connected to nobody",
    "broken:udp-open": r"ours sends to peer",
    "broken:udp-group-order": r"a datagram of client 1 to member",
    "broken:filter-lost": r"filter of|the next|bytes that",
    "broken:filter-unlocked": r"SO_LOCK_FILTER of ours",
    "broken:filter-early": r"in its queue",
    "broken:raw-queue": r"something waits",
    "broken:raw-twice": r"the next packet of ours",
    "broken:raw-unconnected": r"the next packet of ours",
    "broken:header-included": r"IP_HDRINCL of ours",
    "broken:icmp-filter": r"ICMP_FILTER of ours",
    "broken:router-alert": r"IP_ROUTER_ALERT of ours",
    "broken:ip-options": r"IP_OPTIONS of ours",
    "broken:group-forgotten": r"something waits|ours hears it",
    "broken:group-sources": r"the next datagram of ours",
    "broken:group-join-order": r"which membership ours has left",
    "broken:unix-boundary": r"the next message of",
    "broken:unix-sender": r"the next message of server",
    "broken:unix-unread": r"one|child 1",
    "broken:unix-open": r"other",
    "broken:unix-urgent": r"other",
    "broken:unix-credentials": r"the next message of other",
    "broken:unix-peer": r"one|child 1",
    "broken:unix-rights-order": r"the socket that a message carries",
    "broken:unix-rights": r"the next message of other",
    "broken:unix-queue-order": r"name of the peer of child 2",
    "broken:unix-mode": r"mode of /mnt/server",
    "broken:one-descriptor": r"descriptors of subject",
    "broken:two-files": r"what its two descriptors are",
    "broken:close-on-exec": r"its other descriptor",
    "broken:status-flags": r"file status flags",
    "broken:signal-number": r"^signal",
    "broken:signal-owner": r"owner of its signals",
    "broken:owner-mistaken": r"owner of its signals",
}


# Caught by timers that nobody wants to wait for: in virtual time, with the User-mode Linux that
# ci/build-kernel makes.
IMAGE = os.environ.get("SOCKCR_UML", "")
BREAK_TIMERS = ("broken:linger-short", "broken:linger-stage")


def in_time(engine):
    return ["--kernel", IMAGE, "--virtual-time"] if engine in BREAK_TIMERS else []


@pytest.fixture(scope="session")
def run_scenario(build):
    def run(*arguments, cwd, **options):
        return subprocess.run(
            [str(build / "run-scenario"), *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            **options,
        )

    return run


def results(finished):
    lines = [json.loads(line) for line in finished.stdout.splitlines()]
    return [line for line in lines if "summary" not in line]


def engines_of(build):
    listed = subprocess.run(
        [str(build / "run-scenario"), "--list-engines"], capture_output=True, text=True, check=True
    )
    return [line.split()[0] for line in listed.stdout.splitlines()]


def test_every_broken_engine_has_an_expectation(build):
    assert engines_of(build) == ["native", "criu", *BREAKS]
    assert len(BREAKS) >= 8


@pytest.fixture(scope="module")
def at_work(request, run_scenario, tmp_path_factory):
    """The chosen broken engines, some at once: what they break, a program often waits for in vain.

    With the comparison of images switched off: the wire and the timeline must see it."""
    def work(engine):
        return run_scenario("--engine", engine, "--no-compare-images", "--format", "json",
                            *in_time(engine), cwd=tmp_path_factory.mktemp("broken"))

    chosen = [item.callspec.params["engine"] for item in request.session.items
              if "at_work" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")]
    if not os.access(IMAGE, os.X_OK):
        chosen = [engine for engine in chosen if engine not in BREAK_TIMERS]
    with ThreadPoolExecutor(max_workers=3) as pool:
        yield {engine: pool.submit(work, engine) for engine in chosen}


@pytest.mark.parametrize("engine", BREAKS)
def test_broken_engine_is_caught_in_each_case_named_for_it(at_work, engine):
    if engine in BREAK_TIMERS and not os.access(IMAGE, os.X_OK):
        pytest.skip("no User-mode Linux: set SOCKCR_UML (ci/build-kernel)")
    finished = at_work[engine].result()
    assert finished.returncode == 1, finished.stdout + finished.stderr
    judged = results(finished)
    assert judged  # some mistakes can be made in one case only
    for one in judged:
        assert one["result"] == "fail", one
        assert re.search(BREAKS[engine], one["reason"]), one


def test_native_passes_where_the_broken_engines_fail(run_scenario, build, tmp_path):
    described = subprocess.run(
        [str(build / "scenarios" / "half_closed"), "--describe"],
        capture_output=True, text=True, check=True,
    )
    named = sorted({case for e in json.loads(described.stdout)["engines"] for case in e["cases"]})
    finished = run_scenario(*named, "--format", "json", cwd=tmp_path)
    assert finished.returncode == 0, finished.stdout
    assert {one["result"] for one in results(finished)} == {"pass"}
    assert len(results(finished)) == len(named)


# ----------------------------------------------------------------------------- what is left behind


def processes_of(folder):
    """What was started with this TMPDIR, in any PID namespace: pid -> its program.

    A network namespace of a case lives as long as one of them does."""
    found = {}
    for proc in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (proc / "environ").read_bytes().split(b"\0"):
                found[int(proc.name)] = os.readlink(proc / "exe")
        except OSError:
            pass
    return found


def subjects_of(folder):
    return [exe for exe in processes_of(folder).values() if exe.endswith("/libexec/subject")]


def firewall():
    saved = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    return [line for line in saved.splitlines() if not line.startswith("#")]


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_nothing_is_left_after_success(run_scenario, tmp_path):
    rules = firewall()
    finished = run_scenario("half_closed.v4_active_all_ts", "half_closed.v6_passive_lost_nots",
                            cwd=tmp_path, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert finished.returncode == 0, finished.stdout
    until(lambda: not processes_of(tmp_path), "nothing runs any more")
    assert files_below(tmp_path) == []
    assert firewall() == rules


def test_one_directory_is_left_after_a_failure(run_scenario, tmp_path):
    case = "half_closed.v4_active_empty_ts"
    finished = run_scenario(case, "--engine", "broken:no-fin", cwd=tmp_path)
    assert finished.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["run-scenario.out"]
    folder = tmp_path / "run-scenario.out" / f"{case}.broken-no-fin"
    assert sorted(path.name for path in folder.iterdir()) == [
        "capture.pcapng", "image.sockcr", "report.txt", "trace.txt"]
    assert f"{folder}" in finished.stdout
    first, second, *_ = (folder / "report.txt").read_text().splitlines()
    assert first.startswith(f"kernel {os.uname().release}  engine broken:no-fin  cut once")
    assert second.startswith("rerun with ") and second in finished.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_after_a_signal(build, tmp_path, how):
    rules = firewall()
    running = subprocess.Popen(
        [str(build / "run-scenario"), "--all", "--exhaustive", "--cut", "none,once,twice"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    until(lambda: subjects_of(tmp_path), "it is in the middle of something")
    running.send_signal(how)
    code = running.wait(timeout=30)
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130)
    until(lambda: not processes_of(tmp_path), "nothing runs any more")
    assert files_below(tmp_path) == []
    assert firewall() == rules


# -------------------------------------------------------------------------------- the ordinary user


def link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


@pytest.fixture(scope="session")
def open_build(build):
    """The binaries where every user can reach them."""
    folder = pathlib.Path("/tmp") / f"sockcr-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    for part in ("run-scenario", "scenarios", "libexec", "expectations.json"):
        source = build / part
        if source.is_dir():
            shutil.copytree(source, folder / part, copy_function=link_or_copy,
                            ignore=shutil.ignore_patterns(
                "CMakeFiles", "*.cmake", "*.a", "runner", "language", "engines", "subject"))
            if part == "libexec":
                link_or_copy(source / "subject", folder / part / "subject")
        else:
            link_or_copy(source, folder / part)
    yield folder
    shutil.rmtree(folder)


AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_the_ordinary_user_gets_the_same_verdicts(open_build):
    """From a folder that cannot be written; a third of the catalogue, ci/test --long runs all."""
    finished = subprocess.run(
        [*AS_NOBODY, str(open_build / "run-scenario"), "--all", "--shard", "1/3", "--strict",
         "--format", "json"],
        cwd="/", capture_output=True, text=True, timeout=300,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert {one["result"] for one in results(finished)} <= {"pass", "skip"}


# ---------------------------------------------------------------------- what this machine may lack

CASE = "half_closed.v4_active_empty_ts"


def assert_one_clear_line(finished, words):
    assert finished.returncode == 125, finished.stdout + finished.stderr
    (one,) = results(finished)
    assert one["result"] == "trouble"
    assert re.search(words, one["reason"]), one
    assert "\n" not in one["reason"]


@pytest.mark.skipif(os.geteuid() != 0, reason="hiding a program needs root")
def test_iptables_missing(build, tmp_path):
    hide = 'mount --bind /dev/null "$(readlink -f /usr/sbin/iptables-restore)" && exec "$@"'
    finished = subprocess.run(
        ["unshare", "-m", "sh", "-c", hide, "sh", str(build / "run-scenario"), CASE,
         "--format", "json"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )
    assert_one_clear_line(finished, r"iptables-restore.*iptables")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_user_namespaces_forbidden(open_build):
    """A user namespace in which no further one may be made; the right to say so ends with exec."""
    forbid = (
        "import ctypes, os, sys\n"
        "clone_newuser = 0x10000000\n"
        "assert ctypes.CDLL(None, use_errno=True).unshare(clone_newuser) == 0\n"
        "open('/proc/sys/user/max_user_namespaces', 'w').write('0')\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    finished = subprocess.run(
        [*AS_NOBODY, "/usr/bin/python3", "-c", forbid, str(open_build / "run-scenario"), CASE,
         "--format", "json"],
        cwd="/", capture_output=True, text=True, timeout=60,
    )
    assert_one_clear_line(finished, r"max_user_namespaces")


def test_repair_mode_missing(build, tmp_path):
    """setsockopt(TCP_REPAIR) answers ENOPROTOOPT, as a kernel without it does."""
    seccomp = pytest.importorskip("seccomp", reason="Debian: python3-seccomp")
    assert seccomp
    forbid = (
        "import os, sys, seccomp\n"
        "f = seccomp.SyscallFilter(seccomp.ALLOW)\n"
        "f.add_rule(seccomp.ERRNO(92), 'setsockopt',"
        " seccomp.Arg(1, seccomp.EQ, 6), seccomp.Arg(2, seccomp.EQ, 19))\n"
        "f.load()\n"
        "os.execv(sys.argv[1], sys.argv[1:])\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", forbid, str(build / "run-scenario"), CASE, "--format", "json"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )
    assert_one_clear_line(finished, r"TCP_REPAIR.*Protocol not available.*CHECKPOINT_RESTORE")


@pytest.mark.parametrize("wrong", [["half_close"], ["half_closed.v5_active"], ["--al"],
                                   ["half_closed", "--engine", "broken:nothing"],
                                   ["half_closed", "--cut", "thrice"]])
def test_wrong_words_are_usage_errors(run_scenario, tmp_path, wrong):
    finished = run_scenario(*wrong, cwd=tmp_path)
    assert finished.returncode == 129
    assert len(finished.stderr.strip().splitlines()) <= 3
    assert files_below(tmp_path) == []
