"""ci/bisect and ci/bisect-step: what git is told of a commit, and what is left for people.

The rules are tried in trees whose "kernel" is one line of text, with a fake ci/build-kernel and a
fake run-scenario. The last test bisects a real history, of $SOCKCR_LINUX_SOURCE or of Debian's
linux-source-6.1, in User-mode Linux; it belongs to ci/test --long, and is skipped by name where
SOCKCR_LONG is not set.
"""

import hashlib
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

import kernel_history
from conftest import ROOT
from deadline import until

IDENTITY = ["-c", "user.name=A U Thor", "-c", "user.email=author@example.com"]

# What a kernel does is the first word of net/ipv4/tcp.c.
BUILD_KERNEL = r"""#!/bin/bash
echo "$@" >>"@LOG@"
tree=$1 out=$3
stat -c 'Kconfig is of %y' "$tree/Kconfig" >>"@LOG@"
read -r word _ <"$tree/net/ipv4/tcp.c"
mkdir -p "$out"
case $word in
  uncompilable) echo "  CC      net/ipv4/tcp.o"; echo "net/ipv4/tcp.c:7:5: error: 'foo' undeclared" >&2; exit 1 ;;
  toolless) echo "ci/build-kernel: missing: flex" >&2; exit 125 ;;
  slow) touch "@LOG@.slow"; exec tail -f /dev/null ;;
esac
cp "$tree/net/ipv4/tcp.c" "$out/linux"
echo CONFIG_X=y >"$out/.config"
"""

RUN_SCENARIO = r"""#!/usr/bin/python3
import json, os, pathlib, signal, sys
words = sys.argv[1:]
log = pathlib.Path("@LOG@")
if "nonsense" in words or "--nonsense" in words:
    sys.exit(print("run-scenario: there is no scenario nonsense", file=sys.stderr) or 129)
if "--list" in words:
    sys.exit(0)
with log.open("a") as file:
    file.write("run-scenario " + " ".join(words) + "\n")
image = pathlib.Path(words[words.index("--kernel") + 1])
word = image.read_text().split()[0]
seen = image.with_name("runs")
runs = int(seen.read_text()) + 1 if seen.exists() else 1
seen.write_text(str(runs))
known = "--no-expectations" not in words

def case(name, result, reason=""):
    rerun = f"{sys.argv[0]} {name} --cut once --engine native --seed 1 --kernel {image}"
    if result == "fail":
        left = pathlib.Path("run-scenario.out") / name
        left.mkdir(parents=True)
        (left / "report.txt").write_text(
            f"{name} failed at step 1 of 2\n    expected: 6000\n    actual:   3000 (of {word})\n"
            "\npackets 1 to 2 of 2, seen at the peer:\ntrace of the cut:\n")
        (left / "capture.pcapng").write_bytes(b"packets")
    return {"case": name, "cut": "once", "engine": "native", "kernel": "6.1.0-fake",
            "result": result, "ms": 1, "stall_ms": None, "reason": reason, "rerun": rerun}

def end(code, *cases):
    for each in cases:
        print(json.dumps(each))
    print(json.dumps({"summary": {}}))
    sys.exit(code)

good, lost = case("toy.a", "pass"), "bytes: expected 6000, actual 3000"
if word == "slow_case":
    log.with_name(log.name + ".slow").touch()
    signal.pause()
if word.startswith("fails_"):  # fails_13: in the first run and in the third
    word = "bad" if str(runs) in word[6:] else "good"
if word == "known_bad":
    word = "good" if known else "bad"
if word == "bad":
    end(1, good, case("toy.b", "fail", lost))
if word == "silent":
    sys.exit(print("run-scenario: the guest exited with 134\nKernel panic", file=sys.stderr) or 125)
if word == "skips":
    end(125, case("toy.a", "skip", "this kernel does not have it"))
if word == "traceback":
    sys.exit("Traceback")
if word == "dies":
    os.kill(os.getpid(), 9)
end(0, good)
"""


def without_build():
    """The world has a build of its own."""
    return {name: value for name, value in os.environ.items() if name != "SOCKCR_BUILD"}


class World:
    """A copy of ci/ whose tools are fakes, and a git repository that looks like the kernel's."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "calls"
        shutil.copytree(ROOT / "ci", folder / "sockcr/ci", ignore=lambda *_: ["__pycache__"])
        self.ci = folder / "sockcr/ci"
        self.write(self.ci / "build-kernel", BUILD_KERNEL)
        self.write(folder / "sockcr/build/dev/run-scenario", RUN_SCENARIO)
        self.linux = folder / "linux"
        self.here = folder / "here"
        self.here.mkdir()
        self.git("init", "-q", "-b", "master", str(self.linux), cwd=folder)
        self.write(self.linux / "Kconfig", "")
        self.hashes = []

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@LOG@", str(self.log)))
        path.chmod(0o755)

    def git(self, *words, cwd=None):
        done = subprocess.run(
            ["git", *IDENTITY, *words],
            cwd=cwd or self.linux, env=without_build(), capture_output=True, text=True, check=True,
        )
        return done.stdout

    def commit(self, word, subject=None):
        self.write(self.linux / "net/ipv4/tcp.c", f"{word} {len(self.hashes)}\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject or f"tcp: {word} {len(self.hashes)}")
        self.hashes.append(self.git("rev-parse", "HEAD").strip())
        return self.hashes[-1]

    def history(self, *words):
        return [self.commit(word) for word in words]

    def start(self, program, *words, **keywords):
        return subprocess.Popen(
            [str(self.ci / program), *map(str, words)],
            cwd=keywords.pop("cwd", self.here), env=without_build(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **keywords,
        )

    def call(self, program, *words, **keywords):
        process = self.start(program, *words, **keywords)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def step(self, *words, **keywords):
        return self.call("bisect-step", "--tree", self.linux, *words, **keywords)

    def bisect(self, good, bad, *words):
        ends = ["--good", good, "--bad", bad]
        return self.call("bisect", "--tree", self.linux, *ends, "toy", *words)

    def calls(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def runs(self):
        return [line for line in self.calls() if line.startswith("run-scenario")]

    def times(self):
        return {line for line in self.calls() if line.startswith("Kconfig is of")}

    def record(self, name):
        return self.here / "bisect.out" / name

    def checkout(self):
        """Where ci/bisect makes its own."""
        mark = hashlib.sha256(os.fsencode(self.linux)).hexdigest()[:6]
        return self.folder / f"sockcr/build/bisect/linux-{mark}-um.tree"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


class TestStep:
    @pytest.mark.parametrize(
        "word, code, said",
        [
            ("good", 0, "1 pass"),
            ("bad", 1, "again: toy.b cut once: bytes: expected 6000, actual 3000"),
            ("uncompilable", 125, "does not build: net/ipv4/tcp.c:7:5: error: 'foo' undeclared"),
            ("silent", 125, "cannot be judged: run-scenario: the guest exited with 134"),
            ("skips", 125, "cannot be judged: toy.a: this kernel does not have it"),
            ("toolless", 128, "missing: flex"),
            ("traceback", 128, "run-scenario ended with 1 (nothing was judged) Traceback"),
            ("dies", 128, "run-scenario ended with -9"),
            ("fails_12", 1, "again: toy.b"),
            ("fails_13", 1, "twice in 3 runs: toy.b"),
            ("fails_1_", 125, "failed once in 3 runs: toy.b"),
            ("known_bad", 1, "again: toy.b"),
        ],
    )
    def test_answers_by_the_rule(self, world, word, code, said):
        world.commit(word)
        answered = world.step("toy")
        assert said in answered.stderr
        assert answered.returncode == code

    def test_repeats_only_what_failed_as_its_own_line_says(self, world):
        world.commit("bad")
        world.step("toy", "--", "--cut", "none,once")
        first, again = world.runs()
        assert first.startswith("run-scenario toy --cut none,once --no-expectations --kernel ")
        assert again.startswith("run-scenario toy.b --cut once --engine native --seed 1 --kernel ")
        assert again.endswith("--no-expectations --format json")

    def test_a_file_of_expectations_counts_where_it_is_asked_for(self, world):
        world.commit("known_bad")
        assert world.step("toy", "--", "--expectations", "known.json").returncode == 0
        assert f"--expectations {world.here}/known.json" in world.runs()[0]

    @pytest.mark.parametrize(
        "words",
        [
            [], ["--bogus", "toy"], ["nonsense"], ["toy", "--", "--nonsense"],
            ["toy", "--", "--kernel", "x"], ["toy", "--", "--exit-style=ksft"],
            ["toy", "--", "--until-fail"], ["toy", "--", "--format", "ktap"],
            ["toy", "--arch", "arm"], ["toy", "-j", "many"], ["toy", "-j", "0"], ["toy", "-o"],
            ["toy", "--build", "/nowhere"], ["toy", "--tree", "/nowhere"],
        ],
    )
    def test_wrong_usage_never_looks_like_a_bad_kernel(self, world, words):
        world.commit("bad")
        refused = world.step(*words)
        assert refused.returncode == 129
        assert refused.stdout == "" and refused.stderr.startswith("ci/bisect-step: ")
        assert world.calls() == []

    def test_a_copy_that_lacks_a_file_does_not_look_like_a_bad_kernel(self, world):
        world.commit("bad")
        (world.ci / "bisection/judge.py").unlink()
        assert world.step("toy").returncode == 129

    def test_a_mistake_of_its_own_does_not_look_like_a_bad_kernel(self, world):
        world.commit("bad")
        judge = world.ci / "bisection/judge.py"
        judge.write_text(judge.read_text() + "\ndef judge(*_): return 1 / 0\n")
        assert world.step("toy").returncode == 128

    def test_a_tree_with_a_build_of_its_own_stops_the_bisect(self, world):
        world.commit("good")
        (world.linux / ".config").touch()
        refused = world.step("toy")
        assert refused.returncode == 129
        assert "make mrproper" in refused.stderr

    def test_a_folder_that_cannot_be_written_stops_the_bisect(self, world):
        world.commit("bad")
        (world.here / "bisect.out").touch()
        assert world.step("toy").returncode == 128

    def test_needs_no_git(self, world):
        world.commit("good")
        shutil.rmtree(world.linux / ".git")
        assert world.step("toy").returncode == 0

    def test_leaves_what_a_report_is_made_of(self, world):
        commit = world.commit("bad")
        world.step("toy")
        left = world.record(commit[:12])
        facts = json.loads((left / "step.json").read_text())
        assert facts["verdict"] == "bad" and facts["failure"]["case"] == "toy.b"
        assert (left / facts["directory"] / "capture.pcapng").is_file()
        assert (left / "linux").is_file() and (left / "config").is_file()

    def test_leaves_the_compilers_output_and_no_kernel_of_a_good_one(self, world):
        broken = world.commit("uncompilable")
        world.step("toy")
        assert "error: 'foo'" in (world.record(broken[:12]) / "build.log").read_text()
        good = world.commit("good")
        world.step("toy")
        assert not (world.record(good[:12]) / "linux").exists()

    @pytest.mark.parametrize("word", ["slow", "slow_case"])
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_is_interrupted_and_leaves_no_process(self, world, word, number):
        world.commit(word)
        mark = world.log.with_name(world.log.name + ".slow")
        process = world.start("bisect-step", "--tree", world.linux, "toy")
        until(mark.exists, "it runs")
        process.send_signal(number)
        process.communicate(timeout=20)
        assert process.returncode == 130
        assert processes_in(world.folder) == []

    def test_drives_a_bisect_of_the_users_own(self, world):
        commits = world.history("good", "good", "uncompilable", "good", "bad", "bad", "bad")
        world.git("bisect", "start", commits[-1], commits[0])
        ran = world.git("bisect", "run", str(world.ci / "bisect-step"), "toy")
        assert f"{commits[4]} is the first bad commit" in ran


def processes_in(folder):
    """Those that have the folder in their command line."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes() and int(path.parent.name) != os.getpid():
                found.append(path.read_bytes())
        except OSError:
            pass
    return found


WORDS = ["good"] * 7 + ["uncompilable"] + ["good"] * 2 + ["bad"] * 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A bisect of sixteen commits that has ended well, to be looked at."""
    world = World(tmp_path_factory.mktemp("whole"))
    commits = world.history(*WORDS)
    return world, commits, world.bisect(commits[0], commits[-1])


class TestReport:
    def test_begins_with_the_commit(self, whole):
        _, commits, found = whole
        assert found.returncode == 0, found.stderr
        assert found.stdout.startswith(f"first bad commit: {commits[10]}\n  tcp: bad 10\n  A U Thor")
        assert f"skip {commits[7][:12]} tcp: uncompilable 7" in found.stderr

    def test_is_something_to_send(self, whole):
        world, commits, found = whole
        report = world.record("report.txt").read_text()
        assert found.stdout.startswith(report)
        for line in (
            "case:     toy.b, cut once, engine native",
            f"kernel:   6.1.0-fake, um, at {commits[10][:12]}",
            "expected: 6000",
            "actual:   3000 (of bad)",
            f"anywhere: git -C linux checkout {commits[10][:12]} && ci/bisect-step --tree linux toy.b",
            f"# first bad commit: [{commits[10]}] tcp: bad 10",
            "packets 1 to 2 of 2, seen at the peer:",
            "trace of the cut:",
        ):
            assert line in report.splitlines()
        assert world.record("capture.pcapng").read_bytes() == b"packets"

    def test_says_how_to_repeat_it_in_the_kernel_that_was_kept(self, whole):
        world, commits, found = whole
        line = next(each for each in found.stdout.splitlines() if each.startswith("here:"))
        image = world.record(f"{commits[10][:12]}/linux")
        assert line.endswith(f"--kernel {image} --no-expectations")
        folder = world.folder / "elsewhere"
        folder.mkdir()
        repeated = subprocess.run(line[9:], shell=True, cwd=folder, capture_output=True)
        assert repeated.returncode == 1
        assert list(world.here.glob("bisect.out/*/linux")) == [image]

    def test_shows_no_progress_where_nobody_looks(self, whole):
        _, _, found = whole
        assert "\r" not in found.stderr and "\033" not in found.stderr + found.stdout


class TestBisect:
    def test_leaves_the_users_tree_alone(self, world):
        commits = world.history("good", "good", "bad", "bad")
        world.git("bisect", "start", commits[-1], commits[0])
        (world.linux / "net/ipv4/tcp.c").write_text("his own change\n")
        (world.linux / "his own file").touch()
        state = lambda: [
            world.git("status", "--porcelain"), world.git("bisect", "log"), world.git("diff"),
            world.git("for-each-ref"), world.git("worktree", "list"), world.git("rev-parse", "HEAD"),
        ]
        before = state()
        assert world.bisect(commits[0], commits[-1]).returncode == 0
        assert state() == before

    def test_of_a_bare_repository(self, world):
        commits = world.history("good", "good", "bad")
        world.git("clone", "-q", "--bare", str(world.linux), str(world.folder / "linux.git"))
        shutil.rmtree(world.linux)
        world.linux = world.folder / "linux.git"
        assert world.bisect(commits[0], commits[-1]).returncode == 0

    def test_names_all_that_skipped_commits_leave(self, world):
        commits = world.history("good", "good", "uncompilable", "silent", "bad", "bad")
        found = world.bisect(commits[0], commits[-1])
        assert found.returncode == 125
        assert "the first bad commit is one of 3" in found.stdout
        for commit in commits[2:5]:
            assert f"\n  {commit[:12]} tcp: " in found.stdout
        assert f"at {commits[4][:12]}" in found.stdout

    @pytest.mark.parametrize(
        "words, code, said",
        [
            (["good", "good", "good"], 1, "--bad {2} tcp: good 2 is good"),
            (["bad", "bad", "bad"], 1, "--good {0} tcp: bad 0 is bad"),
            (["good", "bad", "silent"], 125, "--bad {2} tcp: silent 2 is not to be judged"),
        ],
    )
    def test_says_early_that_there_is_nothing_to_bisect(self, world, words, code, said):
        commits = world.history(*words)
        found = world.bisect(commits[0], commits[-1])
        assert found.returncode == code
        assert said.format(*(commit[:12] for commit in commits)) in found.stderr
        assert len(world.runs()) <= 4  # each failure comes twice

    def test_does_not_look_at_the_ends_when_told_not_to(self, world):
        commits = world.history("good", "good", "bad")
        found = world.bisect(commits[0], commits[-1], "--no-check")
        assert found.returncode == 0
        assert f"first bad commit: {commits[2]}" in found.stdout  # looked at for the report
        assert len([line for line in world.calls() if " -o " in line]) == 2

    def test_a_step_that_stops_stops_it(self, world):
        commits = world.history("good", "toolless", "toolless", "toolless", "bad")
        found = world.bisect(commits[0], commits[-1])
        assert found.returncode == 128
        assert "missing: flex" in found.stderr
        assert world.git("worktree", "list").count("\n") == 1

    def test_the_last_bisects_record_goes_aside(self, world):
        commits = world.history("good", "good", "bad")
        assert world.bisect(commits[0], commits[-1]).returncode == 0
        assert world.bisect(commits[0], commits[1]).returncode == 1
        assert (world.here / "bisect.out.old/report.txt").is_file()
        assert not world.record("report.txt").exists()

    @pytest.mark.parametrize(
        "words",
        [
            ["--good", "{0}", "toy"], ["--good", "{0}", "--bad", "{0}", "toy"],
            ["--good", "{2}", "--bad", "{0}", "toy"], ["--good", "none", "--bad", "{2}", "toy"],
            ["--good", "--all", "--bad", "{2}", "toy"], ["--good", "{0}", "--bad", "{2}"],
            ["--good", "{0}", "--bad", "{2}", "nonsense"],
            ["--good", "{0}", "--bad", "{2}", "toy", "--record", "{linux}"],
            ["--good", "{0}", "--bad", "{2}", "toy", "--", "--kernel=x"],
        ],
    )
    def test_wrong_usage_builds_nothing(self, world, words):
        commits = world.history("good", "good", "bad")
        filled = [word.format(*commits, linux=world.linux) for word in words]
        refused = world.call("bisect", "--tree", world.linux, *filled)
        assert refused.returncode == 129, refused.stderr
        assert refused.stderr.startswith("ci/bisect: ")
        assert world.calls() == []

    def test_outside_of_a_repository_is_wrong_usage(self, world):
        refused = world.call("bisect", "--good", "a", "--bad", "b", "toy")
        assert refused.returncode == 129
        assert "not a git repository" in refused.stderr

    @pytest.mark.parametrize("how", ["terminal", "kill", "hang up"])
    @pytest.mark.parametrize("word", ["slow", "slow_case"])
    def test_is_interrupted_and_leaves_nothing(self, world, how, word):
        commits = world.history("good", "good", word, word, word, "bad")
        mark = world.log.with_name(world.log.name + ".slow")
        words = ["--tree", world.linux, "--good", commits[0], "--bad", commits[-1], "toy"]
        process = world.start("bisect", *words, start_new_session=True)
        until(mark.exists, "a step runs")
        if how == "terminal":
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGTERM if how == "kill" else signal.SIGHUP)
        process.communicate(timeout=30)
        assert process.returncode == 130
        assert processes_in(world.folder) == []
        assert world.git("worktree", "list").count("\n") == 1
        assert [p.name for p in (world.folder / "sockcr/build/bisect").glob("*.tree")] == []

    def test_tidies_up_behind_one_that_was_killed(self, world):
        commits = world.history("good", "good", "slow", "bad", "bad")
        mark = world.log.with_name(world.log.name + ".slow")
        words = ["--tree", world.linux, "--good", commits[0], "--bad", commits[-1], "toy"]
        process = world.start("bisect", *words, start_new_session=True)
        until(mark.exists, "a step runs")
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        until(lambda: processes_in(world.folder) == [], "all are gone")
        assert world.bisect(commits[0], commits[1]).returncode == 1
        assert world.git("worktree", "list").count("\n") == 1

    def test_a_checkout_that_is_half_removed_is_removed(self, world):
        commits = world.history("good", "good", "bad")
        world.git("worktree", "add", "-q", "--detach", str(world.checkout()))
        (world.checkout() / ".git").unlink()
        found = world.bisect(commits[0], commits[-1])
        assert found.returncode == 0, found.stderr
        assert not world.checkout().exists()
        assert world.git("worktree", "list").count("\n") == 1

    @pytest.mark.parametrize("is_there", [True, False])
    def test_a_checkout_that_git_has_locked_is_removed(self, world, is_there):
        commits = world.history("good", "good", "bad")
        world.git("worktree", "add", "-q", "--lock", "--detach", str(world.checkout()))
        if not is_there:
            shutil.rmtree(world.checkout())
        found = world.bisect(commits[0], commits[-1])
        assert found.returncode == 0, found.stderr
        assert not world.checkout().exists()
        assert world.git("worktree", "list").count("\n") == 1

    def test_a_folder_of_somebody_else_is_not_removed(self, world):
        commits = world.history("good", "good", "bad")
        world.write(world.checkout() / "his own file", "")
        refused = world.bisect(commits[0], commits[-1])
        assert refused.returncode == 129 and f"{world.checkout()} is in the way" in refused.stderr
        assert (world.checkout() / "his own file").exists()
        assert world.runs() == []

    def test_files_that_are_as_they_were_built_have_the_time_that_they_had(self, world):
        commits = world.history("good", "good", "bad", "slow")
        for _ in range(2):
            assert world.bisect(commits[0], commits[2]).returncode == 0
        assert len(world.times()) == 1
        world.write(world.linux / "Kconfig", "# another\n")
        other = world.commit("bad")
        assert world.bisect(commits[0], other, "--no-check").returncode == 0
        assert len(world.times()) > 1

    def test_behind_one_that_was_killed_every_file_is_new(self, world):
        commits = world.history("good", "good", "slow", "bad")
        assert world.bisect(commits[0], commits[1]).returncode == 1
        mark = world.log.with_name(world.log.name + ".slow")
        words = ["--tree", world.linux, "--good", commits[0], "--bad", commits[-1], "toy"]
        process = world.start("bisect", *words, start_new_session=True)
        until(mark.exists, "a step runs")
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        assert len(world.times()) == 1
        assert world.bisect(commits[0], commits[1]).returncode == 1
        assert len(world.times()) == 2

    @contextlib.contextmanager
    def one_that_runs(self, world):
        """Gives the words of its call, for another one."""
        commits = world.history("good", "good", "slow", "bad", "bad")
        mark = world.log.with_name(world.log.name + ".slow")
        words = ["--tree", world.linux, "--good", commits[0], "--bad", commits[-1], "toy"]
        process = world.start("bisect", *words)
        until(mark.exists, "a step runs")
        try:
            yield words
        finally:
            process.terminate()
            process.communicate(timeout=20)

    def test_two_at_once_do_not_share_a_build(self, world):
        with self.one_that_runs(world) as words:
            other = world.call("bisect", *words, "--record", world.here / "other")
        assert other.returncode == 128 and "another ci/bisect holds" in other.stderr

    def test_two_at_once_do_not_share_a_record(self, world):
        with self.one_that_runs(world) as words:
            before = files_in(world.here)
            other = world.call("bisect", *words, "-o", world.folder / "other")
            after = files_in(world.here)
        assert other.returncode == 128 and "take another --record" in other.stderr
        assert after == before and world.record("steps.txt").is_file()

    @pytest.mark.parametrize("given", ["--expectations known.json", "--expectations=known.json"])
    def test_a_case_is_repeated_as_often_and_judged_as_it_was(self, world, given):
        commits = world.history("good", "good", "bad")
        options = given.split() + ["--repeat", "20"]
        found = world.bisect(commits[0], commits[-1], "--no-check", "--", *options)
        assert found.returncode == 0, found.stderr
        absolute = given.replace("known.json", f"{world.here}/known.json") + " --repeat 20"
        again = [line for line in world.runs() if " toy.b " in line]
        assert again and all(f" {absolute} --format json" in line for line in again)
        here = next(line for line in found.stdout.splitlines() if line.startswith("here:"))
        assert here.endswith(absolute) and "--no-expectations" not in here

    def test_a_case_is_repeated_as_often_as_it_ran(self, world):
        world.commit("bad")
        world.step("toy", "--", "--repeat", "20")
        _, again = world.runs()
        assert again.endswith("--repeat 20 --no-expectations --format json")


def files_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def big_folder():
    """More than a gigabyte, which pytest would keep."""
    with tempfile.TemporaryDirectory(prefix="bisect-") as folder:
        yield pathlib.Path(folder)


@pytest.mark.skipif("SOCKCR_LONG" not in os.environ, reason="takes minutes: ci/test --long")
@pytest.mark.skipif(
    kernel_history.source() is None, reason="no linux-source-6.1, nor SOCKCR_LINUX_SOURCE"
)
class TestHistoryOfLinux:
    LIMIT = 180  # s, of the bisect, not of the first build

    def call(self, build, folder, *words):
        command = [ROOT / "ci/bisect", "--tree", folder / "linux", "-o", folder / "um", *words]
        command += ["--build", build, "half_closed.v4_active_all_ts"]
        begin = time.monotonic()
        done = subprocess.run(
            [str(word) for word in command],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )
        return done, time.monotonic() - begin

    def test_the_commit_that_breaks_it_is_found(self, build, big_folder):
        commits = kernel_history.make(big_folder / "linux", kernel_history.source())
        assert len(commits) > 16
        newest = list(commits.values())[-1]
        first = list(commits.values())[1]
        built, _ = self.call(build, big_folder, "--good", commits["Linux"], "--bad", first)
        assert built.returncode == 1  # it is good, and the kernel is built

        found, seconds = self.call(build, big_folder, "--good", commits["Linux"], "--bad", newest)
        steps = (big_folder / "bisect.out/steps.txt").read_text()
        print(f"{steps}{seconds:.0f} s")
        assert found.returncode == 0
        assert found.stdout.startswith(f"first bad commit: {commits[kernel_history.BREAKS]}")
        assert f"skip {commits[kernel_history.DOES_NOT_COMPILE][:12]}" in steps
        assert (big_folder / "bisect.out/capture.pcapng").stat().st_size > 1000
        assert seconds < self.LIMIT
