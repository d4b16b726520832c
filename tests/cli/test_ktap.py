"""--format ktap and --exit-style ksft, against a reader that enforces ktap.rst."""

import os
import re
import signal

import pytest

import ktap
from test_run_scenario import COVER, add_scenario, runner  # noqa: F401 (a fixture)

GOOD = """KTAP version 1
1..2
# kernel 6.18
  KTAP version 1
  1..3
  # Subtest: a
  ok 1 a.x # ms=3
  ok 2 a.y # SKIP no such option
  # | expected: 1
  not ok 3 a.z # violation: a byte
  # Totals: pass:1 fail:1 xfail:0 xpass:0 skip:1 error:0
not ok 1 a # 1 of 3 failed
  KTAP version 1
  1..1
  ok 1 b.x # ms=4
  # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0
ok 2 b
# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:1 error:0
"""


class TestReader:
    def test_reads_what_is_good(self):
        document = ktap.read(GOOD)
        assert [test.name for test in document.tests] == ["a", "b"]
        assert [ktap.kind_of(test) for test in document.tests[0].subtests] == ["pass", "skip", "fail"]

    @pytest.mark.parametrize(
        "broken, by, why",
        [
            ("KTAP version 1\n1..2", "TAP version 13\n1..2", "version line"),
            ("1..2\n", "1..3\n", "fewer tests"),
            ("1..2\n", "1..1\n", "more tests"),
            ("  1..1\n", "", None),
            ("  KTAP version 1\n  1..1", "  1..1", "belongs to no list"),
            ("ok 2 a.y", "ok 3 a.y", "number 2 is due"),
            ("not ok 1 a #", "ok 1 a #", "a subtest failed"),
            ("ok 1 a.x # ms=3", "ok 1 a.x # ms=3 FAIL", "alarming"),
            ("  ok 1 a.x", "  # | SKIP\n  ok 1 a.x", "alarming"),
            ("  ok 1 a.x", "ok 1 a.x", "empty"),
            ("# | expected", "#| expected", "begins with"),
            ("# | expected", "expected", "neither result"),
            ("pass:2", "pass:3", "totals"),
            ("pass:1 fail:1", "pass:2 fail:1", "totals"),
            ("# ms=4", "# ERROR lost", "error that is ok"),
            ("not ok 1 a # 1 of 3 failed\n", "", "wrong place"),
        ],
    )
    def test_refuses_what_is_broken(self, broken, by, why):
        assert broken in GOOD
        text = GOOD.replace(broken, by, 1)
        if why is None:
            ktap.read(text)  # a plan may be left out
            return
        with pytest.raises(ktap.NotKtap, match=why):
            ktap.read(text)


def read(result):
    return ktap.read(result.stdout)


class TestKtap:
    def test_of_every_verdict(self, runner):
        names = [f"half_closed.{v}" for v in ("fail_a", "xpass", "xfail", "skip", "crash")]
        result = runner("half_closed", *names, "--format", "ktap")
        (test,) = read(result).tests
        assert ktap.counts(test.subtests) == {
            "pass": 12, "fail": 1, "xfail": 1, "xpass": 1, "skip": 1, "error": 1}
        assert result.returncode == 1
        failed = next(t for t in test.subtests if t.name == "half_closed.fail_a")
        assert "| step 9 of 12" in failed.diagnostics
        assert any(line.startswith("| rerun with ") for line in failed.diagnostics)
        passed = next(t for t in test.subtests if t.name == "half_closed.pass_0")
        assert re.fullmatch(r"ms=\d+ stall_ms=0\.2", passed.data)

    def test_of_passes_holds_no_alarming_word(self, runner):
        out = runner("--all", "--format", "ktap").stdout
        assert not re.search("FAIL|SKIP|ERROR|not ok", out)

    def test_groups_what_ends_in_any_order(self, runner):
        add_scenario(runner.scenarios, "other")
        document = read(runner("--all", "--shuffle", "--cut", "none,twice", "--format", "ktap"))
        assert sorted(test.name for test in document.tests) == ["half_closed", "other"]
        for test in document.tests:
            assert sorted(sub.name for sub in test.subtests) == sorted(
                f"{test.name}.{v}.{cut}" for v in COVER for cut in ("none", "twice"))

    def test_of_rounds_numbers_them(self, runner):
        document = read(runner("half_closed", "--repeat", "3", "--format", "ktap"))
        names = ["half_closed", "half_closed.round2", "half_closed.round3"]
        assert sorted(test.name for test in document.tests) == names

    def test_of_a_damaged_scenario_is_an_error(self, runner):
        torn = runner.scenarios / "torn"
        torn.write_text("#!/bin/sh\necho hello\n")
        torn.chmod(0o755)
        document = read(runner("--all", "--format", "ktap"))
        assert {t.name: ktap.kind_of(t) for t in document.tests} == {
            "half_closed": "pass", "torn": "error"}

    def test_interrupted_tells_what_is_known_and_bails_out(self, runner):
        names = ["half_closed.hang_a", "half_closed.pass_0", "half_closed.pass_1"]
        process = runner.start(*names, "--format", "ktap", "-j1")
        runner.pids(1)  # one at a time: the two others have been judged
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 130
        document = ktap.read(out)
        assert document.bailed_out == "Bail out! interrupted after 2 of 3 cases"
        (test,) = document.tests
        assert test.directive == "ERROR"
        assert [sub.name for sub in test.subtests] == names[1:]

    def test_stopped_bails_out(self, runner):
        result = runner("half_closed", "half_closed.fail_a", "--max-failures", "1", "-j1",
                        "--shuffle", "--format", "ktap")
        assert ktap.read(result.stdout).bailed_out.startswith("Bail out! stopped after ")

    def test_streams_a_scenario_when_it_is_complete(self, runner):
        add_scenario(runner.scenarios, "other")
        process = runner.start("half_closed", "other.hang_a", "--format", "ktap")
        lines = []
        while not (lines and lines[-1].startswith("ok 1 half_closed")):
            lines.append(process.stdout.readline())
            assert lines[-1], "half_closed did not come while other runs"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    def test_of_shards_together_is_the_whole(self, runner):
        names = []
        for i in (1, 2, 3):
            shard = read(runner("half_closed", "--shard", f"{i}/3", "--format", "ktap"))
            names += [sub.name for test in shard.tests for sub in test.subtests]
        assert sorted(names) == sorted(f"half_closed.{v}" for v in COVER)

    def test_until_fail_has_no_plan(self, runner):
        result = runner("half_closed.pass_0", "half_closed.fail_a", "--until-fail",
                        "--format", "ktap")
        document = ktap.read(result.stdout)
        assert document.plan is None and document.bailed_out

    def test_with_list_lists(self, runner):
        assert "half_closed.pass_0" in runner("--list", "--format", "ktap").stdout


class TestKsft:
    @pytest.mark.parametrize(
        "variants, code",
        [
            (["pass_0", "skip", "xfail"], 0),
            (["pass_0", "fail_a"], 1),
            (["pass_0", "xpass"], 1),
            (["xfail", "skip"], 2),
            (["skip"], 4),
            (["pass_0", "crash"], 1),
            (["skip", "crash"], 1),
        ],
    )
    def test_exit_code_is_kselftests(self, runner, variants, code):
        names = [f"half_closed.{v}" for v in variants]
        assert runner(*names, "--exit-style", "ksft").returncode == code

    def test_wrong_usage_stays_wrong_usage(self, runner):
        assert runner("half_close", "--exit-style", "ksft").returncode == 129

    def test_help_says_why_trouble_is_a_failure(self, runner):
        assert "4, a skip, would hide it" in runner("--help").stdout


def test_memory_does_not_grow_with_the_rounds(runner, tmp_path):
    junit = tmp_path / "results.xml"
    process = runner.start("half_closed.pass_0", "--until-fail", "--format", "ktap", "--junit", junit)
    peaks, rounds = [], 0
    for count in (50, 1000):
        while rounds < count:
            rounds += process.stdout.readline().startswith("ok ")
        with open(f"/proc/{process.pid}/status", encoding="utf-8") as status:
            peaks.append(int(re.search(r"VmHWM:\s*(\d+) kB", status.read())[1]))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert peaks[1] < peaks[0] + 128
    assert os.path.exists(junit)
