"""The house: arrows point down, rooms have one subject, every state has a scenario or a reason."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import ROOT

# Each room, and the rooms whose headers it may include besides its own; the nearest entry counts,
# so `engine/tcp` is asked before `engine`. A header alone may be named.
ARROWS = {
    "engine/sys": [],
    "engine/image": ["engine/sys"],
    "engine/options": ["engine/image", "engine/sys"],
    "engine/gate": ["engine/image", "engine/sys"],
    "engine/process": ["engine/image", "engine/sys"],
    "engine/udp": [
        "engine/image",
        "engine/options",
        "engine/gate/gate.h",
        "engine/gate/tap.h",
        "engine/process/diag.h",
        "engine/sys",
    ],
    "engine/raw": ["engine/image", "engine/options", "engine/sys", "engine/udp"],
    "engine/unix": ["engine/image", "engine/options", "engine/sys"],
    "engine/bpf": ["engine/image", "engine/sys"],
    "engine/tcp": [
        "engine/image",
        "engine/options",
        "engine/gate/gate.h",
        "engine/gate/tap.h",
        "engine/process/diag.h",
        "engine/process/md5_key.h",
        "engine/sys",
    ],
    "engine/probe": [
        "engine/bpf",
        "engine/gate",
        "engine/image",
        "engine/process",
        "engine/sys",
    ],
    "engine": ["engine"],
    "netns": ["engine/sys"],
    "pcap": ["engine/sys"],
    "scenarios/runner": ["engine/sys", "pcap/comparison"],
    "scenarios": ["scenarios", "engine", "netns", "pcap"],
    "tests": ["tests", "scenarios", "engine", "netns", "pcap"],
}
# What nobody may stand on but itself.
ROOFS = ["engine/tool", "engine/bench"]

# As of iproute2 6.1, for machines without ss.
STATES_OF_SS = (
    "established|syn-sent|syn-recv|fin-wait-{1,2}|time-wait|closed|close-wait|last-ack|listening|closing"
)


def sources(root: pathlib.Path) -> list[pathlib.Path]:
    """Every C++ file of the house, relative to its root."""
    found = []
    for room in ("engine", "netns", "pcap", "scenarios", "tests"):
        found += [path.relative_to(root) for path in (root / room).rglob("*")]
    return sorted(path for path in found if path.suffix in (".cc", ".h"))


def includes(path: pathlib.Path) -> list[str]:
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.MULTILINE)


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(room + "/")


def room_of(name: str) -> str:
    return max((room for room in ARROWS if is_in(name, room)), key=len)


def may_include(source: str, header: str) -> bool:
    """Whether the arrow from source to header points down, or stays in its room."""
    if any(is_in(header, roof) and not is_in(source, roof) for roof in ROOFS):
        return False
    room = room_of(source)
    return any(is_in(header, allowed) for allowed in [room, *ARROWS[room]])


def arrows_that_point_up(root: pathlib.Path) -> list[str]:
    return [
        f"{source} includes {header}"
        for source in sources(root)
        for header in includes(root / source)
        if not may_include(str(source), header)
    ]


def scenario_files(root: pathlib.Path) -> dict[str, str]:
    """File name without suffix -> the .name inside."""
    found = {}
    for path in (root / "scenarios").glob("*.cc"):
        name = re.search(r'\.name = "([^"]*)"', path.read_text())
        found[path.stem] = name.group(1) if name else ""
    return found


def registered(root: pathlib.Path) -> list[str]:
    text = (root / "scenarios" / "CMakeLists.txt").read_text()
    return re.findall(r"^sockcr_scenario\((\w+)\)", text, re.MULTILINE)


def states_of_ss(text: str) -> list[str]:
    """The names in `a|b-{1,2}`, alternatives written out."""
    names = []
    for word in text.split("|"):
        braces = re.fullmatch(r"(.*)\{(.*)\}", word)
        names += [braces[1] + each for each in braces[2].split(",")] if braces else [word]
    return names


def words_of_ss() -> str:
    if shutil.which("ss") is None:
        return STATES_OF_SS
    said = subprocess.run(["ss", "--help"], capture_output=True, text=True, check=False)
    listed = re.search(r"TCP-STATES := \{(.*)\}", said.stdout + said.stderr)
    assert listed, "ss --help lists no TCP-STATES"
    return listed.group(1)


def kernel_name(state: str) -> str:
    """As a scenario is named: fin-wait-1 is fin_wait1, closed is close."""
    return {"closed": "close", "listening": "listen"}.get(
        state, re.sub(r"_(\d)$", r"\1", state.replace("-", "_"))
    )


def states_without_scenario(states: list[str], shown: set[str]) -> list[str]:
    return [state for state in states if kernel_name(state) not in shown]


@pytest.fixture(scope="session")
def catalogue(build) -> set[str]:
    """Every name under which run-scenario has a scenario, aliases included."""
    listed = subprocess.run(
        [str(build / "run-scenario"), "--list", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {case["scenario"] for case in map(json.loads, listed.stdout.splitlines())}
    for name in set(names):
        path = ROOT / "scenarios" / f"{name}.cc"
        aliases = re.search(r"\.aliases = \{([^}]*)\}", path.read_text()) if path.exists() else None
        names.update(re.findall(r'"(\w+)"', aliases.group(1)) if aliases else [])
    return names


def test_arrows_point_down():
    assert arrows_that_point_up(ROOT) == []


def test_every_room_is_known():
    rooms = [path.relative_to(ROOT) for path in (ROOT / "engine").iterdir() if path.is_dir()]
    unknown = [str(r) for r in rooms if str(r) not in ARROWS and str(r) not in ROOFS]
    assert unknown == []


@pytest.mark.parametrize(
    "source, header",
    [
        ("engine/sys/call.cc", "engine/image/image.h"),
        ("engine/image/image.cc", "engine/tcp/capture.h"),
        ("engine/process/guardian.cc", "engine/tcp/repair.h"),
        ("engine/tcp/plan.cc", "engine/gate/iptables_gate.h"),
        ("engine/tcp/plan.cc", "engine/checkpoint.h"),
        ("engine/checkpoint.cc", "engine/tool/terminal.h"),
        ("engine/checkpoint.cc", "netns/veth.h"),
        ("pcap/decode.cc", "engine/image/address.h"),
        ("pcap/decode.cc", "netns/veth.h"),
        ("netns/veth.cc", "engine/gate/gate.h"),
        ("scenarios/runner/crew.cc", "scenarios/language/step.h"),
        ("scenarios/runner/crew.cc", "engine/checkpoint.h"),
        ("scenarios/language/cut.cc", "engine/tool/terminal.h"),
        ("scenarios/closing.cc", "tests/netns/world.h"),
    ],
)
def test_an_arrow_that_points_up_is_found(tmp_path, source, header):
    (tmp_path / source).parent.mkdir(parents=True)
    (tmp_path / source).write_text(f'#include <vector>\n#include "{header}"\n')
    assert arrows_that_point_up(tmp_path) == [f"{source} includes {header}"]


def test_no_room_without_a_subject():
    for name in ("utils", "util", "common", "misc", "helpers"):
        rooms = ("engine", "netns", "pcap", "scenarios", "tests", "ci")
        assert [p for room in rooms for p in (ROOT / room).rglob(name) if p.is_dir()] == []


def test_every_scenario_is_registered_under_its_name():
    files = scenario_files(ROOT)
    assert {stem: name for stem, name in files.items() if stem != name} == {}
    assert sorted(files) == registered(ROOT)


def test_every_state_of_ss_has_a_scenario(catalogue):
    states = states_of_ss(words_of_ss())
    assert len(states) >= 11
    assert states_without_scenario(states, catalogue) == []


def test_a_state_without_scenario_is_found():
    states = states_of_ss(STATES_OF_SS)
    shown = {kernel_name(state) for state in states} - {"fin_wait2"}
    assert states_without_scenario(states, shown) == ["fin-wait-2"]


def test_the_readme_has_the_catalogues_table(build):
    """ci/state-table --write renews it."""
    environment = {**os.environ, "SOCKCR_BUILD": str(build)}
    checked = subprocess.run(
        [str(ROOT / "ci/state-table"), "--check"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
