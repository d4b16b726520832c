"""run-scenario --kernel: the same cases in a guest, and whose fault it is when its kernel dies.

With $SOCKCR_UML, the User-mode Linux that ci/build-kernel makes; with $SOCKCR_VMLINUX, a vmlinux or
bzImage of its --arch x86_64; with $SOCKCR_DEBIAN, a version of Debian's (6.1), which is fetched. What
needs one of them is skipped by name without it. The scenarios are shell scripts whose variants say what
they do to their kernel.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

from deadline import until

IMAGE = os.environ.get("SOCKCR_UML", "")
needs_image = pytest.mark.skipif(
    not os.access(IMAGE, os.X_OK), reason="no User-mode Linux: set SOCKCR_UML (ci/build-kernel)"
)
MACHINE_IMAGE = os.environ.get("SOCKCR_VMLINUX", "")
DEBIAN = os.environ.get("SOCKCR_DEBIAN", "")
machines = pytest.mark.parametrize(
    "machine",
    [
        pytest.param(
            MACHINE_IMAGE,
            marks=pytest.mark.skipif(
                not os.access(MACHINE_IMAGE, os.R_OK),
                reason="no vmlinux: set SOCKCR_VMLINUX (ci/build-kernel --arch x86_64)",
            ),
            id="image",
        ),
        pytest.param(
            f"debian:{DEBIAN}",
            marks=pytest.mark.skipif(not DEBIAN, reason="set SOCKCR_DEBIAN to a version: 6.1"),
            id="debian",
        ),
    ],
)

# Seconds for one boot of an emulated machine, on a host that is busy, too.
BOOT = 600

SCRIPT = r"""#!/bin/sh
answer() { printf '{"verdict":"%s","ms":2.5}' "$1" >&3; }
directory=$(printf '%s' "$2" | sed -n 's/.*"directory":"\([^"]*\)".*/\1/p')
case "$1" in
--describe) cat <<'END'
@DESCRIPTION@
END
  ;;
--run-one)
  case "$2" in *'"cut":"none"'*) answer pass; exit ;; esac
  case "$2" in
  *'"variant":"panic"'*) echo c >/proc/sysrq-trigger ;;
  *'"variant":"reset"'*) echo b >/proc/sysrq-trigger; exec sleep 600 ;;
  *'"variant":"forsaken"'*) kill -KILL "$PPID"; exec sleep 600 ;;
  *'"variant":"panic_late"'*) 
    (while kill -0 $$; do :; done; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 3>&- &
    answer pass ;;
  *'"variant":"chatty"'*)
    echo on >/proc/sys/kernel/printk_devkmsg
    line=$(printf '%0900d' 0)
    for i in $(seq 1500); do echo "$line" >/dev/kmsg; done
    answer pass ;;
  *'"variant":"splat"'*)
    echo 'WARNING: CPU: 0 PID: 1 at net/ipv4/tcp.c:1 tcp_test+0x1/0x2' >/dev/kmsg
    answer pass ;;
  *'"variant":"fail"'*)
    mkdir -p "$directory/sub" && echo evidence >"$directory/sub/transcript"
    printf '{"verdict":"fail","reason":"lost","directory":"%s"}' "$directory" >&3 ;;
  *'"variant":"write"'*)
    if echo mine >"@OUTSIDE@/written" && [ -s "@OUTSIDE@/written" ]; then answer pass; fi ;;
  *'"variant":"remount"'*)
    mkdir -p /tmp/host && mount -t hostfs none /tmp/host -o /
    echo mine 2>/dev/null >"/tmp/host@OUTSIDE@/written"
    answer pass ;;
  *'"variant":"long"'*) head -c 300000 /dev/zero | tr '\0' 'x' | sed 's/.*/{"verdict":"pass","reason":"&"}/' >&3 ;;
  *'"variant":"crash"'*) echo 'last words' >&2; kill -SEGV $$ ;;
  *'"variant":"slow'*) sleep 2; answer pass ;;
  *'"variant":"day"'*)
    begin=$(date +%s); sleep 7200; end=$(date +%s)
    printf '{"verdict":"pass","reason":"%s, %s s"}' "$(date -u +%F)" $((end - begin)) >&3 ;;
  *'"variant":"for_ever"'*) while :; do sleep 1000; done ;;
  *'"variant":"spin"'*) while :; do :; done ;;
  *'"variant":"hang"'*) mkdir -p "$directory" && touch "$directory/begun"; exec sleep 600 ;;
  *) answer pass ;;
  esac ;;
esac
"""

VARIANTS = (
    "panic reset forsaken panic_late chatty splat fail write remount long crash hang day for_ever spin".split()
    + [f"slow_{i}" for i in range(3)]
    + [f"pass_{i}" for i in range(12)]
)


class Runner:
    def __init__(self, build, tmp_path):
        self.program = build / "run-scenario"
        self.scenarios = tmp_path / "fakes"
        self.scenarios.mkdir()
        self.outside = tmp_path / "outside"
        self.outside.mkdir(mode=0o755)
        self.folder = tmp_path / "here"
        self.folder.mkdir()
        # Short, as the name of a unix socket must be; and of its own, as others run guests too.
        self.guests = pathlib.Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
        self.image = self.guests / "linux"
        if IMAGE:
            shutil.copy(IMAGE, self.image)
        self.environment = dict(
            os.environ, SOCKCR_SCENARIOS=str(self.scenarios), TMPDIR=str(self.guests)
        )
        self.started = []
        # What is fetched from Debian is kept where the tests' next run finds it.
        self.environment.setdefault("XDG_CACHE_HOME", str(pathlib.Path.home() / ".cache"))
        variants = [{"variant": v, "needs": "", "in_cover": v[:4] == "pass"} for v in VARIANTS]
        engines = [{"name": "native", "about": "ours", "cases": []}]
        text = json.dumps(
            {"scenario": "toy", "about": "x", "aliases": [], "variants": variants, "engines": engines}
        )
        script = self.scenarios / "toy"
        script.write_text(
            SCRIPT.replace("@DESCRIPTION@", text).replace("@OUTSIDE@", str(self.outside))
        )
        script.chmod(0o755)

    def start(self, *arguments, image=None):
        command = [self.program, *arguments, "--no-expectations", "--kernel", image or self.image]
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.started.append(process)
        return process

    def __call__(self, *arguments, limit=120, **keywords):
        process = self.start(*arguments, **keywords)
        out, err = process.communicate(timeout=limit)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def folders(self):
        return list(self.guests.glob("sockcr-guest-*"))

    def kernels(self):
        """The processes of its guests: with User-mode Linux, one for each address space too."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                is_user_mode = os.readlink(process / "exe") == str(self.image)
                words = (process / "cmdline").read_bytes().split(b"\0")
                is_machine = b"/qemu-system" in words[0] and str(self.guests).encode() in b" ".join(words)
                if is_user_mode or is_machine:
                    found.append(int(process.name))
            except OSError:
                pass
        return sorted(found)

    def hangs(self):
        return list(self.guests.glob("sockcr-guest-*/left/toy.hang/begun"))

    def json(self, *arguments, **keywords):
        result = self(*arguments, "--format", "json", **keywords)
        assert result.stdout, result.stderr
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        return result.returncode, {line["case"]: line for line in lines[:-1]}, lines[-1]["summary"]


@pytest.fixture
def runner(build, tmp_path):
    runner = Runner(build, tmp_path)
    yield runner
    for process in runner.started:  # a test that fails leaves none behind
        if process.returncode is None:
            process.terminate()
            process.wait()
    until(lambda: not runner.folders(), "the guest's folder is gone")
    shutil.rmtree(runner.guests)


def some_bz_image(folder):
    image = folder / "bzImage"
    image.write_bytes(b"\0" * 0x202 + b"HdrS" + b"\0" * 100)
    return image


class TestImage:
    """No kernel is needed to say that something is none."""

    def test_that_is_no_kernel_is_wrong_usage(self, runner):
        result = runner("toy.pass_0", image="/bin/sh")
        assert result.returncode == 129
        assert "is no kernel" in result.stderr

    def test_that_is_not_there_is_wrong_usage(self, runner):
        result = runner("toy.pass_0", image="/nowhere")
        assert result.returncode == 129
        assert "/nowhere: No such file" in result.stderr

    @pytest.mark.parametrize("version", ["", "x", "six", "../6.1"])
    def test_of_debian_without_a_version_is_wrong_usage(self, runner, version):
        result = runner("toy.pass_0", image=f"debian:{version}")
        assert result.returncode == 129
        assert f"'{version}' is no version like 6.1" in result.stderr
        assert f"--kernel debian:{version} names no kernel of Debian's" in result.stderr

    def test_for_a_machine_needs_qemu(self, runner, tmp_path):
        runner.environment["PATH"] = str(tmp_path)
        if any((pathlib.Path(place) / "qemu-system-x86_64").exists() for place in ("/usr/sbin", "/sbin")):
            pytest.skip("qemu is found without a PATH")
        result = runner("toy.pass_0", image=some_bz_image(tmp_path))
        assert result.returncode == 125
        assert "qemu-system-x86_64" in result.stderr
        assert "ci/bootstrap --with kernels" in result.stderr

    @pytest.mark.skipif(shutil.which("qemu-system-x86_64") is None, reason="no QEMU")
    def test_for_a_machine_that_is_damaged_is_trouble_with_what_qemu_says(self, runner, tmp_path):
        result = runner("toy.pass_0", image=some_bz_image(tmp_path))
        assert result.returncode == 125
        assert "exited with 1" in result.stderr
        assert "linux kernel too old to load a ram disk" in result.stderr

    def test_is_said_to_be_what_a_bundle_cannot_boot(self, runner, tmp_path):
        (tmp_path / "bundle").mkdir()
        runner.program = shutil.copy(runner.program, tmp_path / "bundle/run-scenario")
        result = runner("toy.pass_0", image="debian:6.1")
        assert result.returncode == 125
        assert "the build folder of a clone has it, a bundle has not" in result.stderr

    @pytest.mark.skipif(shutil.which("objcopy") is None, reason="no objcopy")
    def test_that_does_not_boot_is_trouble_with_its_last_words(self, runner, tmp_path):
        image = tmp_path / "linux"
        program = shutil.which("ls")
        section = [f"--add-section=.uml.setup.init={program}", program, image]
        subprocess.run(["objcopy", *section], check=True)
        result = runner("toy.pass_0", image=image)
        assert result.returncode == 125
        assert "exited with" in result.stderr
        assert "cannot access" in result.stderr or "unrecognized" in result.stderr


@needs_image
class TestGuest:
    def test_runs_the_cases_in_its_own_kernel(self, runner):
        release = subprocess.run([IMAGE, "--version"], capture_output=True, text=True).stdout.strip()
        code, cases, summary = runner.json("--all")
        assert code == 0
        assert summary["pass"] == 12
        assert {case["kernel"] for case in cases.values()} == {release}
        assert runner.kernels() == []

    def test_is_named_in_the_command_that_repeats_a_case(self, runner):
        _, cases, _ = runner.json("toy.pass_0")
        assert cases["toy.pass_0"]["rerun"].endswith(f" --kernel {runner.image}")

    def test_lists_without_a_guest(self, runner):
        assert "toy.pass_0" in runner("--list").stdout

    def test_brings_what_a_failing_case_left(self, runner):
        code, cases, _ = runner.json("toy.fail")
        assert code == 1
        left = runner.folder / "run-scenario.out/toy.fail/sub/transcript"
        assert left.read_text() == "evidence\n"
        assert left.stat().st_uid == os.geteuid()

    def test_leaves_nothing_after_a_pass(self, runner):
        assert runner("toy.pass_0").returncode == 0
        assert list(runner.folder.iterdir()) == []

    def test_can_write_everywhere_but_only_in_its_dreams(self, runner):
        code, _, _ = runner.json("toy.write")
        assert code == 0
        assert list(runner.outside.iterdir()) == []

    @pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's guest is that user")
    def test_of_root_cannot_write_even_where_its_kernel_tries(self, runner):
        code, _, _ = runner.json("toy.remount")
        assert code == 0
        assert list(runner.outside.iterdir()) == []

    def test_brings_a_long_answer(self, runner):
        _, cases, _ = runner.json("toy.long")
        assert cases["toy.long"]["result"] == "pass"
        assert len(cases["toy.long"]["reason"]) == 300000

    def test_tells_a_crash_of_a_case_from_one_of_the_kernel(self, runner):
        code, cases, _ = runner.json("toy.crash", "toy.pass_0")
        assert code == 125
        assert cases["toy.crash"]["reason"] == "died by SIGSEGV without a result: last words"


@needs_image
class TestKernelThatComplains:
    def test_in_a_panic_fails_the_case_and_only_it(self, runner):
        names = ["toy.panic"] + [f"toy.pass_{i}" for i in range(12)]
        code, cases, summary = runner.json(*names)
        assert code == 1
        assert cases["toy.panic"]["result"] == "fail"
        assert "Kernel panic - not syncing: sysrq triggered crash" in cases["toy.panic"]["reason"]
        assert summary["pass"] == 12
        console = runner.folder / "run-scenario.out/toy.panic/console.txt"
        assert "Kernel panic" in console.read_text()

    def test_is_told_from_those_that_ran_beside_it(self, runner):
        code, cases, summary = runner.json("toy.slow_0", "toy.slow_1", "toy.panic", "toy.slow_2")
        assert code == 1
        assert cases["toy.panic"]["result"] == "fail"
        assert summary["pass"] == 3

    def test_after_the_end_of_a_case_fails_it_too(self, runner):
        code, cases, _ = runner.json("toy.panic_late")
        assert code == 1
        assert "Kernel panic" in cases["toy.panic_late"]["reason"]

    def test_after_the_end_of_a_case_fails_nobody_beside_it(self, runner):
        code, cases, _ = runner.json("toy.panic_late", "toy.slow_0", "toy.slow_1", "-j", "3")
        assert code == 1
        assert cases["toy.panic_late"]["result"] == "fail"
        assert cases["toy.slow_0"]["result"] == cases["toy.slow_1"]["result"] == "pass"

    def test_is_heard_behind_a_megabyte_of_other_words(self, runner):
        code, cases, _ = runner.json("toy.chatty", "toy.splat", "-j", "1")
        assert (code, cases["toy.chatty"]["result"]) == (1, "pass")
        assert cases["toy.splat"]["result"] == "fail"

    def test_and_lives_on_fails_the_case(self, runner):
        code, cases, _ = runner.json("toy.splat", "toy.pass_0")
        assert code == 1
        assert cases["toy.splat"]["reason"].startswith("WARNING: CPU: 0 PID: 1 at net/ipv4/tcp.c:1")
        assert cases["toy.pass_0"]["result"] == "pass"

    def test_shows_its_console_in_the_report(self, runner):
        result = runner("toy.panic")
        assert "the console of the guest:" in result.stdout
        assert "Kernel panic - not syncing" in result.stdout

    def test_that_hangs_fails_the_case(self, runner):
        process = runner.start("toy.hang", "--format", "json", "--slow-factor", "1")
        until(runner.hangs, "the case runs")
        # The first process is the kernel; the others are its address spaces.
        os.kill(runner.kernels()[0], signal.SIGSTOP)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 1, out + err
        assert "no sign of life for 15 s" in json.loads(out.splitlines()[0])["reason"]


@needs_image
def test_its_processes_share_one_processor(runner):
    process = runner.start("toy.hang")
    until(runner.hangs, "the case runs", BOOT)
    used = [frozenset(os.sched_getaffinity(pid)) for pid in runner.kernels()]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert len(used) > 1 and len(set(used)) == 1 and len(used[0]) == 1


def end_while_it_runs(runner, how, **keywords):
    process = runner.start("toy.hang", **keywords)
    until(runner.hangs, "the case runs", BOOT)
    assert runner.kernels()
    process.send_signal(how)
    process.communicate(timeout=20)
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    until(lambda: not runner.kernels(), "the guest is gone")
    until(lambda: not runner.folders(), "its folder is gone")


@needs_image
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_behind(runner, how):
    end_while_it_runs(runner, how)


@needs_image
def test_ctrl_c_while_the_guest_boots(runner):
    process = runner.start("toy.pass_0")
    until(runner.kernels, "the guest boots")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode in (130, 0)  # or it was faster
    until(lambda: not runner.kernels(), "the guest is gone")


@machines
class TestMachine:
    """What is not the same under QEMU as under User-mode Linux, a boot of seconds each."""

    def test_runs_the_cases_brings_what_they_left_and_writes_nothing_else(self, runner, machine):
        names = ["toy.pass_0", "toy.fail", "toy.write", "toy.long", "toy.crash"]
        code, cases, _ = runner.json(*names, image=machine, limit=BOOT)
        results = {name: case["result"] for name, case in cases.items()}
        assert code == 1
        assert results.pop("toy.fail") == "fail"
        assert results.pop("toy.crash") == "trouble"
        assert set(results.values()) == {"pass"}, results
        left = runner.folder / "run-scenario.out/toy.fail/sub/transcript"
        assert left.read_text() == "evidence\n"
        assert left.stat().st_uid == os.geteuid()
        assert list(runner.outside.iterdir()) == []
        assert len(cases["toy.long"]["reason"]) == 300000
        assert {case["kernel"] for case in cases.values()} != {os.uname().release}
        assert cases["toy.fail"]["rerun"].endswith(f" --kernel {machine}")

    def test_whose_kernel_panics_fails_the_case(self, runner, machine):
        code, cases, _ = runner.json("toy.panic", image=machine, limit=BOOT)
        assert code == 1
        assert "Kernel panic - not syncing: sysrq triggered crash" in cases["toy.panic"]["reason"]

    def test_that_is_reset_without_a_word_fails_the_case(self, runner, machine):
        code, cases, _ = runner.json("toy.reset", image=machine, limit=BOOT)
        assert code == 1
        assert "reset without a word" in cases["toy.reset"]["reason"]

    def test_that_powers_off_because_its_agent_is_gone_is_trouble(self, runner, machine):
        code, cases, _ = runner.json("toy.forsaken", image=machine, limit=BOOT)
        assert code == 125
        assert cases["toy.forsaken"]["reason"] == "the guest has powered off"

    def test_whose_kernel_complains_and_lives_on_fails_the_case(self, runner, machine):
        _, cases, _ = runner.json("toy.splat", image=machine, limit=BOOT)
        assert cases["toy.splat"]["reason"].startswith("WARNING: CPU: 0 PID: 1 at net/ipv4/tcp.c:1")

    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
    def test_leaves_nothing_behind(self, runner, machine, how):
        end_while_it_runs(runner, how, image=machine)


class TestVirtualTime:
    """Two hours in a second, where the kernel's clock can jump."""

    def test_is_not_for_the_kernel_that_runs(self, runner):
        command = [str(runner.program), "toy.pass_0", "--virtual-time"]
        result = subprocess.run(command, capture_output=True, text=True, env=runner.environment)
        assert result.returncode == 129
        assert "--virtual-time needs --kernel with a User-mode Linux" in result.stderr
        assert "ci/build-kernel" in result.stderr

    def test_is_not_for_a_virtual_machine(self, runner, tmp_path):
        image = tmp_path / "bzImage"
        image.write_bytes(b"\0" * 0x202 + b"HdrS" + b"\0" * 100)
        result = runner("toy.pass_0", "--virtual-time", image=image)
        assert result.returncode == 129

    @needs_image
    def test_lets_nobody_wait(self, runner):
        begun = time.monotonic()
        code, cases, _ = runner.json("toy.day", "--virtual-time")
        assert code == 0
        date, _, seconds = cases["toy.day"]["reason"].partition(", ")
        assert date == "2026-01-01"  # whatever the host's day is
        assert 7200 <= int(seconds.split()[0]) <= 7201
        assert time.monotonic() - begun < 60
        assert cases["toy.day"]["rerun"].endswith(f" --kernel {runner.image} --virtual-time")

    @needs_image
    def test_says_so(self, runner):
        assert "  virtual time\n" in runner("toy.pass_0", "--virtual-time").stdout
        assert ", virtual time\n" in runner("toy.pass_0", "--virtual-time", "--format", "ktap").stdout
        assert "virtual time" not in runner("toy.pass_0").stdout

    @needs_image
    def test_ends_what_never_ends(self, runner):
        code, cases, _ = runner.json("toy.for_ever", "toy.pass_0", "--virtual-time")
        assert code == 125
        assert "86400" in cases["toy.for_ever"]["reason"] or "24" in cases["toy.for_ever"]["reason"]
        assert cases["toy.pass_0"]["result"] == "pass"

    @needs_image
    def test_of_a_kernel_that_hangs_is_the_hosts(self, runner):
        process = runner.start("toy.spin", "--virtual-time", "--slow-factor", "0.05", "--format", "json")
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1, out + err
        assert "no sign of life for 3 s" in json.loads(out.splitlines()[0])["reason"]

    @needs_image
    def test_of_a_kernel_that_has_none_is_trouble(self, runner):
        bytes_ = runner.image.read_bytes()
        assert bytes_.count(b"\0time-travel\0") == 1
        runner.image.write_bytes(bytes_.replace(b"\0time-travel\0", b"\0tame-travel\0"))
        result = runner("toy.pass_0", "--virtual-time")
        assert result.returncode == 125
        assert "CONFIG_UML_TIME_TRAVEL_SUPPORT" in result.stderr
        assert "ci/build-kernel" in result.stderr
