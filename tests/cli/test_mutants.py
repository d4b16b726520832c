"""ci/mutants: its patches are whole, and its verdicts follow from what the suite answers.

Debian's linux-source-6.1, unpacked, is looked for at $SOCKCR_LINUX_SOURCE; with the kernel that
ci/mutants has built of it, and an hour, `ci/test --long` runs the mutants themselves.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from conftest import ROOT
from deadline import until

PATCHES = sorted((ROOT / "tests/kernel_mutants").glob("*.patch"))
SOURCE = pathlib.Path(os.environ.get("SOCKCR_LINUX_SOURCE", "/nonexistent"))
needs_source = pytest.mark.skipif(
    not (SOURCE / "net/ipv4/tcp.c").is_file(),
    reason="no source of Linux 6.1: set SOCKCR_LINUX_SOURCE (apt-get install linux-source-6.1)",
)


def run(command, **keywords):
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        **keywords,
    )


# ---- the patches ---------------------------------------------------------------------------------


def listed():
    said = run([ROOT / "ci/mutants", "--list"])
    assert said.returncode == 0, said.stderr
    return said.stdout


def cases_in(text):
    return [line.strip() for line in text.splitlines() if " --cut " in line]


def test_there_are_enough_and_each_header_is_complete():
    assert len(PATCHES) >= 25
    names = [line for line in listed().splitlines() if not line.startswith(" ")]
    assert names == [path.stem for path in PATCHES]


def test_every_named_case_is_in_the_default_catalogue(build):
    known = set(run([build / "run-scenario", "--list"]).stdout.split())
    named = {case.split(" --cut ")[0] for case in cases_in(listed())}
    assert named and named <= known, named - known


@needs_source
@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_it_applies(path):
    tried = run(["patch", "-p1", "--dry-run", "--batch", "--fuzz=0", "-d", SOURCE, "-i", path])
    assert tried.returncode == 0, tried.stdout


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_it_is_small(path):
    lines = path.read_text().split("\n--- ", 1)[1].splitlines()
    changed = [line for line in lines if line[:1] in "+-" and not line.startswith("+++")]
    assert 1 <= len(changed) <= 12


# ---- the verdicts --------------------------------------------------------------------------------

# The kernel is the source itself; a line "NAME fails: REASON" in it makes that case fail. Of a
# line "NAME in trouble, later RESULT: REASON" the result is what it is when it runs by itself.
BUILD_KERNEL = """#!/bin/bash
mkdir -p "$3"
cat "$1"/net/ipv4/*.c >"$3/linux" || exit 1
if grep -q 'does not compile' "$3/linux"; then echo 'tcp.c:1: error: expected ;'; exit 1; fi
if grep -q 'compiles long' "$3/linux"; then
  (
    trap '' INT HUP
    trap 'cat "$1"/net/ipv4/*.c >"$3/object"; exit' TERM  # it has its moment still
    touch "$3/compiling"
    tail -f /dev/null &
    wait
  ) &
  wait
fi
echo "$3/linux"
"""

RUN_SCENARIO = r"""#!/usr/bin/python3
import json, pathlib, re, signal, sys
words = sys.argv[1:]
value = lambda key: words[words.index(key) + 1]
kernel = pathlib.Path(value("--kernel")).read_text()
calls = pathlib.Path(__file__).with_name("calls")
with open(calls, "a") as log: log.write(" ".join(words) + "\n")
if "does not boot" in kernel:
    print("run-scenario: the guest does not boot", file=sys.stderr); sys.exit(125)
if "hangs" in kernel:
    signal.pause()
cases = [w for w in words if re.fullmatch(r"[a-z_]+\.\w+", w)]
if "--all" in words:
    cases = ["toy.one", "toy.two", "toy.three", "toy.bad"]
failed = False
for cut in value("--cut").split(","):
    for case in cases:
        reason = re.search(rf"^{re.escape(case)} fails: (.*)$", kernel, re.M)
        in_trouble = rf"^({re.escape(case)}|all) in trouble(, later .*|): (.*)$"
        trouble = re.search(in_trouble, kernel, re.M)
        result = "fail" if reason or case == "toy.bad" else "trouble" if trouble else "pass"
        if trouble and trouble[2] and "--all" not in words:
            result = trouble[2].split()[-1]
        failed = failed or result == "fail"
        reason = (reason and reason[1]) or (trouble and trouble[3]) or ""
        line = {"case": case, "cut": cut, "result": result, "reason": reason}
        print(json.dumps(line), flush=True)
if "breaks off" in kernel:
    sys.exit(print('{"case": "toy.two", "cut": "on'))
print(json.dumps({"summary": {}}))
sys.exit(1 if failed else 0)
"""

HEADER = "Fault: something\nDamage: some\n"
NAMED = HEADER + "Cases: toy.one --cut once\nExpect: right edge | EINVAL\n\n"
HIDDEN = HEADER + "Unobservable: nobody looks\n\n"


def diff(line, file="tcp.c"):
    path = f"net/ipv4/{file}"
    more = line.count("\n") + 3
    return f"--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,{more} @@\n first\n+{line}\n last\n"


class Bench:
    """A clone with nothing in it but the command, a tree of two files, and a suite of four cases."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("ci", "tests/kernel_mutants", "build/dev", "tree/net/ipv4"):
            (folder / name).mkdir(parents=True)
        shutil.copy(ROOT / "ci/mutants", folder / "ci")
        shutil.copy(ROOT / "ci/children.py", folder / "ci")
        shutil.copytree(ROOT / "ci/mutation", folder / "ci/mutation")
        self.program("ci/build-kernel", BUILD_KERNEL)
        self.program("build/dev/run-scenario", RUN_SCENARIO)
        self.source = folder / "tree/net/ipv4/tcp.c"
        self.source.write_text("first\nlast\n")
        self.source.with_name("tcp_input.c").write_text("first\nlast\n")
        self.copy = folder / "out/src/net/ipv4/tcp.c"

    def program(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def mutant(self, name, header, line, file="tcp.c"):
        (self.folder / f"tests/kernel_mutants/{name}.patch").write_text(header + diff(line, file))

    def command(self, *arguments):
        out = self.folder / "out"
        words = [self.folder / "ci/mutants", "--tree", self.folder / "tree", "-o", out, *arguments]
        return [str(word) for word in words]

    def environment(self):
        return {name: value for name, value in os.environ.items() if name != "SOCKCR_BUILD"}

    def __call__(self, *arguments):
        done = run(self.command("--format", "json", *arguments), env=self.environment())
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, {line["mutant"]: line for line in lines[:-1]}, done

    def calls(self):
        return (self.folder / "build/dev/calls").read_text()


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_a_named_case_that_fails_in_the_expected_words_has_caught_it(bench):
    bench.mutant("edge", NAMED, "toy.one fails: the right edge moved")
    code, found, done = bench()
    assert (code, found["edge"]["result"], found["edge"]["case"]) == (0, "caught", "toy.one")
    assert "1 of 1 observable mutants caught" in done.stdout
    assert "--all" not in bench.calls(), "the rest has nothing to add"


def test_another_reason_is_stale(bench):
    bench.mutant("edge", NAMED, "toy.one fails: no memory")
    code, found, _ = bench()
    assert (code, found["edge"]["result"]) == (1, "stale")
    assert "without the words" in found["edge"]["reason"]


def test_each_named_case_has_to_catch_it(bench):
    header = NAMED.replace("once\n", "once,\n toy.two --cut twice\n", 1)
    bench.mutant("edge", header, "toy.one fails: EINVAL")
    code, found, _ = bench()
    assert (code, found["edge"]["result"], found["edge"]["case"]) == (1, "stale", "toy.two")


def test_what_others_catch_is_stale(bench):
    bench.mutant("edge", NAMED, "toy.three fails: EINVAL")
    code, found, _ = bench()
    assert (code, found["edge"]["result"], found["edge"]["case"]) == (1, "stale", "toy.three")


def test_what_fails_without_the_mutant_too_is_no_catch(bench):
    bench.mutant("edge", NAMED, "nothing")
    code, found, _ = bench()  # toy.bad fails always
    assert (code, found["edge"]["result"]) == (1, "missed")
    assert "--all --cut once,twice,elsewhere" in bench.calls()


TWO_NAMED = NAMED.replace("once\n", "once,\n toy.two --cut twice\n", 1)


@pytest.mark.parametrize("header, line, result", [
    (NAMED, "toy.one in trouble: no memory", "trouble"),
    (TWO_NAMED, "toy.one fails: EINVAL\n+toy.two in trouble: no memory", "trouble"),
    (TWO_NAMED, "toy.one fails: a RST\n+toy.two in trouble: no memory", "stale"),
])
def test_a_named_case_in_trouble_is_no_answer(bench, header, line, result):
    bench.mutant("edge", header, line)
    code, found, _ = bench()
    assert (code, found["edge"]["result"]) == (1 if result == "stale" else 125, result)
    assert result == "stale" or found["edge"]["reason"] == "no memory"


@pytest.mark.parametrize("line, code, result, case", [
    ("toy.two in trouble, later pass: no memory", 1, "missed", ""),
    ("toy.two in trouble, later fail: no memory", 1, "stale", "toy.two"),
    ("toy.two in trouble: no memory", 125, "trouble", ""),
    ("toy.two in trouble: no memory\n+toy.three fails: lost", 1, "stale", "toy.three"),
])
def test_trouble_of_the_rest_is_given_a_second_chance(bench, line, code, result, case):
    bench.mutant("edge", NAMED, line)
    ended, found, _ = bench()
    assert (ended, found["edge"]["result"], found["edge"]["case"]) == (code, result, case)
    if result == "trouble":
        assert "toy.two --cut elsewhere cannot be judged: no memory" in found["edge"]["reason"]


def test_where_all_are_in_trouble_none_is_run_again(bench):
    names = ", ".join(f'"toy.many_{i}"' for i in range(4))
    bench.program("build/dev/run-scenario", RUN_SCENARIO.replace('"toy.three"', names))
    bench.mutant("edge", HIDDEN, "all in trouble, later pass: no memory")
    code, found, _ = bench()
    assert (code, found["edge"]["result"]) == (125, "trouble")
    assert "toy.one --cut once cannot be judged: no memory (and 17 more)" in found["edge"]["reason"]


def test_a_failure_says_nothing_where_the_unmutated_kernel_is_in_trouble(bench):
    bench.source.write_text("first\nlast\ntoy.three in trouble: no memory\n")
    bench.mutant("edge", NAMED, "toy.three fails: lost")
    code, found, _ = bench()
    assert (code, found["edge"]["result"]) == (125, "trouble")


def test_trouble_of_those_that_share_a_kernel_is_not_looked_for_one_by_one(bench):
    bench.mutant("one", HIDDEN, "nothing")
    bench.mutant("other", HIDDEN, "toy.two in trouble: no memory", "tcp_input.c")
    code, found, _ = bench()
    assert (code, bench.calls().count("--all")) == (125, 1)
    assert [each["result"] for each in found.values()] == ["trouble", "trouble"]


def test_a_line_that_breaks_off_is_trouble_of_its_mutant(bench):
    bench.mutant("edge", NAMED, "breaks off")
    bench.mutant("other", NAMED, "toy.one fails: EINVAL")
    code, found, _ = bench()
    assert (code, found["edge"]["result"], found["other"]["result"]) == (125, "trouble", "caught")
    assert "in the middle of a line" in found["edge"]["reason"]


def test_a_full_disk_is_trouble_in_one_line(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    with open("/dev/full", "w") as full:
        done = subprocess.run(bench.command(), env=bench.environment(), stdin=subprocess.DEVNULL,
                              stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 125
    assert done.stderr == "ci/mutants: [Errno 28] No space left on device\n"


def test_named_only_leaves_the_rest_out(bench):
    bench.mutant("edge", NAMED, "toy.three fails: EINVAL")
    assert bench("--named-only")[0] == 1
    assert "--all" not in bench.calls()


def test_what_cannot_be_observed_is_looked_for_all_the_same(bench):
    bench.mutant("quiet", HIDDEN, "nothing")
    bench.mutant("loud", HIDDEN, "toy.two fails: lost")
    code, found, done = bench()
    assert (found["quiet"]["result"], found["loud"]["result"], code) == ("unseen", "noticed", 1)
    assert "0 of 0 observable mutants caught; 2 cannot be observed; 1 noticed" in done.stdout


def test_those_that_cannot_be_observed_share_a_kernel_until_one_is_noticed(bench):
    bench.mutant("one", HIDDEN, "nothing")
    bench.mutant("other", HIDDEN, "nothing", "tcp_input.c")
    code, found, _ = bench()
    assert (code, bench.calls().count("--all")) == (0, 1)
    assert {name: finding["result"] for name, finding in found.items()} == {
        "one": "unseen",
        "other": "unseen",
    }
    bench.mutant("other", HIDDEN, "toy.two fails: lost", "tcp_input.c")
    code, found, _ = bench()
    assert (found["one"]["result"], found["other"]["result"], code) == ("unseen", "noticed", 1)


def test_what_it_takes_two_for_is_noticed_of_both(bench):
    bench.program(
        "build/dev/run-scenario",
        RUN_SCENARIO.replace(
            'reason = re.search(rf"^{re.escape(case)} fails: (.*)$", kernel, re.M)',
            'reason = re.search("(?s)(first half).*second half|second half.*(first half)", kernel)',
        ),
    )
    bench.mutant("one", HIDDEN, "first half")
    bench.mutant("other", HIDDEN, "second half", "tcp_input.c")
    code, found, _ = bench()
    assert (found["one"]["result"], found["other"]["result"], code) == ("noticed", "noticed", 1)


def test_named_only_says_what_nobody_has_looked_for(bench):
    bench.mutant("quiet", HIDDEN, "nothing")
    code, found, _ = bench("--named-only")
    assert (code, found["quiet"]["result"]) == (0, "unsought")


def test_a_kernel_that_does_not_build_boot_or_take_the_patch_is_trouble(bench):
    bench.mutant("boot", NAMED, "does not boot")
    bench.mutant("build", NAMED, "does not compile")
    (bench.folder / "tests/kernel_mutants/other.patch").write_text(
        NAMED + diff("x").replace(" first", " second")
    )
    code, found, _ = bench()
    assert code == 125
    assert {name: line["result"] for name, line in found.items()} == {
        "boot": "trouble",
        "build": "trouble",
        "other": "trouble",
    }
    assert "does not boot" in found["boot"]["reason"]
    assert "error: expected ;" in found["build"]["reason"]
    assert "does not apply" in found["other"]["reason"]


def test_a_control_that_fails_judges_nothing(bench):
    bench.source.write_text("first\nlast\ntoy.one fails: broken here\n")
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    done = run(bench.command(), env=bench.environment())
    assert done.returncode == 125
    assert "the unmutated kernel does not pass toy.one --cut once" in done.stderr


def test_the_tree_is_not_touched_and_its_copy_is_put_in_order(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    bench()
    assert bench.source.read_text() == bench.copy.read_text() == "first\nlast\n"
    bench.copy.unlink()
    bench.copy.write_text("what a killed run has left\n")
    assert bench()[0] == 0
    assert bench.copy.read_text() == "first\nlast\n"


def test_what_a_killed_run_has_left_of_another_mutant_is_put_in_order(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    bench.mutant("other", NAMED, "toy.one fails: EINVAL", "tcp_input.c")
    bench()
    other = bench.copy.with_name("tcp_input.c")
    other.unlink()
    other.write_text("what a killed run has left\n")
    assert bench("--only", "edge")[0] == 0
    assert other.read_text() == "first\nlast\n"


def git(folder, *words):
    identity = ["-c", "user.name=A U Thor", "-c", "user.email=author@example.com"]
    done = run(["git", "-C", folder, *identity, *words])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("how", ["file", "Makefile", "commit"])
def test_a_source_that_has_changed_is_not_judged_by_its_old_copy(bench, how):
    tree = bench.folder / "tree"
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    bench.mutant("other", NAMED, "toy.one fails: EINVAL", "tcp_input.c")
    (tree / "Makefile").write_text("VERSION = 6\n")
    if how == "commit":
        git(tree, "init", "-q")
        git(tree, "commit", "-q", "--allow-empty", "-m", "one")
    assert bench("--only", "edge")[0] == 0
    assert bench("--only", "edge")[0] == 0
    if how == "file":  # as an editor does; the copy may be of hard links
        bench.source.with_name("tcp_input.c").unlink()
        bench.source.with_name("tcp_input.c").write_text("first\nlast\nanother\n")
    if how == "Makefile":
        (tree / "Makefile").write_text("VERSION = 7\n")
    if how == "commit":
        git(tree, "commit", "-q", "--allow-empty", "-m", "two")
    refused = run(bench.command("--only", "edge"), env=bench.environment())
    assert refused.returncode == 129
    assert f"{tree} has changed since it was copied: remove {bench.folder}/out" in refused.stderr


def test_commits_of_a_repository_around_the_source_do_not_matter(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    git(bench.folder, "init", "-q")
    for word in ("one", "two"):
        git(bench.folder, "commit", "-q", "--allow-empty", "-m", word)
        assert bench()[0] == 0


def test_a_new_patch_does_not_make_the_source_another(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    assert bench()[0] == 0
    bench.mutant("other", NAMED, "toy.one fails: EINVAL", "tcp_input.c")
    assert bench()[0] == 0


def test_a_newer_archive_is_not_judged_by_an_old_copy(bench):
    archive = bench.folder / "linux.tar.xz"
    tree = bench.folder / "ci/mutation/tree.py"
    tree.write_text(tree.read_text().replace("/usr/src/linux-source-6.1.tar.xz", str(archive)))
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    command = [word for word in bench.command() if "tree" not in word]
    codes = []
    for _ in range(2):
        run(["tar", "-C", bench.folder, "-cJf", archive, "tree"])
        codes += [run(command, env=bench.environment()).returncode for _ in range(2)]
    assert codes == [0, 0, 129, 129]


def test_a_copy_that_does_not_say_of_what_is_refused(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    bench()
    (bench.folder / "out/origin").write_text(str(bench.folder / "tree"))  # by an older ci/mutants
    refused = run(bench.command(), env=bench.environment())
    assert refused.returncode == 129 and "does not say which state" in refused.stderr


def test_another_source_is_not_judged_by_this_copy(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    bench()
    shutil.copytree(bench.folder / "tree", bench.folder / "another")
    refused = run([*bench.command(), "--tree", bench.folder / "another"], env=bench.environment())
    assert refused.returncode == 129 and "take another -o" in refused.stderr


def processes_in(folder):
    """Those that have the folder in their command line."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found += [path.read_bytes()] if str(folder).encode() in path.read_bytes() else []
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_no_compiler_outlives_an_interrupt(bench, number):
    bench.mutant("edge", NAMED, "compiles long")
    process = subprocess.Popen(
        bench.command(), stderr=subprocess.PIPE, text=True, env=bench.environment()
    )
    kernel = bench.folder / "out/um"
    until((kernel / "compiling").exists, "the mutant is compiled")
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "the copy of the tree is as it was" in said
    assert processes_in(bench.folder) == []
    assert "compiles long" in (kernel / "object").read_text(), "the source was restored behind it"
    assert bench.copy.read_text() == "first\nlast\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_leaves_a_clean_tree(bench, number):
    bench.mutant("edge", NAMED, "hangs")
    process = subprocess.Popen(
        bench.command(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=bench.environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    log = bench.folder / "build/dev/calls"
    until(lambda: log.exists() and log.read_text().count("\n") >= 2, "the mutant runs")
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "interrupted" in said
    assert bench.copy.read_text() == "first\nlast\n"


def test_shards_are_a_partition(bench):
    for name in "abcde":
        bench.mutant(name, NAMED, "toy.one fails: EINVAL")
    found = [name for i in (1, 2, 3) for name in bench("--shard", f"{i}/3")[1]]
    assert sorted(found) == list("abcde")


def test_two_do_not_share_a_folder(bench):
    bench.mutant("edge", NAMED, "toy.one fails: EINVAL")
    (bench.folder / "out").mkdir()
    with open(bench.folder / "out/lock", "w") as lock:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = run(bench.command(), env=bench.environment())
    assert refused.returncode == 125 and "take another -o" in refused.stderr


@pytest.mark.parametrize(
    "header",
    [
        "Fault: x\nCases: toy.one --cut once\nExpect: y\n\n",
        "Fault: x\nDamage: y\n\n",
        "Fault: x\nDamage: y\nCases: toy.one --cut once\n\n",
        "Fault: x\nDamage: y\nCases: toy.one\nExpect: z\n\n",
        "Fault: x\nDamage: y\nReason: z\nUnobservable: z\n\n",
        NAMED.rstrip() + "\nUnobservable: z\n\n",
    ],
)
def test_a_header_that_is_not_whole_is_wrong_usage(bench, header):
    bench.mutant("edge", header, "x")
    refused = run(bench.command(), env=bench.environment())
    assert refused.returncode == 129 and "edge.patch" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [["--only", "nobody"], ["--shard", "4/3"], ["--jobs", "0"], ["--bogus"], ["x"]]
)
def test_wrong_usage(bench, arguments):
    bench.mutant("edge", NAMED, "x")
    refused = run(bench.command(*arguments), env=bench.environment())
    assert refused.returncode == 129 and refused.stdout == ""


def test_a_folder_without_a_kernel_is_wrong_usage(bench):
    bench.mutant("edge", NAMED, "x")
    bench.source.unlink()
    refused = run(bench.command(), env=bench.environment())
    assert refused.returncode == 129 and "no Linux source tree" in refused.stderr
