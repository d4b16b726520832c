"""run-scenario --walk: random conversations pass, a broken engine is found, what is found shrinks
to a file of the catalogue that compiles."""

import json
import os
import re
import subprocess

import pytest

from conftest import ROOT

SEED = 1


@pytest.fixture
def walk(build, tmp_path):
    def run(*arguments: str, count: int = 1) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(build / "run-scenario"), "--walk", str(count), *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )

    return run


def json_lines(result: subprocess.CompletedProcess) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def source_in(report: str) -> str:
    found = re.search(r"as a scenario, for scenarios/\w+\.cc:\n\n(.*?// namespace sockcr::scenario\n)", report, re.S)
    assert found, report
    return found.group(1)


def commands_for(build, name: str, source) -> list[str]:
    """How the build makes `established`, but of another file and into another program."""
    told = subprocess.run(
        ["ninja", "-C", str(build), "-t", "commands", "scenarios/established"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    made = [line for line in told if "scenario_established.dir/established.cc.o" in line]
    assert len(made) == 2, "one to compile, one to link"
    replaced = []
    for line in made:
        line = line.replace(str(ROOT / "scenarios/established.cc"), str(source))
        line = line.replace("../../scenarios/established.cc", str(source))
        line = re.sub(r"\S*scenario_established\.dir/established\.cc\.o", f"{source}.o", line)
        replaced.append(line.replace("scenarios/established ", f"{name} "))
    return replaced


class TestWalks:
    def test_pass(self, walk):
        result = walk("--seed", str(SEED), "--format", "json", count=30)
        *cases, last = json_lines(result)
        assert result.returncode == 0, result.stdout
        assert [case for case in cases if case["result"] not in ("pass", "skip")] == []
        assert last["summary"]["cases"] == 30
        assert sorted(case["case"] for case in cases) == sorted(
            f"walk.{seed}" for seed in range(SEED, SEED + 30)
        )

    def test_are_repeated_by_the_command_that_is_told(self, walk):
        (case, _) = json_lines(walk("--seed", "7", "--format", "json"))
        assert case["case"] == "walk.7"
        assert case["rerun"].endswith("--walk 1 --cut once --engine native --seed 7")

    def test_are_shown_in_words(self, build):
        shown = subprocess.run(
            [str(build / "run-scenario"), "--show", "walk.7"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert shown.splitlines()[0].startswith("walk_7.")
        assert "the conversation ends in order" in shown

    def test_say_what_impairs_the_wire(self, build, walk):
        late = re.compile(r"wire (loses one in five|delivers twice|delays|swaps)")
        for seed in range(1, 500):
            shown = subprocess.run(
                [str(build / "run-scenario"), "--show", f"walk.{seed}"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            if late.search(shown):
                break
        (case, _) = json_lines(walk("--seed", str(seed), "--format", "json"))
        assert case["result"] == "pass"
        assert re.match(r"the wire: (netem|NFQUEUE|iptables)", case["reason"])

    def test_take_every_cut(self, walk):
        result = walk("--cut", "none,once,twice,elsewhere", "--format", "json", count=5)
        *cases, last = json_lines(result)
        assert result.returncode == 0, result.stdout
        assert last["summary"]["cases"] == 20


@pytest.fixture
def walk_engines(build):
    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(ROOT / "ci/walk-engines"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SOCKCR_BUILD": str(build)},
        )

    return run


class TestTheTableOfEngines:
    def test_tells_when_each_was_found(self, walk_engines):
        result = walk_engines("no-resume")
        assert result.returncode == 0, result.stdout
        found = re.search(r"^broken:no-resume +(\d+) +(\d+)  gate closes; cut$", result.stdout, re.M)
        assert found, result.stdout
        assert int(found.group(1)) <= 200
        assert int(found.group(2)) <= 12

    def test_fails_for_one_that_is_not_found(self, walk_engines):
        result = walk_engines("--walk", "1", "linger")
        assert result.returncode == 1
        assert "1 not found" in result.stdout

    @pytest.mark.parametrize("arguments", [["--nope"], ["nobody"], ["--seed", "0"], ["--walk"]])
    def test_refuses_what_it_does_not_know(self, walk_engines, arguments):
        assert walk_engines(*arguments).returncode == 129


class TestABrokenEngine:
    def test_is_found_and_shrunk_to_source_that_compiles(self, walk, build, tmp_path):
        result = walk("--engine", "broken:unsent", "--until-fail", count=200)
        assert result.returncode == 1, result.stdout
        steps = re.search(r"the walk, (\d+) steps: (.*)", result.stdout)
        assert int(steps.group(1)) <= 12
        assert re.search(r"ours (writes|shouts) \d+", steps.group(2))  # what the engine loses
        assert "shrunk in" in result.stdout

        source = tmp_path / "found.cc"
        source.write_text(source_in(result.stdout))
        program = tmp_path / "found"
        for command in commands_for(build, str(program), source):
            made = subprocess.run(command, shell=True, cwd=build, capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr

        name = re.search(r'\.name = "(\w+)"', source.read_text()).group(1)
        listed = subprocess.run([str(program), "--list"], capture_output=True, text=True, check=True)
        variant = re.search(rf"{name}\.(\w+)", listed.stdout).group(1)
        pasted = subprocess.run(
            [str(program), "--show", variant], capture_output=True, text=True, check=True
        ).stdout
        walked = subprocess.run(
            [str(build / "run-scenario"), "--show", f"walk.{steps.group(2)}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        numbered = re.compile(r"^ +\d+  .*$", re.M)
        assert numbered.findall(pasted) == numbered.findall(walked)
        assert len(numbered.findall(pasted)) >= 12
