"""ci/bundle: one directory that works in a guest where nothing is installed but a shell and iptables."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

import ktap
from conftest import ROOT

BUSYBOX = "/bin/busybox"
SHELL_WORDS = ("sh", "mount", "chroot", "cat", "ls", "rm")

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may chroot and mount")


def make(build, *arguments):
    return subprocess.run(
        [str(ROOT / "ci/bundle"), *map(str, arguments)],
        env={**os.environ, "SOCKCR_BUILD": str(build), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def bundle(build, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "sockcr"
    made = make(build, folder)
    assert made.returncode == 0, made.stderr
    return folder


def libraries_of(*programs):
    said = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"(/\S+) \(0x", said))


class Guest:
    """A tree in which a shell is, and what is added; commands run in it as in a machine of its own."""

    def __init__(self, root, bundle):
        self.root = root
        for name in ("bin", "dev", "proc", "sys", "tmp", "run"):
            (root / name).mkdir(parents=True)
        shutil.copy(BUSYBOX, root / "bin/busybox")
        for word in SHELL_WORDS:
            (root / "bin" / word).symlink_to("busybox")
        shutil.copytree(bundle, root / "sockcr")

    def add(self, *files):
        for file in files:
            place = self.root / str(file).lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)

    def add_iptables(self):
        program = os.path.realpath(shutil.which("iptables-restore"))
        plugins = list(pathlib.Path("/usr/lib").rglob("xtables/*.so"))
        self.add(program, *plugins, *libraries_of(program, *map(str, plugins)))
        for name in ("iptables", "ip6tables", "iptables-restore", "ip6tables-restore"):
            (self.root / "bin" / name).symlink_to(program)

    def __call__(self, command):
        enter = f"""mount --bind {self.root} {self.root}
            for each in proc dev sys; do mount --rbind /$each {self.root}/$each; done
            exec chroot {self.root} /bin/sh -c 'cd /tmp && {command}'"""
        return subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-ec", enter],
            env={"PATH": "/bin:/sbin:/usr/bin:/usr/sbin"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


@pytest.fixture
def guest(bundle, tmp_path):
    return Guest(tmp_path / "guest", bundle)


class TestMaking:
    def test_refuses_what_exists_and_is_no_bundle(self, build, tmp_path):
        (tmp_path / "precious").write_text("mine")
        for place in (tmp_path, tmp_path / "precious"):
            refused = make(build, place)
            assert refused.returncode == 129
            assert refused.stderr == f"ci/bundle: {place} exists and is no bundle; see ci/bundle --help\n"
        assert [path.name for path in tmp_path.iterdir()] == ["precious"]

    def test_renews_a_bundle(self, build, bundle):
        (bundle / "stale").write_text("old")
        assert make(build, bundle).returncode == 0
        assert not (bundle / "stale").exists()
        assert [path.name for path in bundle.parent.iterdir()] == [bundle.name]

    def test_without_a_build_says_how_to_make_one(self, tmp_path):
        refused = make(tmp_path / "nowhere", tmp_path / "bundle")
        assert refused.returncode == 1 and "ci/build dev" in refused.stderr
        assert list(tmp_path.iterdir()) == []

    def test_needs_one_folder(self, build, tmp_path):
        for arguments in ((), ("",), (tmp_path / "a", tmp_path / "b")):
            assert make(build, *arguments).returncode == 129


class TestKselftest:
    def test_finds_its_files(self, bundle):
        assert re.fullmatch(r"timeout=\d+\n", (bundle / "settings").read_text())
        assert (bundle / "kselftest-list.txt").read_text() == "sockcr:run.sh\n"
        assert os.access(bundle / "run.sh", os.X_OK)

    def test_run_sh_speaks_ktap_from_anywhere(self, bundle, tmp_path):
        command = [os.path.relpath(bundle / "run.sh", tmp_path), "--list", "half_closed"]
        assert "half_closed.v4_active_all_ts" in subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


class TestGuest:
    @needs_root
    def test_without_any_library_lists_and_shows(self, guest):
        assert not (guest.root / "lib").exists() and not (guest.root / "lib64").exists()
        listed = guest("/sockcr/run-scenario --list half_closed")
        assert "half_closed.v4_active_all_ts\n" in listed.stdout, listed.stderr
        assert guest("/sockcr/run-scenario --show half_closed").returncode == 0
        assert guest("/sockcr/sockcr --version").stdout.startswith("sockcr ")

    @needs_root
    def test_without_iptables_is_no_pass(self, guest):
        ran = guest("/sockcr/run.sh half_closed.v4_active_all_ts")
        assert ran.returncode == 1
        (test,) = ktap.read(ran.stdout).tests
        assert ktap.kind_of(test) == "error" and "install iptables" in ran.stdout

    @needs_root
    def test_judges_a_kernel(self, guest):
        guest.add_iptables()
        ran = guest("/sockcr/run.sh half_closed")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        (test,) = ktap.read(ran.stdout).tests
        assert ktap.counts(test.subtests)["pass"] == len(test.subtests) >= 8

    @needs_root
    def test_judges_a_broken_engine_and_tells_how_to_run_it_again(self, guest):
        guest.add_iptables()
        case = "half_closed.v4_active_all_ts --engine broken:options --no-compare-images"
        ran = guest(f"/sockcr/run.sh {case}")
        assert ran.returncode == 1
        rerun = re.search(r"rerun with (/sockcr/run-scenario .*)", ran.stdout)
        assert guest(rerun[1]).returncode == 1

    @needs_root
    def test_lives_on_its_own_libraries(self, guest):
        (guest.root / "sockcr/lib/libfmt.so.9").unlink()
        ran = guest("/sockcr/run-scenario --list")
        assert ran.returncode == 127 and "libfmt.so.9" in ran.stderr
