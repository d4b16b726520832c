"""ci/debian-kernel: which kernel a version means, and what it does without a network."""

import os
import pathlib
import shutil
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "ci" / "debian-kernel"
pytestmark = pytest.mark.skipif(
    any(shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None
        for tool in ("depmod", "cpio", "dpkg-deb")),
    reason="no kmod, cpio or dpkg: ci/bootstrap --with kernels",
)

# As apt-cache has them: package and version.
PACKAGES = {
    "linux-image-6.1.0-9-amd64": "6.1.27-1",
    "linux-image-6.1.0-56-amd64": "6.1.192-2",
    "linux-image-6.1.0-56-cloud-amd64": "6.1.192-2",
    "linux-image-6.1.0-57-rt-amd64": "6.1.193-1",
    "linux-image-6.12.9+deb12-amd64": "6.12.9-1~deb12u1",
    "linux-image-6.12.10+deb12-amd64": "6.12.10-1~deb12u1",
    "linux-image-6.99.1-amd64-unsigned": "6.99.1-1",
}


class Machine:
    """Its apt knows `PACKAGES`, and fetches none."""

    def __init__(self, folder):
        self.cache = folder / "cache"
        self.bin = folder / "bin"
        self.bin.mkdir()
        lines = "".join(f" {name} | {version} | http://x\n" for name, version in PACKAGES.items())
        self.has("apt-cache", f"case $1 in pkgnames) echo '{' '.join(PACKAGES)}' | tr ' ' '\\n' ;;\n"
                 f"madison) shift; printf ' %s |\\n' \"$@\" | grep -Ff - {folder}/madison ;; esac\n")
        (folder / "madison").write_text(lines)
        self.has("apt-get", "echo 'E: no network' >&2; exit 100\n")

    def has(self, name, text):
        (self.bin / name).write_text("#!/bin/sh\n" + text)
        (self.bin / name).chmod(0o755)

    def fetched_before(self, release, version):
        folder = self.cache / "sockcr/kernels" / f"{release}_{version}"
        (folder / "lib/modules" / release).mkdir(parents=True)
        (folder / "about").write_text(f"{release} {version}\n")
        (folder / "first").write_text("of an older script\n")
        return folder

    def __call__(self, version):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.cache),
                           PATH=f"{self.bin}:{os.environ['PATH']}")
        return subprocess.run([SCRIPT, version], capture_output=True, text=True, timeout=60,
                              env=environment, stdin=subprocess.DEVNULL)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.mark.parametrize(
    "version, chosen",
    [
        ("6.1", "linux-image-6.1.0-56-amd64 6.1.192-2"),
        ("6.1.27", "linux-image-6.1.0-9-amd64 6.1.27-1"),
        ("6.1.0-9-amd64", "linux-image-6.1.0-9-amd64 6.1.27-1"),
        ("6.1.0-56-cloud-amd64", "linux-image-6.1.0-56-cloud-amd64 6.1.192-2"),
        ("6.12", "linux-image-6.12.10+deb12-amd64 6.12.10-1~deb12u1"),
        ("6.12.9", "linux-image-6.12.9+deb12-amd64 6.12.9-1~deb12u1"),
    ],
)
def test_the_newest_that_is_wanted_is_fetched(machine, version, chosen):
    refused = machine(version)
    assert f"fetching {chosen}\n" in refused.stderr
    assert "E: no network" in refused.stderr
    assert refused.returncode == 125
    assert refused.stdout == ""
    assert list((machine.cache / "sockcr/kernels").glob(".new*")) == []


@pytest.mark.parametrize("version", ["6.2", "6.1.2", "6.99.1"])
def test_one_that_apt_does_not_know_is_wrong_usage(machine, version):
    refused = machine(version)
    assert refused.returncode == 129
    assert f"apt knows no kernel {version}; it knows:" in refused.stderr
    assert "6.1.27 6.1.192" in refused.stderr


def test_one_that_was_fetched_is_not_fetched_again(machine):
    folder = machine.fetched_before("6.1.0-56-amd64", "6.1.192-2")
    there = machine("6.1")
    assert (there.returncode, there.stdout, there.stderr) == (0, f"{folder}\n", "")
    assert (folder / "initrd").exists()  # made anew, as an older script had made it


def test_an_initrd_that_cannot_be_made_is_trouble_and_leaves_nothing(machine):
    folder = machine.fetched_before("6.1.0-56-amd64", "6.1.192-2")
    machine.has("cpio", "echo 'cpio: no room' >&2; exit 2\n")
    refused = machine("6.1")
    assert (refused.returncode, refused.stdout) == (125, "")
    assert refused.stderr.endswith(f"ci/debian-kernel: the initrd of {folder} cannot be made\n")
    assert sorted(path.name for path in folder.iterdir()) == ["about", "first", "lib"]


def test_without_a_network_an_older_one_goes_on_and_says_so(machine):
    folder = machine.fetched_before("6.1.0-9-amd64", "6.1.27-1")
    there = machine("6.1")
    assert (there.returncode, there.stdout) == (0, f"{folder}\n")
    assert "goes on with 6.1.0-9-amd64, which was fetched before" in there.stderr


def test_without_what_apt_knows_it_is_trouble(machine):
    machine.has("apt-cache", "")
    refused = machine("6.1")
    assert refused.returncode == 125
    assert "apt-get update" in refused.stderr
