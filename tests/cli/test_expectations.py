"""What is known to differ between kernels: scenarios/expectations.json and what it makes of a verdict."""

import json
import shutil
import subprocess

import pytest

from conftest import ROOT
from test_run_scenario import runner  # noqa: F401 (a fixture)


@pytest.fixture
def known(runner):
    """Runs with a file of expectations."""

    def run(expectations, *arguments):
        file = runner.folder / "known.json"
        text = expectations if isinstance(expectations, str) else json.dumps(
            {"expectations": expectations}, indent=1)
        file.write_text(text)
        return runner.json("--expectations", file, *arguments)

    return run


def fails(case="half_closed.fail_a", **more):
    return {"case": case, "outcome": "fail", "reason": "a bug", "see": "0123456789ab", **more}


def skips(case="half_closed.skip", **more):
    return {"case": case, "outcome": "skip", "reason": "small kernels", **more}


class TestVerdict:
    def test_a_failure_becomes_xfail_with_its_reason(self, known):
        code, (case,), summary = known([fails()], "half_closed.fail_a")
        assert code == 0 and summary["xfail"] == 1
        assert case["result"] == "xfail"
        assert case["reason"] == "known: a bug (0123456789ab): a byte is lost"

    def test_a_pass_becomes_xpass(self, known):
        code, (case,), _ = known([fails("half_closed.pass_*")], "half_closed.pass_0")
        assert code == 1 and case["result"] == "xpass"
        assert "was expected to fail: a bug" in case["reason"]
        assert "known.json:3" in case["reason"]

    def test_trouble_is_never_expected(self, known):
        code, cases, _ = known([fails("*"), skips("*")], "half_closed.crash")
        assert code == 125 and cases[0]["result"] == "trouble"

    def test_a_failure_whose_control_fails_stays_trouble(self, known):
        _, cases, _ = known([fails("*")], "half_closed.bad_control")
        assert cases[0]["result"] == "trouble"

    @pytest.mark.parametrize(
        "more, met",
        [
            ({"cut": "once"}, True),
            ({"cut": "twice,none"}, False),
            ({"engine": "native"}, True),
            ({"engine": "broken:*"}, False),
            ({"kernel": {"since": "6.1"}}, True),  # the fake judges with 6.1.0
            ({"kernel": {"before": "6.1"}}, False),
            ({"kernel": {"since": "6.1-rc1", "before": "6.2"}}, True),
            ({"says": "byte"}, True),
            ({"says": "bit"}, False),
            ({"case": "half_closed.fail_?"}, True),
            ({"case": "half_closed"}, False),
        ],
    )
    def test_concerns_only_what_it_names(self, known, more, met):
        _, (case,), _ = known([{**fails(), **more}], "half_closed.fail_a")
        assert case["result"] == ("xfail" if met else "fail")

    def test_in_text_the_line_says_why_and_no_report_follows(self, runner):
        (runner.folder / "known.json").write_text(json.dumps({"expectations": [fails()]}))
        out = runner("half_closed.fail_a", "half_closed.pass_0", "--expectations", "known.json").stdout
        assert "known: a bug (0123456789ab): a byte is lost" in out
        assert "step 9 of 12" not in out


class TestStrict:
    def test_a_skip_that_nobody_expects_is_trouble(self, known):
        code, cases, _ = known([], "half_closed.skip", "half_closed.pass_0", "--strict")
        assert code == 125
        assert {case["result"]: case["reason"] for case in cases}["trouble"] == (
            "a skip that nobody expects: no TCP_REPAIR")

    @pytest.mark.parametrize(
        "more, code",
        [({}, 0), ({"says": "^no TCP"}, 0), ({"says": "^no UDP"}, 125), ({"cut": "twice"}, 125)],
    )
    def test_an_expected_skip_stays_one(self, known, more, code):
        got, _, summary = known([skips(**more)], "half_closed.skip", "half_closed.pass_0", "--strict")
        assert got == code and summary["skip"] == (1 if code == 0 else 0)

    def test_what_no_skip_needed_is_told(self, runner):
        (runner.folder / "known.json").write_text(
            json.dumps({"expectations": [skips("half_closed.pass_0"), skips("half_closed.pass_1")]}))
        result = runner("half_closed.pass_0", "--expectations", "known.json", "--strict")
        assert result.returncode == 0
        assert "\nnote: known.json:1: no skip needed half_closed.pass_0\n" in result.stdout
        assert result.stdout.count("note: ") == 1


class TestFile:
    def test_of_the_build_is_the_default(self, build, runner):
        shutil.copy(runner.program, runner.folder / "run-scenario")
        runner.program = runner.folder / "run-scenario"
        (runner.folder / "expectations.json").write_text(json.dumps({"expectations": [fails()]}))
        assert runner.json("half_closed.fail_a")[1][0]["result"] == "xfail"
        assert runner.json("half_closed.fail_a", "--no-expectations")[1][0]["result"] == "fail"
        (runner.folder / "expectations.json").unlink()
        assert runner.json("half_closed.fail_a")[1][0]["result"] == "fail"
        assert (build / "expectations.json").read_text() == (
            ROOT / "scenarios" / "expectations.json").read_text()

    @pytest.mark.parametrize(
        "text, words",
        [
            ("{", "known.json:1: no JSON"),
            ('{"expectations": [\n {"case": "*"}]}', "known.json:2: outcome: is missing"),
            (json.dumps({"expectations": [fails(cut="sideways")]}, indent=1), "known.json:8: cut: "),
            (json.dumps({"expectations": [fails(kernels={})]}, indent=1), "did you mean kernel?"),
        ],
    )
    def test_that_is_damaged_is_wrong_usage_before_anything_runs(self, runner, text, words):
        (runner.folder / "known.json").write_text(text)
        result = runner("half_closed", "--expectations", "known.json")
        assert result.returncode == 129 and result.stdout == ""
        assert words in result.stderr and len(result.stderr.splitlines()) == 1

    def test_that_is_missing_is_wrong_usage(self, runner):
        assert runner("half_closed", "--expectations", "nowhere.json").returncode == 129


class TestCheck:
    def test_names_what_matches_no_case(self, runner):
        (runner.folder / "known.json").write_text(
            json.dumps({"expectations": [fails(), skips("half_closed.v9_*")]}, indent=1))
        result = runner("--check-expectations", "--expectations", "known.json")
        assert result.returncode == 1
        assert result.stdout.splitlines() == [
            "known.json:9: case: half_closed.v9_* matches no case",
            "2 expectations, 1 match no case",
        ]

    def test_every_expectation_of_this_tree_matches_a_case(self, build):
        checked = subprocess.run([str(build / "run-scenario"), "--check-expectations"],
                                 capture_output=True, text=True, timeout=60)
        assert checked.returncode == 0, checked.stdout + checked.stderr
