"""ci/: what it asks of a machine, what it says, and that a green line hides nothing."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

from deadline import until

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
BASH = ["bootstrap", "build", "build-kernel", "bundle", "catch-broken", "debian-kernel", "fuzz", "run-scenario", "test", "tidy", "walk-engines"]
PYTHON = ["bisect", "bisect-step", "matrix", "mutants", "state-table"]


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
    assert sorted(BASH + PYTHON) == sorted(
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


@pytest.mark.parametrize("name", BASH + PYTHON)
def test_help_tells_the_use_and_the_exit_codes(name):
    helped = run([CI / name, "--help"])
    assert helped.returncode == 0
    assert helped.stdout.startswith("usage: ")
    assert "exit" in helped.stdout.lower()


@pytest.mark.parametrize("name", ["bisect", "bootstrap", "build", "bundle", "debian-kernel", "matrix", "test", "tidy"])
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


@needs_root
def test_what_unpacks_the_modules_of_debians_kernels_is_asked_for(machine):
    machine.lacks("kmod", "cpio", "xz-utils")
    refused = machine.call("--with", "kernels", user="nobody")
    assert refused.stderr.endswith("--no-install-recommends cpio kmod xz-utils\n")


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


# ---- folders of somebody else --------------------------------------------------------------------


@pytest.mark.parametrize("name, closed, arguments", [
    ("build-kernel", "out", ["tree", "-o", "out"]),
    ("build-kernel", "out", ["tree", "-o", "out/um"]),
    ("debian-kernel", "out/sockcr/kernels", ["6.1"]),
    ("debian-kernel", "out", ["6.1"]),
])
def test_a_folder_that_cannot_be_written_is_trouble_and_not_the_kernels_fault(
    machine, name, closed, arguments
):
    folder = machine.folder
    for tool in ("make", "gcc", "flex", "bison", "bc", "depmod", "modprobe", "cpio", "xz"):
        machine.has(tool, "")
    shutil.copy(CI / name, folder)
    (folder / "tree/net/ipv4").mkdir(parents=True)
    (folder / "tree/Kconfig").touch()
    (folder / closed).mkdir(parents=True)
    (folder / closed).chmod(0o555)
    nobody = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    environment = {"PATH": f"{machine.bin}:/usr/bin:/bin", "XDG_CACHE_HOME": f"{folder}/out"}
    command = [*(nobody if os.geteuid() == 0 else []), folder / name, *arguments]
    refused = run(command, env=environment, cwd=folder)
    assert refused.returncode == 125
    assert refused.stdout == "" and len(refused.stderr.splitlines()) == 1
    assert refused.stderr.startswith(f"ci/{name}: {folder if 'debian' in name else ''}")


# ---- from a fresh clone ---------------------------------------------------------------------------


class Clone:
    """A tree with this project's ci/, in which every program is a fake that notes its call."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log"
        self.bin = folder / "bin"
        self.bin.mkdir()
        shutil.copytree(CI, folder / "ci")
        (folder / "tests" / "cli").mkdir(parents=True)
        (folder / "tests" / "cli" / "test_nothing.py").write_text("def test_nothing(): pass\n")
        self.program = folder / "build" / "dev" / "run-scenario"
        self.program.parent.mkdir(parents=True)
        self.fake(folder / "ci" / "bootstrap")
        self.fake(folder / "ci" / "tidy")
        for name in ("cmake", "ninja", "git", "clang-format", "ctest"):
            self.fake(self.bin / name)
        self.fake_run_scenario(catalogue=0, broken=1)

    def fake(self, path, text=""):
        path.write_text(f'#!/bin/bash\necho "{path.name} $*" >>{self.log}\n{text}\n')
        path.chmod(0o755)

    def fake_run_scenario(self, catalogue, broken, machine=0):
        self.fake(
            self.program,
            f"""case "$*" in
            *--list-engines*) echo native; echo broken:window ;;
            *broken:window*) echo 'FAIL  a.b  once  12 ms  it is lost'; exit {broken} ;;
            *--strict*) echo "2 cases, because"; exit {catalogue} ;;
            *--cut*) exit {machine} ;;
            *) pwd; exit 42 ;;
            esac""",
        )

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOCKCR_")}
        return dict(kept, LC_ALL="C", PATH=f"{self.bin}:{os.environ['PATH']}")

    def call(self, name, *arguments, cwd=None):
        return run([self.folder / "ci" / name, *arguments], env=self.environment(), cwd=cwd)

    def calls(self):
        return self.log.read_text().splitlines()


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def test_run_scenario_builds_then_runs_in_the_folder_of_the_caller(clone, tmp_path_factory):
    here = tmp_path_factory.mktemp("here")
    ran = clone.call("run-scenario", "half_closed", "--keep", cwd=here)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (42, str(here), "")
    programs = [call.split()[0] for call in clone.calls()]
    assert programs == ["bootstrap", "cmake", "cmake", "ninja", "run-scenario"]
    assert "cleandead" in clone.calls()[3]
    assert clone.calls()[-1] == "run-scenario half_closed --keep"


def test_a_build_that_fails_shows_all_it_said_and_skips_the_commit(clone):
    clone.fake(clone.bin / "cmake", "echo error: no such type; exit 1")
    ran = clone.call("run-scenario", "half_closed")
    assert ran.returncode == 125
    assert ran.stdout == "" and "error: no such type" in ran.stderr


def test_a_machine_that_lacks_packages_skips_the_commit(clone):
    clone.fake(clone.folder / "ci" / "bootstrap", "exit 125")
    assert clone.call("run-scenario", "half_closed").returncode == 125
    checked = clone.call("test")
    assert checked.returncode == 125
    assert checked.stdout.splitlines()[-1] == "0 passed, 0 failed"


def test_every_stage_passes_in_a_good_tree(clone):
    checked = clone.call("test")
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines()[-1] == "7 passed, 0 failed"


@pytest.mark.parametrize("program, stage", [("clang-format", "format"), ("ctest", "unit")])
def test_a_stage_that_fails_fails_all_and_the_others_still_run(clone, program, stage):
    clone.fake(clone.bin / program, "echo something is wrong; exit 3")
    if program == "clang-format":
        clone.fake(clone.bin / "git", "printf 'a.cc\\0'")
    checked = clone.call("test")
    assert checked.returncode == 1
    assert "something is wrong" in checked.stdout
    assert f"{stage:12} FAILED" in checked.stdout
    assert checked.stdout.splitlines()[-1] == "6 passed, 1 failed"


@pytest.mark.parametrize("code", [1, 125, 129, 130, 137])
def test_what_is_not_good_fails_the_catalogue(clone, code):
    """Trouble and skips that nobody expects, too: run-scenario --strict says so."""
    clone.fake_run_scenario(catalogue=code, broken=1)
    checked = clone.call("test")
    assert checked.returncode == 1
    assert f"{'catalogue':12} FAILED" in checked.stdout
    assert checked.stdout.splitlines()[-1] == "6 passed, 1 failed"


def test_a_broken_engine_that_is_caught_is_named_with_what_caught_it(clone):
    caught = clone.call("catch-broken", "--all")
    assert caught.returncode == 0
    assert "broken:window          a.b once 12 ms it is lost" in caught.stdout
    assert "run-scenario --engine broken:window --all" in clone.calls()


@pytest.mark.parametrize("exit_code", [0, 125, 129])
def test_a_broken_engine_that_is_not_caught_fails(clone, exit_code):
    clone.fake_run_scenario(catalogue=0, broken=exit_code)
    missed = clone.call("catch-broken")
    assert missed.returncode == 1
    assert f"broken:window was not caught: run-scenario exits {exit_code}" in missed.stdout


def test_where_nothing_can_be_judged_no_stage_pretends_to(clone):
    clone.fake_run_scenario(catalogue=0, broken=1, machine=125)
    checked = clone.call("test")
    assert checked.returncode == 125
    assert checked.stdout.splitlines()[-1] == "2 passed, 1 failed"


def test_a_tree_that_does_not_build_is_a_failure(clone):
    clone.fake(clone.bin / "cmake", "echo error: no such type; exit 1")
    checked = clone.call("test")
    assert checked.returncode == 1
    assert "error: no such type" in checked.stdout
    assert checked.stdout.splitlines()[-1] == "1 passed, 1 failed"


@pytest.mark.parametrize("stage, program, arguments", [
    ("ci/bootstrap", "bootstrap", []), ("tidy", "tidy", []), ("nobody", "bundle", ["--long"]),
])
def test_ctrl_c_ends_it_and_names_the_stage(clone, stage, program, arguments):
    """What runs in the stage has its own idea of Ctrl-C, as pytest and run-scenario have."""
    mark, temporary = clone.folder / "mark", clone.folder / "tmp"
    temporary.mkdir()
    clone.fake(clone.folder / "ci" / program, f"trap 'exit 3' INT; touch {mark}; tail -f /dev/null")
    process = subprocess.Popen(
        [clone.folder / "ci/test", *arguments],
        env=dict(clone.environment(), TMPDIR=str(temporary)),
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )
    until(mark.exists, f"{stage} runs", limit=60)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"interrupted in {stage}\n" in out
    assert out.splitlines()[-1].endswith("passed, 0 failed")
    begun = [line for line in out.splitlines() if line.startswith("== ")]
    assert begun[-1:] == ([] if program == "bootstrap" else [f"== {stage}"])
    assert list(temporary.iterdir()) == []


def test_a_source_that_is_half_unpacked_is_not_taken_for_one(clone):
    packed = clone.folder / "linux-source-6.1.tar.xz"
    packed.touch()
    script = clone.folder / "ci/test"
    script.write_text(script.read_text().replace("/usr/src/linux-source-6.1.tar.xz", str(packed)))
    for name in ("bundle", "walk-engines", "fuzz", "catch-broken", "build-kernel", "mutants"):
        clone.fake(clone.folder / "ci" / name)
    tree = clone.folder / "build/ci/linux-source-6.1"
    clone.fake(clone.bin / "tar", f"touch {tree}.partial/half; exit 2")
    checked = clone.call("test", "--long")
    assert checked.returncode == 1
    assert f"{'kernels':12} FAILED" in checked.stdout and f"{'mutants':12} FAILED" in checked.stdout
    assert not tree.exists()
    assert not any(call.startswith("build-kernel") for call in clone.calls())
    clone.fake(clone.bin / "tar", f"touch {tree}.partial/whole")
    clone.call("test", "--long")
    assert [path.name for path in tree.iterdir()] == ["whole"]
    assert "build-kernel build/ci/linux-source-6.1 -o build/ci/um-6.1" in clone.calls()
