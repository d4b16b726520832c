"""ci/: what it asks of a machine, what it says, and that a green line hides nothing."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
BASH = ["bootstrap", "build", "catch-broken", "run-scenario", "test", "tidy"]
RERUN = "run-scenario half_closed.v4_active_empty_ts"


def run(command, **keywords):
    keywords.setdefault("env", dict(os.environ, LC_ALL="C"))
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        **keywords,
    )


# ---- the scripts themselves ----------------------------------------------------------------------


def test_the_list_of_scripts_is_complete():
    assert sorted(BASH + ["judge-results"]) == sorted(
        path.name for path in CI.iterdir() if os.access(path, os.X_OK) and path.is_file()
    )


@pytest.mark.parametrize("name", BASH)
def test_bash_accepts_it(name):
    assert run(["bash", "-n", CI / name]).returncode == 0


@pytest.mark.parametrize("name", BASH + ["../.ci/run"])
def test_shellcheck_accepts_it(name):
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    checked = run(["shellcheck", CI / name])
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", BASH + ["judge-results"])
def test_help_tells_the_use_and_the_exit_codes(name):
    helped = run([CI / name, "--help"])
    assert helped.returncode == 0
    assert helped.stdout.startswith("usage: ")
    assert "exit" in helped.stdout.lower()


@pytest.mark.parametrize("name", ["bootstrap", "build", "test", "tidy", "judge-results"])
def test_a_wrong_option_is_wrong_usage(name):
    refused = run([CI / name, "--bogus"])
    assert refused.returncode == 129
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) >= 1


def test_the_pipeline_runs_the_quick_tier():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1].endswith("exec bash ci/test")


# ---- bootstrap -----------------------------------------------------------------------------------


class Machine:
    """A machine on which dpkg-query does not know `absent`, and apt-get writes down its calls."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "apt.log"
        folder.chmod(0o755)
        self.bootstrap = folder / "bootstrap"  # where nobody can read it, wherever the clone lies
        shutil.copy(CI / "bootstrap", self.bootstrap)
        self.bin = folder / "bin"
        self.bin.mkdir()

    def has(self, name, text):
        path = self.bin / name
        path.write_text("#!/bin/bash\n" + text)
        path.chmod(0o755)

    def lacks(self, *absent):
        names = "|".join(absent) or "-"
        self.has(
            "dpkg-query",
            f'for name in "${{@:3}}"; do case $name in {names}) bad=1 ;; '
            '*) echo "$name installed" ;; esac; done; exit ${bad:-0}\n',
        )

    def call(self, *arguments, user=None, path=None):
        command = ["setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups"] if user else []
        environment = {"PATH": path or f"{self.bin}:/usr/bin:/bin:/usr/sbin:/sbin"}
        return run([*command, self.bootstrap, *arguments], env=environment, cwd="/")


@pytest.fixture
def machine():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        made = Machine(pathlib.Path(folder))
        made.has("apt-get", f'echo "$@" >>{made.log}\n')
        yield made


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")


@needs_root
def test_without_rights_bootstrap_prints_the_exact_command(machine):
    machine.lacks("libnet1-dev", "tshark")
    refused = machine.call(user="nobody")
    assert refused.returncode == 125
    assert refused.stdout == ""
    assert refused.stderr.splitlines()[-1] == (
        "sudo apt-get install -y --no-install-recommends libnet1-dev tshark"
    )
    assert not machine.log.exists()


@needs_root
def test_a_group_is_asked_for_by_name(machine):
    machine.lacks("bpftool", "graphviz")
    assert machine.call(user="nobody").returncode == 0
    for arguments in (["--with", "bpf"], ["--with=bpf"]):
        refused = machine.call(*arguments, user="nobody")
        assert refused.returncode == 125
        assert refused.stderr.endswith("--no-install-recommends bpftool\n")


def test_bootstrap_is_silent_when_nothing_is_missing(machine):
    machine.lacks()
    done = machine.call()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not machine.log.exists()


def test_bootstrap_names_the_groups_it_knows(machine):
    for arguments in (["--with", "everything"], ["--with"]):
        refused = machine.call(*arguments)
        assert refused.returncode == 129
        assert "bpf, programs, kernels or reports" in refused.stderr


def test_without_apt_bootstrap_says_what_is_needed(machine):
    for name in ("bash", "env", "dirname"):
        (machine.bin / name).symlink_to(shutil.which(name))
    (machine.bin / "apt-get").unlink()
    refused = machine.call(path=str(machine.bin))
    assert refused.returncode == 125
    assert "no apt" in refused.stderr and "libnl-3-dev" in refused.stderr


# ---- judge-results -------------------------------------------------------------------------------


def case(result, name="half_closed.v4_active_empty_ts", reason=""):
    return {"case": name, "cut": "once", "result": result, "reason": reason, "rerun": RERUN}


def judge(cases, expected=None, tmp_path=None, counted=None, summary=True):
    lines = [json.dumps(each) for each in cases]
    if summary:
        lines.append(json.dumps({"summary": {"cases": len(cases) if counted is None else counted}}))
    command = [sys.executable, CI / "judge-results"]
    if expected is not None:
        (tmp_path / "expected").write_text(expected)
        command += ["--expected", tmp_path / "expected"]
    return subprocess.run(
        command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=60
    )


def test_passes_are_good():
    judged = judge([case("pass"), case("xfail", reason="known")])
    assert judged.returncode == 0
    assert judged.stdout == "2 cases: 1 pass, 1 xfail\n"


@pytest.mark.parametrize("bad", ["fail", "xpass", "trouble"])
def test_what_is_bad_is_named_with_its_rerun(bad):
    judged = judge([case("pass"), case(bad, reason="control failed")])
    assert judged.returncode == 1
    assert f"{bad:8}half_closed.v4_active_empty_ts  once  control failed" in judged.stdout
    assert RERUN in judged.stdout


def test_an_unexpected_skip_fails():
    judged = judge([case("pass"), case("skip", reason="TCP_REPAIR: no such option")])
    assert judged.returncode == 1
    assert "TCP_REPAIR: no such option" in judged.stdout


@pytest.mark.parametrize(
    "line, accepted",
    [
        ("half_closed.* | ^no IPv6", True),
        ("half_closed.v6_* | ^no IPv6", True),
        ("half_closed.v4_* | ^no IPv6", False),
        ("half_closed.* | ^no IPv4", False),
        ("# half_closed.* | ^no IPv6", False),
    ],
)
def test_a_skip_is_expected_by_case_and_reason(line, accepted, tmp_path):
    skip = case("skip", "half_closed.v6_active_empty_ts", "no IPv6 in this kernel")
    judged = judge([case("pass"), skip], line + "\n", tmp_path)
    assert judged.returncode == (0 if accepted else 1), judged.stdout


def test_trouble_cannot_be_expected(tmp_path):
    judged = judge([case("pass"), case("trouble", reason="odd")], "* | .\n", tmp_path)
    assert judged.returncode == 1


def test_a_line_without_use_is_reported(tmp_path):
    judged = judge([case("pass")], "time_wait.* | never\n", tmp_path)
    assert judged.returncode == 0
    assert "expected:1: no skip needed this line" in judged.stdout


@pytest.mark.parametrize("line", ["half_closed.*", "| reason", "a | (", "a |"])
def test_a_damaged_expectation_is_wrong_usage(line, tmp_path):
    judged = judge([case("pass")], line + "\n", tmp_path)
    assert judged.returncode == 129
    assert "expected:1" in judged.stderr


def test_nothing_judged_is_not_good():
    assert judge([]).returncode == 125
    assert judge([case("trouble"), case("skip")]).returncode == 125


def test_a_run_that_was_cut_short_is_not_good():
    assert "did not come to its end" in judge([case("pass")], summary=False).stdout
    assert judge([case("pass")], summary=False).returncode == 1
    assert judge([case("pass")], counted=2).returncode == 1


def test_a_line_that_is_no_result_is_not_good():
    judged = judge([case("pass"), case("sunny"), {"case": "half_closed"}], counted=1)
    assert judged.returncode == 1
    assert "line 2 is no result" in judged.stdout and "line 3 is no result" in judged.stdout


def test_the_expectation_file_of_this_tree_can_be_read():
    command = [sys.executable, CI / "judge-results", "--expected", CI / "expected-skips"]
    judged = subprocess.run(command, input="", capture_output=True, text=True, timeout=60)
    assert judged.returncode == 125, judged.stderr
