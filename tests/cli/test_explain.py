"""--explain: every step of the catalogue has its reason."""

import concurrent.futures
import json
import re
import subprocess

import pytest

MISSING = "(no reason is written down)"


def run(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def without_reason(text):
    """The steps below which nobody has said why."""
    lines = text.splitlines()
    return [before.split(maxsplit=1)[1] for before, line in zip(lines, lines[1:])
            if line.strip() == MISSING]


def test_what_is_missing_is_found():
    text = f"   1  ours sings\n          {MISSING}\n   2  ours closes\n          in order\n"
    assert without_reason(text) == ["ours sings"]


@pytest.fixture(scope="module")
def explanations(build):
    listed = run(build / "run-scenario", "--list", "--exhaustive", "--long", "--format", "json")
    cases = [json.loads(line) for line in listed.splitlines()]

    def explain(case):
        return run(build / "scenarios" / case["scenario"], "--explanation", case["variant"])

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return dict(zip((case["case"] for case in cases), pool.map(explain, cases)))


def test_every_step_of_every_case_has_a_reason(explanations):
    assert len(explanations) > 1000
    missing = {step for text in explanations.values() for step in without_reason(text)}
    assert missing == set()


def test_the_steps_are_those_that_show_has(build, explanations):
    for name in ("half_closed.v4_active_all_ts", "listen.v4_passive_empty_ts"):
        shown = run(build / "run-scenario", "--show", name)
        steps = re.compile(r"^ +\d+  .*$", re.MULTILINE)
        assert steps.findall(shown) == steps.findall(explanations[name])
        assert run(build / "run-scenario", "--explain", name) == explanations[name]
