"""run-scenario --engine criu: whose fault it is when there is no CRIU, or none that works here.

With $SOCKCR_DEBIAN, a version of Debian's kernel in which its criu runs (6.1), and a criu, cases are
judged there too; they are skipped by name without.
"""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

DEBIAN = os.environ.get("SOCKCR_DEBIAN", "")
CRIU = shutil.which("criu", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
needs_kernel = pytest.mark.skipif(not DEBIAN, reason="set SOCKCR_DEBIAN to a version: 6.1")
needs_criu = pytest.mark.skipif(not CRIU, reason="no criu: ci/bootstrap --with kernels")


@pytest.fixture
def judged(build, tmp_path):
    """run-scenario: its end, and its lines of JSON but the summary."""

    def run(*arguments: str, environment: dict | None = None):
        result = subprocess.run(
            [build / "run-scenario", *arguments, "--format", "json", "--no-expectations"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
            env=os.environ | (environment or {}),
        )
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        return result, [line for line in lines if "case" in line]

    return run


@pytest.fixture
def fake_criu(tmp_path):
    """A program that fails as criu does, in `stage`: it is asked for check, dump and restore."""

    def make(stage: str, words: str) -> pathlib.Path:
        program = tmp_path / "criu"
        script = f"#!/bin/sh\n[ $1 = {stage} ] || exit 0\necho '{words}' >&2\nexit 1\n"
        program.write_text(script)
        program.chmod(0o755)
        return program

    return make


class TestProgram:
    def test_is_among_the_engines(self, build):
        listed = subprocess.run([build / "run-scenario", "--list-engines"], capture_output=True, text=True)
        assert any(line.startswith("criu ") for line in listed.stdout.splitlines())

    @pytest.mark.parametrize("path", ["/nowhere/criu", "/etc/passwd", "/"])
    def test_that_is_none_is_trouble(self, judged, path):
        result, cases = judged("established", "--engine", f"criu:{path}")
        assert result.returncode == 125
        assert f"{path} is no program" in result.stderr
        assert cases == []

    @pytest.mark.parametrize("engine", ["criu:", "criu:sbin/criu"])
    def test_without_a_whole_path_is_wrong_usage(self, judged, engine):
        result, _ = judged("established", "--engine", engine)
        assert result.returncode == 129
        assert "absolute path" in result.stderr


class TestMachine:
    def test_where_criu_fails_before_any_socket_is_trouble(self, judged, fake_criu):
        words = "Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds"
        engine = f"criu:{fake_criu('check', words)}"
        result, cases = judged("established.v4_active_empty_ts", "--engine", engine)
        assert result.returncode == 125
        assert [case["result"] for case in cases] == ["trouble"]
        assert "vdso: Unexpected rt vDSO area bounds" in cases[0]["reason"]
        assert "debian:6.1" in cases[0]["reason"]

    def test_what_criu_declares_not_to_do_is_a_skip(self, judged, fake_criu):
        words = "Error (criu/sk-inet.c:188): inet: In-flight connection (l) for 2a3c"
        engine = f"criu:{fake_criu('dump', words)}"
        result, cases = judged("accept_queue.v4_passive_empty_ts", "--engine", engine)
        assert [case["result"] for case in cases] == ["skip"]
        assert "In-flight connection (l)" in cases[0]["reason"]

    def test_a_control_needs_no_criu(self, judged, fake_criu):
        engine = f"criu:{fake_criu('check', 'never called')}"
        result, cases = judged("established.v4_active_empty_ts", "--engine", engine, "--cut", "none")
        assert [case["result"] for case in cases] == ["pass"], cases


@needs_kernel
@needs_criu
class TestDebian:
    """Behaviour of criu 3.17.1 on Linux 6.1 that does not depend on the machine's pace."""

    def judge(self, judged, *arguments: str) -> dict:
        result, cases = judged(*arguments, "--engine", "criu", "--kernel", f"debian:{DEBIAN}")
        assert len(cases) == 1, result.stderr
        return cases[0]

    def test_a_connection_is_carried_and_its_options_are_told(self, judged):
        case = self.judge(judged, "established.v4_active_empty_ts")
        assert case["result"] == "fail"
        assert "SO_REUSEPORT" in case["reason"]

    def test_several_programs_are_skipped_by_name(self, judged):
        case = self.judge(judged, "shared_socket.v4_active_unread_ts_fork")
        assert case["result"] == "skip"
        assert "one tree of processes" in case["reason"]
