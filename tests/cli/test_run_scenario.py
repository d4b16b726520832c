"""run-scenario from outside: what it is asked, what it prints, how it ends, what it leaves.

The scenario binaries are shell scripts whose variants say what they do.
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time

import pytest

from deadline import until

SCRIPT = r"""#!/bin/sh
answer() { printf '%s' "$1" >&3; }
log() { [ -z "$FAKE_LOG" ] || echo "$1" >>"$FAKE_LOG"; }
case "$1" in
--describe) cat <<'END'
@DESCRIPTION@
END
  ;;
--timeline) echo "timeline of $2" ;;
--explanation) echo "explanation of $2" ;;
--run-one)
  log "$2"
  case "$2" in
  *'"variant":"not_cut"'*)
    answer '{"verdict":"fail","reason":"EPERM","needs_control":false}'; exit ;;
  *'"variant":"bad_control"'*) answer '{"verdict":"fail","reason":"it never works"}'; exit ;;
  esac
  case "$2" in
  *'"cut":"none"'*)
    case "$2" in *'"variant":"slow_control"'*) echo $$ >>"$FAKE_PIDS"; exec sleep 600 ;; esac
    answer '{"verdict":"pass","ms":1.5}'; exit ;;
  esac
  case "$2" in
  *'"variant":"fail'*|*'"variant":"slow_control"'*|*'"engine":"broken:'*)
    directory=$(printf '%s' "$2" | sed 's/.*"directory":"\([^"]*\)".*/\1/')
    [ -z "$directory" ] || { mkdir -p "$directory" && echo evidence >"$directory/transcript"; }
    answer '{"verdict":"fail","ms":12.5,"stall_ms":4.25,"reason":"a byte is lost","report":"step 9 of 12\nexpected: 1\n","kernel":"6.1.0","directory":"'"$directory"'"}' ;;
  *'"variant":"xpass"'*) answer '{"verdict":"xpass","reason":"it works"}' ;;
  *'"variant":"xfail"'*) answer '{"verdict":"xfail","reason":"known"}' ;;
  *'"variant":"skip"'*) answer '{"verdict":"skip","reason":"no TCP_REPAIR"}' ;;
  *'"variant":"crash"'*) echo 'last words' >&2; kill -SEGV $$ ;;
  *'"variant":"exit"'*) exit 7 ;;
  *'"variant":"flood"'*) yes 'a flood of words' | head -c 3000000 >&2; answer '{"verdict":"pass"}' ;;
  *'"variant":"flood_out"'*) yes 'a flood of words' | head -c 3000000; exit 3 ;;
  *'"variant":"garbage"'*) head -c 300 /dev/zero | tr '\0' '\377' >&3 ;;
  *'"variant":"hang'*) echo $$ >>"$FAKE_PIDS"; exec sleep 600 ;;
  *) answer '{"verdict":"pass","ms":2.5,"stall_ms":0.25}' ;;
  esac ;;
esac
"""

HIDDEN = (
    "fail_a fail_b skip xpass xfail crash exit flood flood_out garbage hang_a hang_b "
    "bad_control not_cut slow_control"
).split()
COVER = [f"pass_{i}" for i in range(12)]


def description(scenario, aliases=(), cover=COVER, hidden=HIDDEN):
    variants = [{"variant": v, "needs": "", "in_cover": True} for v in cover]
    variants += [{"variant": v, "needs": "root", "in_cover": False} for v in hidden]
    engines = [
        {"name": "native", "about": "ours", "cases": []},
        {"name": "broken:window", "about": "forgets it", "cases": [f"{scenario}.{cover[0]}"]},
    ]
    return {
        "scenario": scenario,
        "about": f"about {scenario}",
        "aliases": list(aliases),
        "variants": variants,
        "engines": engines,
    }


def add_scenario(folder, scenario, **keywords):
    folder.mkdir(exist_ok=True)
    text = SCRIPT.replace("@DESCRIPTION@", json.dumps(description(scenario, **keywords)))
    path = folder / scenario
    path.write_text(text)
    path.chmod(0o755)
    return path


class Runner:
    """Calls run-scenario in a folder of its own, over fake scenarios of its own."""

    def __init__(self, build, tmp_path):
        self.program = build / "run-scenario"
        self.scenarios = tmp_path / "fakes"
        self.folder = tmp_path / "here"
        self.folder.mkdir()
        self.log = tmp_path / "log"
        self.pids_file = tmp_path / "pids"
        self.started = []
        self.environment = dict(
            os.environ,
            SOCKCR_SCENARIOS=str(self.scenarios),
            FAKE_LOG=str(self.log),
            FAKE_PIDS=str(self.pids_file),
        )

    def start(self, *arguments, **keywords):
        keywords.setdefault("cwd", self.folder)
        keywords.setdefault("env", self.environment)
        for stream in ("stdout", "stderr"):
            keywords.setdefault(stream, subprocess.PIPE)
        # A shell in the background may have left SIGINT ignored, which run-scenario respects.
        keywords.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        command = [str(self.program), *map(str, arguments)]
        self.started.append(subprocess.Popen(command, text=True, **keywords))
        return self.started[-1]

    def __call__(self, *arguments, **keywords):
        process = self.start(*arguments, **keywords)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments):
        result = self(*arguments, "--format", "json")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        return result.returncode, lines[:-1], lines[-1]["summary"]

    def requests(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def pids(self, count):
        """The processes of hanging cases, as soon as there are `count`."""
        until(
            lambda: self.pids_file.exists() and len(self.pids_file.read_text().split()) >= count,
            f"{count} cases hang",
        )
        return [int(pid) for pid in self.pids_file.read_text().split()]


def is_gone(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


@pytest.fixture
def runner(build, tmp_path):
    runner = Runner(build, tmp_path)
    add_scenario(runner.scenarios, "half_closed", aliases=["close_wait"])
    yield runner
    for process in runner.started:  # a test that fails leaves none behind
        if process.returncode is None:
            process.kill()
            process.wait()


class TestExitCode:
    @pytest.mark.parametrize(
        "variants, code",
        [
            (["pass_0"], 0),
            (["pass_0", "skip", "xfail"], 0),
            (["fail_a"], 1),
            (["xpass"], 1),
            (["fail_a", "crash", "pass_0"], 1),
            (["skip"], 125),
            (["pass_0", "crash"], 125),
            (["pass_0", "exit"], 125),
            (["pass_0", "garbage"], 125),
            (["bad_control"], 125),
        ],
    )
    def test_follows_the_verdicts(self, runner, variants, code):
        result = runner(*[f"half_closed.{v}" for v in variants])
        assert result.returncode == code, result.stdout + result.stderr

    @pytest.mark.parametrize(
        "arguments, words",
        [
            ([], "nothing to run"),
            (["half_close"], "did you mean half_closed?"),
            (["close_wiat"], "did you mean close_wait?"),
            (["half_closed.fail_aa"], "did you mean half_closed.fail_a"),
            (["--all", "--engine", "broken:windwo"], "did you mean broken:window?"),
            (["--all", "--shufle"], "did you mean --shuffle?"),
            (["--all", "--cut", "sideways"], "sideways"),
            (["--all", "--gate", "nft"], "not built yet"),
            (["--all", "--format", "xml"], "xml"),
            (["--all", "--walk", "5"], "--walk makes its own conversations"),
            (["--walk", "5"], "--walk"),
            (["--all", "--shard", "5/4"], "5/4"),
            (["--all", "-j", "0"], "0"),
            (["--show", "nothing"], "nothing"),
        ],
    )
    def test_of_wrong_usage_is_129_with_one_line(self, runner, arguments, words):
        result = runner(*arguments)
        assert result.returncode == 129
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert result.stdout == ""

    def test_of_help_is_0_and_lists_the_whole_contract(self, runner):
        result = runner("--help")
        assert result.returncode == 0
        contract = """--all --exhaustive --compare --walk --until-fail --max-failures --profile
            --virtual-time --explain --list --format --list-engines --show --cut --engine --kernel
            --long --gate -j --seed --repeat --shuffle --shard --slow-factor --keep --trace --junit
            --report --exit-style --no-compare-images --expectations --no-expectations --strict
            --check-expectations"""
        for option in contract.split():
            assert option in result.stdout

    def test_without_any_scenario_is_129(self, runner):
        shutil.rmtree(runner.scenarios)
        assert runner("--all").returncode == 129
        runner.scenarios.mkdir()
        result = runner("--all")
        assert result.returncode == 129
        assert "no scenario binary" in result.stderr

    def test_of_output_that_cannot_be_written_is_125(self, runner):
        with open("/dev/full", "w") as full:
            result = runner("half_closed.pass_0", stdout=full)
        assert result.returncode == 125
        assert "could not be written" in result.stderr


class TestDamagedScenario:
    @pytest.fixture(params=["missing interpreter", "no description", "dies"])
    def torn(self, runner, request):
        text = {
            "missing interpreter": "#!/nowhere/sh\n",
            "no description": "#!/bin/sh\necho hello\n",
            "dies": "#!/bin/sh\necho 'libfoo.so.1: cannot open' >&2; exit 127\n",
        }[request.param]
        path = runner.scenarios / "torn"
        path.write_text(text)
        path.chmod(0o755)
        return path

    def test_by_name_is_trouble(self, runner, torn):
        code, cases, _ = runner.json("torn")
        assert code == 125
        assert [(c["case"], c["result"]) for c in cases] == [("torn", "trouble")]

    def test_does_not_hide_in_all(self, runner, torn):
        code, cases, summary = runner.json("--all")
        assert code == 125
        assert summary["pass"] == len(COVER) and summary["trouble"] == 1

    def test_does_not_spoil_the_others(self, runner, torn):
        result = runner("half_closed.pass_0")
        assert result.returncode == 0
        assert "torn" in result.stderr

    def test_that_vanishes_is_trouble(self, runner):
        binary = runner.scenarios / "half_closed"
        text = binary.read_text().replace("--describe) cat", '--describe) rm -- "$0"; cat')
        binary.write_text(text)
        code, cases, _ = runner.json("half_closed.pass_0")
        assert code == 125
        assert "execve" in cases[0]["reason"]


class TestList:
    def test_json_has_the_contracts_keys(self, runner):
        lines = runner("--list", "--format", "json").stdout.splitlines()
        cases = [json.loads(line) for line in lines]
        assert [c["variant"] for c in cases] == COVER
        assert all(list(c) == ["case", "scenario", "variant", "about", "needs"] for c in cases)
        assert cases[0]["case"] == "half_closed.pass_0"

    def test_exhaustive_has_all(self, runner):
        lines = runner("--list", "--exhaustive", "--format", "json").stdout.splitlines()
        assert len(lines) == len(COVER) + len(HIDDEN)

    def test_text_is_what_one_may_type(self, runner):
        lines = runner("close_wait", "--list").stdout.splitlines()
        assert [line for line in lines if not line.startswith("#")] == [
            f"half_closed.{v}" for v in COVER
        ]

    def test_engines_broken_ones_included(self, runner):
        result = runner("--list-engines")
        assert [line.split()[0] for line in result.stdout.splitlines()] == ["native", "broken:window"]

    def test_show_prints_the_timeline(self, runner):
        assert runner("--show", "close_wait").stdout == "timeline of pass_0\n"
        assert runner("--show", "half_closed.fail_a").stdout == "timeline of fail_a\n"

    def test_explain_prints_it_with_reasons(self, runner):
        assert runner("--explain", "half_closed.fail_a").stdout == "explanation of fail_a\n"
        assert runner("--explain", "half_clos").returncode == 129


class TestJson:
    KEYS = ["case", "cut", "engine", "kernel", "result", "ms", "stall_ms", "reason", "rerun"]
    TOTALS = ["cases", "pass", "fail", "xfail", "xpass", "skip", "trouble", "wall_ms"]

    def test_has_the_contracts_keys_and_nothing_else(self, runner):
        names = [f"half_closed.{v}" for v in HIDDEN if not re.match("hang|slow", v)]
        code, cases, summary = runner.json("half_closed", *names)
        assert code == 1
        assert all(list(c) == self.KEYS for c in cases)
        assert list(summary) == self.TOTALS
        assert summary["cases"] == len(cases) == len(COVER) + len(names)
        for verdict in self.TOTALS[1:-1]:
            assert summary[verdict] == sum(c["result"] == verdict for c in cases)

    def test_tells_what_the_case_told(self, runner):
        _, cases, _ = runner.json("half_closed.fail_a")
        (case,) = cases
        assert case["kernel"] == "6.1.0"
        assert case["ms"] == 12.5 and case["stall_ms"] == 4.25
        assert case["reason"] == "a byte is lost"

    def test_kernel_is_the_running_one_where_the_case_is_silent(self, runner):
        _, cases, _ = runner.json("half_closed.crash")
        assert cases[0]["kernel"] == os.uname().release
        assert cases[0]["reason"] == "died by SIGSEGV without a result: last words"
        assert cases[0]["stall_ms"] is None

    def test_rerun_works_as_typed(self, runner):
        _, cases, _ = runner.json("half_closed.fail_a", "--cut", "twice", "--seed", "9")
        line = cases[0]["rerun"]
        again = subprocess.run(line + " --format json", shell=True, cwd=runner.folder,
                               env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
        assert again.returncode == 1, again.stderr
        first = json.loads(again.stdout.splitlines()[0])
        assert first == {**cases[0], "ms": first["ms"]}


class TestRequest:
    def test_carries_the_options(self, runner):
        runner("half_closed.pass_0", "--seed", "7", "--slow-factor", "2.5", "--keep", "--trace",
               "--no-compare-images", "--cut", "twice")
        (request,) = runner.requests()
        assert request["variant"] == "pass_0" and request["cut"] == "twice"
        assert request["engine"] == "native" and request["gate"] == "iptables"
        assert request["seed"] == 7 and request["slow_factor"] == 2.5
        assert request["keep"] and request["trace"] and not request["compare_images"]
        assert request["directory"] == str(runner.folder / "run-scenario.out/half_closed.pass_0.twice")
        assert "half_closed.pass_0 --cut twice" in request["rerun"]

    def test_rerun_says_a_slow_factor_that_was_asked_for(self, runner):
        runner("half_closed.pass_0", "--slow-factor", "2.5")
        assert runner.requests()[0]["rerun"].endswith(" --slow-factor 2.5")

    def test_slow_factor_is_measured_where_nobody_says_it(self, runner):
        hogs = [subprocess.Popen(["taskset", "-c", "0", "sh", "-c", "while :; do :; done"])
                for _ in range(24)]
        try:
            out = runner("half_closed.pass_0", "-j1", "--seed", "1", preexec_fn=lambda: (
                os.sched_setaffinity(0, {0}), signal.signal(signal.SIGINT, signal.SIG_DFL))).stdout
            said = runner("half_closed.pass_0", "--slow-factor", "1").stdout
        finally:
            for hog in hogs:
                hog.kill()
                hog.wait()
        factor = re.search(r"seed 1  slow factor ([\d.]+)\n", out)
        assert factor and float(factor[1]) > 1, out
        assert runner.requests()[0]["slow_factor"] == float(factor[1])
        assert "slow-factor" not in runner.requests()[0]["rerun"], "the next run may be quicker"
        assert "slow factor" not in said and runner.requests()[1]["slow_factor"] == 1

    def test_cuts_multiply_the_cases(self, runner):
        _, cases, _ = runner.json("half_closed", "--cut", "none,once,twice")
        assert len(cases) == 3 * len(COVER)

    def test_a_broken_engine_alone_runs_its_own_cases(self, runner):
        code, cases, _ = runner.json("--engine", "broken:window")
        assert code == 1
        assert [c["case"] for c in cases] == ["half_closed.pass_0"]

    def test_repetitions_have_seeds_and_directories_of_their_own(self, runner):
        runner("half_closed.pass_0", "--repeat", "3", "--seed", "5", "-j1")
        requests = runner.requests()
        assert [r["seed"] for r in requests] == [5, 6, 7]
        assert len({r["directory"] for r in requests}) == 3


class TestControl:
    @pytest.mark.parametrize("cut", ["none", "once"])
    def test_is_not_asked_where_nothing_is_cut(self, runner, cut):
        code, cases, _ = runner.json("half_closed.not_cut", "--cut", cut)
        assert code == 1
        assert [(c["result"], c["reason"]) for c in cases] == [("fail", "EPERM")]
        assert len(runner.requests()) == 1

    def test_that_passes_confirms_the_failure(self, runner):
        code, cases, _ = runner.json("half_closed.fail_a")
        assert code == 1
        assert [c["result"] for c in cases] == ["fail"]
        cut, control = runner.requests()
        assert control["variant"] == cut["variant"] and control["seed"] == cut["seed"]
        assert control["cut"] == "none" and control["engine"] == "native"

    def test_that_fails_makes_it_trouble(self, runner):
        code, cases, _ = runner.json("half_closed.bad_control")
        assert code == 125
        assert cases[0]["result"] == "trouble"
        assert cases[0]["reason"] == "control failed: it never works"

    def test_that_was_asked_for_and_fails_is_trouble(self, runner):
        code, cases, _ = runner.json("half_closed.bad_control", "--cut", "none")
        assert code == 125
        assert cases[0]["reason"] == "control failed: it never works"
        assert len(runner.requests()) == 1

    def test_of_a_broken_engine_runs_with_the_native_one(self, runner):
        code, _, _ = runner.json("half_closed.pass_3", "--engine", "broken:window")
        assert code == 1
        assert runner.requests()[1]["engine"] == "native"


class TestCaseProcess:
    def test_may_flood(self, runner):
        assert runner("half_closed.flood").returncode == 0
        _, cases, _ = runner.json("half_closed.flood_out")
        assert cases[0]["reason"].startswith("exited with 3 without a result: a flood")

    def test_that_hangs_is_killed_and_is_trouble(self, runner):
        started = time.monotonic()
        result = runner("half_closed.hang_a", "half_closed.pass_0", "--slow-factor", "0.02",
                        "--format", "json")
        assert result.returncode == 125
        assert time.monotonic() - started < 20
        reasons = [json.loads(line).get("reason") for line in result.stdout.splitlines()]
        assert "no answer within 1.2 s" in reasons
        assert all(is_gone(pid) for pid in runner.pids(1))

    def peak_memory(self, runner, name, *counts):
        """KiB that run-scenario needed at most until it had judged that many cases.

        Not ru_maxrss: that begins with what the forked interpreter held.
        """
        process = runner.start(name, "--until-fail", "--format", "json")
        peaks, judged = [], 0
        for count in counts:
            while judged < count:
                assert json.loads(process.stdout.readline())["result"] == "pass"
                judged += 1
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peaks.append(int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]))
        process.kill()
        process.wait()
        return peaks

    def test_memory_does_not_grow_with_the_number_of_cases(self, runner):
        few, many = self.peak_memory(runner, "half_closed.pass_0", 20, 1000)
        assert many < few + 128

    def test_memory_does_not_grow_with_what_a_case_prints(self, runner):
        (quiet,) = self.peak_memory(runner, "half_closed.pass_0", 20)
        (flooded,) = self.peak_memory(runner, "half_closed.flood", 20)
        assert flooded < quiet + 1024


class TestStopping:
    def test_max_failures_is_exact(self, runner):
        code, cases, summary = runner.json(
            "half_closed", "--engine", "broken:window", "--max-failures", "3")
        assert code == 1
        assert summary["fail"] == 3

    def test_until_fail_ends_with_the_first_failure(self, runner):
        code, cases, summary = runner.json("half_closed.pass_0", "half_closed.fail_a", "--until-fail")
        assert code == 1
        assert summary["fail"] == 1

    def test_until_fail_goes_on_while_all_is_well(self, runner):
        process = runner.start("half_closed.pass_0", "--until-fail", "--format", "json")
        for _ in range(30):
            assert json.loads(process.stdout.readline())["result"] == "pass"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130

    def test_until_fail_does_not_wait_for_ever_where_nothing_can_be_judged(self, runner):
        assert runner("half_closed.skip", "--until-fail").returncode == 125


class TestOrder:
    def names(self, runner, *options):
        _, cases, _ = runner.json("half_closed", "-j1", *options)
        return [c["case"] for c in cases]

    def test_shards_are_disjoint_and_whole(self, runner):
        whole = self.names(runner, "--cut", "none,once")
        for options in [(), ("--shuffle", "--seed", "3")]:
            parts = [
                self.names(runner, "--cut", "none,once", "--shard", f"{i}/5", *options)
                for i in range(1, 6)
            ]
            assert sorted(sum(parts, [])) == sorted(whole)
            assert all(parts)

    def test_shuffle_is_repeatable_by_seed(self, runner):
        first = self.names(runner, "--shuffle", "--seed", "3")
        assert first == self.names(runner, "--shuffle", "--seed", "3")
        assert first != self.names(runner, "--shuffle", "--seed", "4")
        assert first != self.names(runner)
        assert sorted(first) == sorted(self.names(runner))


class TestEnding:
    HANGS = ["half_closed.hang_a", "half_closed.hang_b", "half_closed.pass_0"]

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_by_a_signal_tells_what_is_known(self, runner, number):
        process = runner.start(*self.HANGS, "--format", "json")
        first = json.loads(process.stdout.readline())
        pids = runner.pids(2)
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 130
        assert first["case"] == "half_closed.pass_0"
        assert json.loads(out.splitlines()[-1])["summary"]["cases"] == 1
        assert all(is_gone(pid) for pid in pids)

    def test_by_ctrl_c_of_the_whole_group_blames_no_case(self, runner):
        process = runner.start(*self.HANGS, "--format", "json", start_new_session=True)
        process.stdout.readline()
        pids = runner.pids(2)
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 130
        assert len(out.splitlines()) == 1
        assert all(is_gone(pid) for pid in pids)

    def test_says_so_in_text(self, runner):
        process = runner.start(*self.HANGS)
        runner.pids(2)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert "interrupted after" in out.splitlines()[-1]

    def test_does_not_swallow_a_failure_that_waits_for_its_control(self, runner):
        process = runner.start("half_closed.slow_control", "--format", "json")
        runner.pids(1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 130
        case = json.loads(out.splitlines()[0])
        assert case["result"] == "trouble"
        assert case["reason"].endswith("a byte is lost")

    def test_by_sigkill_leaves_no_process(self, runner):
        process = runner.start(*self.HANGS)
        pids = runner.pids(2)
        process.kill()
        process.wait(timeout=20)
        until(lambda: all(is_gone(pid) for pid in pids), "they are gone")


class TestOutputFolder:
    def test_holds_what_a_failure_left(self, runner):
        result = runner("half_closed.fail_a", "half_closed.pass_0")
        left = runner.folder / "run-scenario.out"
        assert [p.name for p in left.iterdir()] == ["half_closed.fail_a"]
        assert str(left / "half_closed.fail_a") in result.stdout

    def test_is_not_there_after_a_pass(self, runner):
        runner("half_closed")
        assert list(runner.folder.iterdir()) == []

    def test_is_not_there_when_all_that_it_held_passes_now(self, runner):
        (runner.folder / "run-scenario.out/half_closed.pass_0").mkdir(parents=True)
        runner("half_closed.pass_0")
        assert list(runner.folder.iterdir()) == []

    def test_names_cut_and_engine(self, runner):
        runner("half_closed.pass_1", "--engine", "broken:window", "--cut", "twice")
        left = runner.folder / "run-scenario.out"
        assert [p.name for p in left.iterdir()] == ["half_closed.pass_1.twice.broken-window"]

    def test_replaces_what_an_earlier_run_left(self, runner):
        old = runner.folder / "run-scenario.out/half_closed.fail_a"
        old.mkdir(parents=True)
        (old / "stale").write_text("old")
        runner("half_closed.fail_a")
        assert [p.name for p in old.iterdir()] == ["transcript"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="becomes nobody, which needs root")
    def test_is_under_tmpdir_for_nobody(self, runner, tmp_path):
        temporary = tmp_path / "tmp"
        temporary.mkdir()
        temporary.chmod(0o777)
        for path in [runner.folder, runner.scenarios, tmp_path, *tmp_path.parents]:
            if not os.stat(path).st_mode & 0o001:
                path.chmod(os.stat(path).st_mode | 0o055)
        runner.environment.update(TMPDIR=str(temporary), FAKE_LOG="")
        result = runner("half_closed.fail_a", user=65534, group=65534, extra_groups=[])
        assert result.returncode == 1, result.stdout + result.stderr
        assert (temporary / "run-scenario.out/half_closed.fail_a/transcript").exists()
        assert not (runner.folder / "run-scenario.out").exists()


class TestText:
    def test_piped_has_no_colours_and_no_bar(self, runner):
        result = runner("half_closed", "half_closed.fail_a", "half_closed.skip")
        assert "\033" not in result.stdout and "\r" not in result.stdout

    def test_few_cases_have_a_line_each(self, runner):
        lines = runner("half_closed").stdout.splitlines()
        for name in COVER:
            assert any(re.match(rf"ok +half_closed\.{name} +once +\d+ ms", line) for line in lines)

    def test_many_cases_have_only_a_summary(self, runner):
        out = runner("half_closed", "half_closed.skip", "--cut", "once,twice", "--repeat", "2",
                     "-j1").stdout
        assert "ok " not in out
        assert "skipped 4: no TCP_REPAIR\n    half_closed.skip once, half_closed.skip twice, " in out
        assert "48 pass, 4 skip" in out.splitlines()[-1]

    def test_header_says_what_decides(self, runner):
        out = runner("half_closed", "--seed", "42", "-j", "3").stdout
        assert f"kernel {os.uname().release}  engine native  cut once  seed 42" in out
        assert "12 cases of 1 scenario, 3 at once" in out

    def test_a_failure_is_told_in_full(self, runner):
        out = runner("half_closed.fail_a").stdout
        assert "step 9 of 12\nexpected: 1\n" in out
        assert "a byte is lost" in out
        assert f"{runner.program} half_closed.fail_a --cut once --engine native --seed 1" in out

    def test_what_failed_among_many_is_named_again_at_the_end(self, runner):
        lines = runner("half_closed.fail_a", "--repeat", "60").stdout.splitlines()
        assert lines[-3].startswith("failed 60: ")
        assert lines[-2] == "    half_closed.fail_a, half_closed.fail_a, half_closed.fail_a and 57 more"

    def test_the_same_trouble_is_told_in_full_only_a_few_times(self, runner):
        out = runner("half_closed.exit", "--repeat", "60").stdout
        assert out.count("rerun with") == 3
        assert "in trouble 60: exited with 7 without a result" in out


def on_terminal(runner, *arguments, **environment):
    """What run-scenario writes to a terminal of 100 columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    base = {**runner.environment, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment}
    process = runner.start(*arguments, stdout=slave, stderr=slave, env=base)
    os.close(slave)
    text = b""
    while select.select([master], [], [], 20)[0]:
        try:
            more = os.read(master, 65536)
        except OSError:
            break
        if not more:
            break
        text += more
    os.close(master)
    process.wait(timeout=20)
    return text.decode()


class TestTerminal:
    def test_has_a_bar_that_vanishes(self, runner):
        text = on_terminal(runner, "half_closed", "--repeat", "3")
        assert "━" in text and "/36" in text
        assert "\033[32m" in text
        assert "\r\033[K36 cases" in text.strip().split("\n")[-1]

    def test_no_color_is_respected(self, runner):
        assert "\033[3" not in on_terminal(runner, "half_closed", NO_COLOR="1")

    def test_dumb_terminals_get_plain_lines(self, runner):
        assert "\033" not in on_terminal(runner, "half_closed", TERM="dumb")

    def test_bar_is_no_wider_than_the_screen(self, runner):
        text = on_terminal(runner, "half_closed", "--repeat", "3")
        plain = re.sub(r"\033\[[0-9;]*[mK]", "", text)
        assert max(len(line) for line in re.split(r"[\r\n]", plain)) < 100


class TestScenarioBinary:
    """The main function that every scenario binary has, over a scenario without sockets."""

    @pytest.fixture
    def toy(self, build, runner):
        runner.program = build / "tests/scenarios/toy_scenario"
        del runner.environment["SOCKCR_SCENARIOS"]
        return runner

    def test_describes_itself(self, toy):
        assert json.loads(toy("--describe").stdout)["scenario"] == "toy"

    def test_runs_its_cover(self, toy):
        code, cases, _ = toy.json()
        assert code == 0
        assert [c["case"] for c in cases] == ["toy.passes"]

    @pytest.mark.parametrize(
        "variant, code, verdict, reason",
        [
            ("passes", 0, "pass", ""),
            ("fails", 1, "fail", "as its name says"),
            ("lacks", 125, "skip", "the moon"),
            ("throws", 125, "trouble", "thrown"),
            ("aborts", 125, "trouble", "died by SIGABRT"),
        ],
    )
    def test_runs_a_variant(self, toy, variant, code, verdict, reason):
        result_code, cases, _ = toy.json(variant)
        assert result_code == code
        assert cases[0]["result"] == verdict
        assert reason in cases[0]["reason"]

    def test_takes_the_options(self, toy):
        _, cases, _ = toy.json("toy.echoes", "--cut", "none,twice", "--seed", "8", "-j1")
        requests = [json.loads(c["reason"]) for c in cases]
        assert [r["cut"] for r in requests] == ["none", "twice"]
        assert all(r["seed"] == 8 for r in requests)

    def test_has_no_selection_of_scenarios(self, toy):
        assert toy("--all").returncode == 129
        assert toy("nothing").returncode == 129

    def test_rerun_works_as_typed(self, toy):
        _, cases, _ = toy.json("fails")
        again = subprocess.run(cases[0]["rerun"], shell=True, cwd=toy.folder)
        assert again.returncode == 1

    def test_shows_and_lists(self, toy):
        assert toy("--show", "fails").stdout == "timeline of fails\n"
        assert toy("--timeline", "fails").stdout == "timeline of fails\n"
        assert toy("--explain", "fails").stdout == "timeline of fails\n"  # it has no reasons
        assert toy("--list").stdout.splitlines()[1:] == ["toy.passes"]

    def test_under_run_scenario_gives_the_same(self, build, toy):
        toy.scenarios = toy.folder / "scenarios"
        toy.scenarios.mkdir()
        shutil.copy(build / "tests/scenarios/toy_scenario", toy.scenarios / "toy")
        toy.program = build / "run-scenario"
        toy.environment["SOCKCR_SCENARIOS"] = str(toy.scenarios)
        code, cases, _ = toy.json("--exhaustive")
        assert code == 1
        assert sorted(c["result"] for c in cases) == [
            "fail", "pass", "pass", "skip", "trouble", "trouble"]

    def test_run_by_hand_answers_on_standard_output(self, toy):
        out = toy("--run-one", '{"variant":"passes"}').stdout
        assert json.loads(out.splitlines()[-1])["verdict"] == "pass"
