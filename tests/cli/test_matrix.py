"""ci/matrix: shards become one page, what regressed is found, and nothing that is missing passes."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest
from lxml import html

from conftest import ROOT
from deadline import until
from test_run_scenario import runner  # noqa: F401 (a fixture)

sys.path[:0] = [str(ROOT / "ci" / "matrix.d"), str(ROOT / "ci")]
import merge  # noqa: E402
import release  # noqa: E402

PROGRAM = ROOT / "ci" / "matrix"
_loader = importlib.machinery.SourceFileLoader("ci_matrix", str(PROGRAM))
program = importlib.util.module_from_spec(importlib.util.spec_from_loader("ci_matrix", _loader))
_loader.exec_module(program)

CASES = [f"{scenario}.{variant}" for scenario in ("close", "gap", "listen")
         for variant in ("v4_a", "v4_b", "v6_a", "v6_b")]
KNOWN = [
    {"case": "gap.*", "except": ["gap.v6_b"], "outcome": "fail", "kernel": {"before": "6.10"},
     "reason": "a bug", "says": "lost", "see": "0123456789abcdef"},
    {"case": "close.v6_b", "outcome": "skip", "reason": "small kernels"},
]


class Folder:
    """What runs have left, written by hand."""

    def __init__(self, path):
        self.path = path
        self.runs = path / "runs"
        self.runs.mkdir()
        self.known = path / "known.json"
        self.known.write_text(json.dumps({"expectations": KNOWN}))

    def run(self, kernel, verdicts=None, *, release="", engine="native", shard="1/1", tail=None,
            cases=CASES, folder=None, **header):
        """verdicts: case -> (result, reason), a pass where there is none."""
        part, of = map(int, shard.split("/"))
        chosen = [case for place, case in enumerate(cases) if place % of + 1 == part]
        lines = [{"matrix": {"kernel": kernel, "engine": engine, "shard": shard,
                             "begun": "2026-11-21T20:00:00Z", **header}}]
        for case in chosen:
            result, reason = (verdicts or {}).get(case, ("pass", ""))
            lines.append({"case": case, "cut": "once", "engine": engine,
                          "kernel": release or kernel.partition(":")[2] + ".9", "result": result,
                          "ms": 1.5, "stall_ms": None, "reason": reason,
                          "rerun": f"run-scenario {case} --cut once"})
        lines.append({"summary": {"cases": len(chosen), "wall_ms": 1.0}})
        lines = lines if tail is None else [*lines[:tail[0]], *tail[1:]]
        name = f"{kernel}.{engine}.{shard}".replace("/", "-of-").replace(":", "-") + ".jsonl"
        folder = folder or self.runs
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder / name

    def text(self, *folders):
        """(exit code, standard output)"""
        return page(*(folders or [self.runs]), "--expectations", self.known, "--format", "text")

    def page(self):
        """(exit code, the document)"""
        out = self.path / "matrix.html"
        code, _ = page(self.runs, "--expectations", self.known, "-o", out)
        return code, html.parse(str(out)).getroot()


def page(*arguments):
    """In this process, as Python is slow to start."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        given = program.parse(["page", *map(str, arguments)])
        code = given.act(given)
    return code, out.getvalue()


def matrix(*arguments, **keywords):
    return subprocess.run([str(word) for word in (PROGRAM, *arguments)],
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          **keywords)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def words(node):
    return " ".join(" ".join(node.itertext()).split())


def of_class(node, name, tag="*"):
    return node.xpath(f".//{tag}[contains(concat(' ', @class, ' '), ' {name} ')]")


def cells(document):
    """scenario -> the words of its cells"""
    return {words(row.find("th")): [words(cell) for cell in row.findall("td")]
            for row in of_class(document, "matrix")[0].xpath("tbody/tr[1]")}


def changes(document):
    """The tables of what changed: (title, rows)"""
    found = []
    for block in of_class(document, "changes"):
        title = words(block.xpath("h3|summary")[0])
        found.append((title.partition(":")[0], [words(row) for row in block.xpath(".//tbody/tr")]))
    return found


# ---- shards --------------------------------------------------------------------------------------


MIXED = {"gap.v4_a": ("xfail", "known: a bug (0123456789abcdef): a byte is lost"),
         "close.v6_b": ("skip", "it has none"), "listen.v4_a": ("fail", "a RST")}


def test_shards_together_are_the_whole(folder):
    folder.run("debian:6.1", MIXED, folder=folder.path / "whole")
    for part in (1, 2, 3):
        folder.run("debian:6.1", MIXED, shard=f"{part}/3", folder=folder.path / f"machine{part}")
    machines = [folder.path / f"machine{part}" for part in (3, 1, 2)]
    (whole,), (merged,) = merge.merge([folder.path / "whole"]), merge.merge(machines)
    assert merged.cases == whole.cases and merged.problems == whole.problems == []
    assert folder.text(*machines) == folder.text(folder.path / "whole")


def test_a_missing_shard_is_said_and_cannot_judge(folder):
    folder.run("debian:6.1", shard="1/3")
    folder.run("debian:6.1", shard="3/3")
    code, document = folder.page()
    assert code == 125
    assert "shard 2/3 is missing" in words(document) and "2 of 3" in words(document)
    assert "incomplete" in words(of_class(document, "matrix")[0].find("thead"))


@pytest.mark.parametrize("tail, said", [
    ((6,), "ends after line 6, without a summary"),
    ((6, {"summary": {"cases": 12}}), "has 5 of the 12 cases of its summary"),
    ((6, "{}"), "is damaged at line 7"),
    ((1, {"case": "gap.v4_a", "cut": "once", "result": "splendid"}),
     "is damaged at line 2: no such result: splendid"),
])
def test_a_file_that_is_cut_off_is_said_and_cannot_judge(folder, tail, said):
    file = folder.run("debian:6.1", tail=tail)
    code, text = folder.text()
    assert code == 125
    assert f"{file.name} {said}" in text


def test_half_a_line_is_a_file_that_is_cut_off(folder):
    file = folder.run("debian:6.1")
    file.write_text(file.read_text()[:-40])
    code, text = folder.text()
    assert code == 125 and f"{file.name} is damaged at line 14" in text


def test_a_run_that_could_not_judge_is_trouble_with_its_reason_and_never_a_pass(folder):
    folder.run("debian:6.1")
    folder.run("debian:6.1", engine="criu", tail=(1, {"trouble": {"exit": 129, "reason": "no criu"}}))
    code, document = folder.page()
    assert code == 125
    assert cells(document)["gap"] == ["✓ pass 4", "? trouble"]
    assert "no criu" in words(of_class(document, "runs")[0])


def test_a_column_without_a_verdict_is_not_good(folder):
    folder.run("debian:6.1", {case: ("skip", "it has none") for case in CASES})
    code, text = folder.text()
    assert code == 125 and "nothing was judged" in text


def test_the_later_of_two_runs_of_a_shard_counts(folder):
    folder.run("debian:6.1", {"gap.v4_a": ("fail", "lost")})
    folder.run("debian:6.1", folder=folder.path / "later", begun="2026-11-22T00:00:00Z")
    code, text = folder.text(folder.path / "later", folder.runs)
    assert code == 0 and "shard 1/1 is there 2 times: that of 2026-11-22T00:00:00Z counts" in text


def test_divisions_that_overlap_are_not_counted_twice(folder):
    folder.run("debian:6.1")
    folder.run("debian:6.1", shard="1/2")
    code, text = folder.text()
    assert code == 0 and "pass 12" in text and "1 of 2 shards left out" in text


def test_shards_of_different_commits_are_noted(folder):
    folder.run("debian:6.1", shard="1/2", commit="aaa")
    folder.run("debian:6.1", shard="2/2", commit="bbb")
    assert "its shards ran with different commits: aaa; bbb" in folder.text()[1]


def test_a_shard_that_did_not_boot_belongs_to_its_column(folder):
    folder.run("um", release="6.1.9", shard="1/2")
    folder.run("um", shard="2/2", tail=(1, {"trouble": {"exit": 125, "reason": "no boot"}}))
    code, document = folder.page()
    assert code == 125
    assert len(of_class(of_class(document, "matrix")[0].find("thead"), "release")) == 1
    assert "shard 2/2: no boot" in words(of_class(document, "runs")[0])


def test_hosts_with_different_kernels_are_different_columns(folder):
    folder.run("host", release="6.1.0", shard="1/2")
    folder.run("host", release="6.12.0", shard="2/2")
    code, text = folder.text()
    assert code == 125 and "shard 1/2 is missing" in text and "shard 2/2 is missing" in text


# ---- from one kernel to the next -----------------------------------------------------------------


def test_releases_are_in_order_whatever_their_text(folder):
    for kernel in ("debian:6.12", "debian:6.9", "debian:6.1"):
        folder.run(kernel)
    _, document = folder.page()
    heads = [words(each) for each in of_class(of_class(document, "matrix")[0].find("thead"), "release")]
    assert heads == ["6.1.9", "6.9.9", "6.12.9"]


@pytest.mark.parametrize("older, newer, is_newer", [
    ("6.1.9", "6.12", True), ("6.12", "6.12.1-cloud", True), ("6.12-rc3", "6.12.0", True),
    ("6.12-rc3", "6.12-rc10", True), ("6.12.1", "6.12.1", False), ("", "6.12", False),
    ("6.1.0-56-amd64", "6.1.192", False),  # Debian's own is 6.1.192 too
    ("6.1.0-56-amd64", "6.12.9", True),
])
def test_which_release_is_newer(older, newer, is_newer):
    assert release.is_newer(newer, older) == is_newer
    assert not release.is_newer(older, newer)


LOST = ("fail", "a byte is lost")
KNOWN_LOST = ("xfail", "known: a bug (0123456789abcdef): a byte is lost")


def test_a_regression_is_the_newer_kernels_and_comes_first(folder):
    folder.run("debian:6.12", {"listen.v4_a": LOST, "listen.v4_b": LOST})
    folder.run("debian:6.1", {"gap.v4_a": KNOWN_LOST})
    code, document = folder.page()
    assert code == 1
    (regressed, broken), (repaired, mended) = changes(document)
    assert regressed == "Regressed"
    assert broken == ["listen 2 once native 6.1.9 debian:6.1 6.12.9 debian:6.12 a byte is lost"]
    assert repaired == "Repaired, as expected"
    assert mended == ["gap 1 once native 6.1.9 debian:6.1 6.12.9 debian:6.12 a bug 0123456789abcdef"]
    links = of_class(document, "changes")[0].xpath(".//th/a/@href")
    assert links == ["#listen.1"] and document.get_element_by_id("listen.1") is not None


def test_the_other_way_round_it_is_a_repair_that_nobody_declared(folder):
    folder.run("debian:6.1", {"listen.v4_a": LOST})
    folder.run("debian:6.12")
    _, document = folder.page()
    assert [title for title, _ in changes(document)] == ["Repaired"]


def test_trouble_and_what_did_not_run_are_stepped_over(folder):
    folder.run("debian:6.1")
    folder.run("debian:6.6", {"listen.v4_a": ("trouble", "no memory")})
    folder.run("debian:6.9", cases=[case for case in CASES if case != "listen.v4_a"])
    folder.run("debian:6.12", {"listen.v4_a": LOST})
    _, document = folder.page()
    ((title, (row,)),) = changes(document)
    assert title == "Regressed" and "6.1.9 debian:6.1 6.12.9 debian:6.12" in row


def test_a_skip_between_hides_no_regression(folder):
    folder.run("debian:6.1")
    folder.run("debian:6.6", {"close.v6_b": ("skip", "gone")})
    folder.run("debian:6.12", {"close.v6_b": LOST})
    _, document = folder.page()
    assert [title for title, _ in changes(document)] == ["Regressed", "Skipped, as expected"]


def test_kernels_of_one_release_differ_without_a_direction(folder):
    folder.run("before", release="6.1.192", verdicts={"gap.v6_a": LOST})
    folder.run("after", release="6.1.192")
    _, document = folder.page()
    assert [title for title, _ in changes(document)] == ["Differs"]


def test_engines_are_not_held_against_each_other(folder):
    folder.run("debian:6.1")
    folder.run("debian:6.12", {"gap.v4_a": LOST}, engine="broken:window")
    _, document = folder.page()
    assert changes(document) == []
    assert "No engine was judged by two kernels" in words(document)


def test_what_a_newer_kernel_skips_is_a_loss(folder):
    folder.run("debian:6.1")
    folder.run("debian:6.9", {"gap.v4_a": ("skip", "gone"), "close.v6_b": ("skip", "gone")})
    folder.run("debian:6.12", {"gap.v4_a": ("skip", "gone"), "close.v6_b": ("skip", "gone")})
    _, document = folder.page()
    (lost, (row,)), (expected, (other,)) = changes(document)
    assert lost == "Skipped" and row.startswith("gap 1") and "6.9.9" in row
    assert expected == "Skipped, as expected" and other.startswith("close 1")


def test_of_repetitions_the_worst_counts_for_what_changed(folder):
    folder.run("debian:6.1")
    file = folder.run("debian:6.12", {"gap.v4_a": LOST}, cases=CASES * 2)
    lines = file.read_text().replace('"fail"', '"pass"', 1)
    file.write_text(lines)
    _, document = folder.page()
    assert [title for title, _ in changes(document)] == ["Regressed"]
    assert cells(document)["gap"][1] == "✗ fail 1 ✓ pass 7"


# ---- what is expected ----------------------------------------------------------------------------


@pytest.mark.parametrize("verdict, code", [
    (("pass", ""), 0), (KNOWN_LOST, 0), (("skip", "it has none"), 0), (LOST, 1),
    (("xpass", "was expected to fail: a bug"), 1), (("trouble", "no memory"), 125),
])
def test_exit_codes(folder, verdict, code):
    folder.run("debian:6.1", {"gap.v4_a": verdict})
    assert folder.text()[0] == code
    assert folder.page()[0] == code


def test_a_failure_is_worse_than_trouble(folder):
    folder.run("debian:6.1", {"gap.v4_a": LOST, "gap.v4_b": ("trouble", "no memory")}, shard="1/2")
    assert folder.text()[0] == 1


def test_an_expected_failure_shows_the_expectation_with_its_link(folder):
    folder.run("debian:6.1", {"gap.v4_a": KNOWN_LOST, "gap.v6_a": KNOWN_LOST})
    _, document = folder.page()
    assert cells(document)["gap"] == ["≈ xfail 2 ✓ pass 2"]
    section = document.get_element_by_id("gap.0")
    assert "≈ xfail 2 a byte is lost" in words(section)
    assert "expected: a bug 0123456789abcdef" in words(section)
    assert of_class(section, "see")[0].find("a").get("href").endswith("/commit/?id=0123456789abcdef")
    assert "run-scenario gap.v4_a --cut once" in words(section)
    (gap, close) = of_class(document, "known", "table")[0].xpath("tbody/tr")
    assert words(gap).endswith(" 2") and words(close).endswith(" 0")


@pytest.mark.parametrize("case, kernel, engine, reason, is_meant", [
    ("gap.v4_a", "debian:6.1", "native", "a byte is lost", True),
    ("gap.v4_a", "debian:6.1", "native", "a byte is doubled", False),
    ("gap.v4_a", "debian:6.12", "native", "a byte is lost", False),
    ("gap.v4_a", "debian:6.1", "criu", "a byte is lost", True),
    ("gap.v6_b", "debian:6.1", "native", "a byte is lost", False),
])
def test_an_entry_explains_only_what_it_names(folder, case, kernel, engine, reason, is_meant):
    folder.run(kernel, {case: ("xfail", reason)}, engine=engine)
    _, document = folder.page()
    assert ("expected: a bug" in words(document.get_element_by_id("gap.0"))) == is_meant


def test_a_skip_that_nobody_expects_is_said(folder):
    folder.run("debian:6.1", {"close.v6_b": ("skip", "none"), "close.v6_a": ("skip", "none")})
    _, document = folder.page()
    section = words(document.get_element_by_id("close.0"))
    assert "expected: small kernels" in section and "nobody expects this skip" in section
    assert "1 skip that nobody expects" in words(of_class(document, "headline")[0])


def test_reasons_that_differ_in_numbers_are_one_with_all_its_lines(folder):
    folder.run("debian:6.1", {case: ("fail", f"packet {i}: a RST") for i, case in enumerate(CASES)})
    _, document = folder.page()
    (alike,) = of_class(document.get_element_by_id("gap.0"), "alike")
    assert "✗ fail 4 packet 4: a RST (and alike, with other numbers)" in words(alike)
    assert "# gap.v4_b: packet 5: a RST run-scenario gap.v4_b --cut once" in words(alike)


def test_the_rerun_line_says_which_kernel(folder):
    folder.run("um", {"gap.v4_a": LOST}, release="6.1.9", kernel_argument="build/my um/linux")
    _, document = folder.page()
    assert "run-scenario gap.v4_a --cut once --kernel 'build/my um/linux'" in words(document)


def test_what_a_later_round_has_left_is_found(folder):
    file = folder.run("debian:6.1", {"gap.v4_a": LOST})
    left = file.with_suffix(".left") / "run-scenario.out/gap.v4_a.round7"
    left.mkdir(parents=True)
    (column,) = merge.merge([folder.runs])
    assert column.worst(("gap.v4_a", "once")).left == str(left)


def test_other_expectations_than_those_of_the_runs_are_noted(folder):
    folder.run("debian:6.1", expectations="feedfeedfeedfeed")
    assert "judged by other expectations" in folder.text()[1]


# ---- the page ------------------------------------------------------------------------------------


def test_what_a_case_says_is_text_and_never_markup(folder):
    evil = "<script>alert(1)</script>&amp;'\"<b>"
    folder.run("debian:6.1", {"gap.v4_a": ("fail", evil), "close.v4_a": ("skip", evil)})
    folder.run("debian:6.12", {}, engine="<img src=x>")
    _, document = folder.page()
    (script,) = document.xpath("//script")
    assert "alert" not in script.text
    assert not document.xpath("//img") and evil in document.text_content()


def test_the_page_needs_nothing_from_anywhere(folder):
    folder.run("debian:6.1", MIXED)
    _, document = folder.page()
    assert document.xpath("//@src") == [] and document.xpath("//link|//img|//iframe|//object") == []
    for style in document.xpath("//style"):
        assert "url(" not in style.text and "@import" not in style.text
    for link in document.xpath("//a"):
        target = link.get("href")
        assert target.startswith("https://git.kernel.org/") or document.get_element_by_id(target[1:]) is not None


def test_the_page_is_well_formed(folder):
    folder.run("debian:6.1", MIXED)
    folder.run("debian:6.12", shard="1/2")
    folder.page()
    parser = html.HTMLParser()
    html.parse(str(folder.path / "matrix.html"), parser)
    newer = re.compile("Tag (header|section|details|summary|output) invalid")  # than libxml2 is
    assert [each.message for each in parser.error_log if not newer.match(each.message)] == []
    ids = re.findall(r' id="([^"]+)"', (folder.path / "matrix.html").read_text())
    assert len(ids) == len(set(ids))


def test_rows_that_pass_everywhere_are_folded(folder):
    folder.run("debian:6.1", MIXED)
    _, document = folder.page()
    quiet = [words(row.find("tr").find("th")) for row in of_class(document, "quiet")]
    assert quiet == []
    folder.run("debian:6.1", {"gap.v4_a": LOST})
    _, document = folder.page()
    quiet = [words(row.find("tr").find("th")) for row in of_class(document, "quiet")]
    assert quiet == ["close", "listen"]
    assert "2 scenarios pass wherever they ran" in folder.text()[1]


def test_it_stays_light(folder):
    cases = [f"scenario_{i}.v4_active_variant_{j}" for i in range(60) for j in range(29)]
    for kernel in ("debian:6.1", "debian:6.6", "debian:6.9", "debian:6.12"):
        folder.run(kernel, {case: ("fail", f"packet {i}: bytes that peer has read: expected 6000")
                            for i, case in enumerate(cases) if i % 3 == 0}, cases=cases)
    folder.page()
    assert (folder.path / "matrix.html").stat().st_size < 2_000_000


@pytest.mark.parametrize("what, code", [("nothing", 125), ("nowhere", 129), ("known", 129)])
def test_no_results_no_page(folder, what, code):
    if what == "known":
        folder.run("debian:6.1")
        folder.known.write_text("{")
    runs = folder.path / "nowhere" if what == "nowhere" else folder.runs
    done = matrix("page", runs, "--expectations", folder.known, "-o", folder.path / "page.html")
    assert (done.returncode, done.stdout) == (code, "") and len(done.stderr.splitlines()) == 1
    assert not (folder.path / "page.html").exists()


# ---- run -----------------------------------------------------------------------------------------


class Suite:
    """ci/matrix run, with the real run-scenario over fake scenarios."""

    def __init__(self, build, runner):
        self.runner, self.folder = runner, runner.folder / "out"
        self.environment = dict(runner.environment, SOCKCR_BUILD=str(build))

    def __call__(self, *arguments):
        return matrix("run", "-o", self.folder, *arguments, env=self.environment,
                      cwd=self.runner.folder)

    def lines(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def knows_criu(self):
        path = self.runner.scenarios / "half_closed"
        native = '{"name": "native"'
        criu = '{"name": "criu", "about": "CRIU", "cases": []}'
        path.write_text(path.read_text().replace(native, f"{criu}, {native}"))

    @property
    def files(self):
        return sorted(path.name for path in self.folder.glob("*"))

    def host(self, engine="native", shard="1-of-1"):
        return f"host-{os.uname().release}.{engine}.{shard}"


@pytest.fixture
def suite(build, runner):  # noqa: F811
    return Suite(build, runner)


def test_run_keeps_the_lines_with_a_header(suite):
    done = suite("half_closed", "--cut", "once,twice")
    assert (done.returncode, done.stderr) == (0, "")
    assert suite.files == [suite.host() + ".jsonl"]
    header, *cases, summary = suite.lines(suite.files[0])
    assert header["matrix"]["kernel"] == "host" and header["matrix"]["release"] == os.uname().release
    assert header["matrix"]["cases"] == "half_closed" and header["matrix"]["commit"]
    assert {case["cut"] for case in cases} == {"once", "twice"}
    assert summary["summary"]["cases"] == len(cases) == 24


def test_shards_that_were_run_are_the_whole(suite):
    for shard in ("1/3", "2/3", "3/3"):
        assert suite("--shard", shard).returncode == 0
    (sharded,) = merge.merge([suite.folder])
    suite.folder = suite.runner.folder / "whole"
    suite()
    (whole,) = merge.merge([suite.folder])
    assert sharded.problems == whole.problems == []
    assert {key: sharded.result(key) for key in sharded.cases} == {
        key: whole.result(key) for key in whole.cases}


@pytest.mark.parametrize("options, name", [
    ([], "half_closed.fail_a"),
    (["--cut", "twice", "--engine", "broken:window"], "half_closed.fail_a.twice.broken-window"),
])
def test_a_failure_leaves_its_folder(suite, options, name):
    done = suite("half_closed.fail_a", *options)
    assert done.returncode == 1 and "1 case fails" in done.stdout
    (column,) = merge.merge([suite.folder])
    ((case,),) = column.cases.values()
    assert case.left.endswith(f".left/run-scenario.out/{name}")
    assert (pathlib.Path(case.left) / "transcript").exists()


def test_what_is_there_is_not_run_again_unless_asked(suite):
    suite("half_closed.pass_0")
    before = len(suite.runner.requests())
    assert "there already" in suite("half_closed.pass_0").stdout
    assert len(suite.runner.requests()) == before
    assert "there already" not in suite("half_closed.pass_0", "--again").stdout
    assert len(suite.runner.requests()) == before + 1


@pytest.mark.parametrize("change", ["truncated", "other cases", "other options", "trouble",
                                    "another build"])
def test_what_is_not_complete_or_another_run_is_run_again(suite, change):
    suite("half_closed.pass_0")
    file = suite.folder / suite.files[0]
    if change == "truncated":
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    if change == "trouble":
        file.write_text(file.read_text() + '{"trouble": {"exit": 130, "reason": "interrupted"}}\n')
    if change == "another build":
        os.utime(suite.runner.scenarios / "half_closed", (0, 2_000_000_000))
    words = {"other cases": ["half_closed.pass_1"], "other options":
             ["half_closed.pass_0", "--", "--seed", "7"]}.get(change, ["half_closed.pass_0"])
    done = suite(*words)
    assert "there already" not in done.stdout and done.returncode == 0
    assert len(suite.runner.requests()) == 2


def test_a_run_that_cannot_judge_goes_on_with_the_others(suite):
    suite.knows_criu()
    done = suite("half_closed.pass_0", "--engine", "criu:/no/such", "--engine", "native")
    assert done.returncode == 125
    assert "criu:/no/such: trouble: run-scenario:" in done.stdout
    *_, trouble = suite.lines(f"{suite.host('criu-no-such')}.jsonl")
    assert trouble["trouble"]["exit"] == 125 and "/no/such" in trouble["trouble"]["reason"]
    assert suite.lines(f"{suite.host()}.jsonl")[-1]["summary"]["pass"] == 1


def test_an_image_that_is_none_is_trouble_of_its_column(suite):
    done = suite("half_closed.pass_0", "--kernel", "host", "--kernel", "um=linux")
    assert done.returncode == 125
    *_, trouble = suite.lines("um.native.1-of-1.jsonl")
    assert str(suite.runner.folder / "linux") in trouble["trouble"]["reason"]  # the caller's


@pytest.mark.parametrize("of_ctrl_c", [signal.SIG_DFL, signal.SIG_IGN])  # behind a script: "&"
def test_an_interrupt_ends_the_cases_and_is_said(suite, of_ctrl_c):
    command = [PROGRAM, "run", "-o", suite.folder, "half_closed.hang_a"]
    process = subprocess.Popen(command, env=suite.environment, cwd=suite.runner.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, of_ctrl_c))
    suite.runner.pids(1)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and "interrupted" in err
    until(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in suite.runner.pids(1)),
          "the case is gone")
    assert suite.lines(suite.files[0])[-1]["trouble"]["reason"] == "interrupted"


@pytest.mark.parametrize("arguments", [
    ["--shard", "4/3"], ["--shard", "1"], ["--kernel", "a/linux", "--kernel", "a/linux"],
    ["--", "--format", "text"], ["--all", "half_closed"], ["--bogus"], ["--", "--list"],
    ["--", "--help"], ["--", "--explain=half_closed"], ["--", "--expectations", "none.json"],
    ["nonsense"], ["--engine", "native", "--engine", "no-such"], ["--cut", "thrice"],
    ["--", "--seed"], ["--", "--bogus"],
])
def test_wrong_usage_runs_nothing(suite, arguments):
    done = suite(*arguments)
    assert done.returncode == 129 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert not suite.folder.exists()


@pytest.mark.parametrize("words", [
    ["half_closed.pass_0", "--", "--bogus"], ["half_closed.pass_0", "--", "--seed"],
    ["half_closed.pass_0", "--", "--list"], ["half_closed.pas_0"],
    ["half_closed.pass_0", "--", "--junit"],
])
def test_wrong_usage_leaves_what_is_there(suite, words):
    suite("half_closed.pass_0")
    before, requests = suite.lines(suite.files[0]), suite.runner.requests()
    refused = suite(*words)
    assert refused.returncode == 129 and len(refused.stderr.splitlines()) == 1
    assert suite.lines(suite.files[0]) == before and suite.runner.requests() == requests


def test_a_file_of_expectations_is_the_callers_and_its_contents_count(suite):
    known = suite.runner.folder / "known.json"
    entry = {"case": "half_closed.fail_a", "outcome": "fail", "reason": "a bug", "see": "here"}
    known.write_text(json.dumps({"expectations": [entry]}))
    command = ["half_closed.fail_a", "--", "--expectations", "known.json"]
    first = suite(*command)
    assert (first.returncode, first.stderr) == (0, "")
    assert "there already" in suite(*command).stdout
    known.write_text(json.dumps({"expectations": [dict(entry, case="half_closed.fail_b")]}))
    changed = suite(*command)
    assert changed.returncode == 1 and "there already" not in changed.stdout


def test_another_criu_at_the_same_place_is_another_engine(suite):
    suite.knows_criu()
    criu = suite.runner.folder / "criu"
    criu.write_text("#!/bin/sh\n")
    criu.chmod(0o755)
    command = ["half_closed.pass_0", "--engine", "criu:criu", "--engine", "native"]
    suite(*command)
    assert suite(*command).stdout.count("there already") == 2
    criu.write_text("#!/bin/sh\n# a newer one\n")
    assert suite(*command).stdout.count("there already") == 1
    assert "engine_program" not in suite.lines(f"{suite.host()}.jsonl")[0]["matrix"]


def test_two_do_not_write_the_same_file(suite):
    process = subprocess.Popen([PROGRAM, "run", "-o", suite.folder, "half_closed.hang_a"],
                               env=suite.environment, cwd=suite.runner.folder, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    suite.runner.pids(1)
    before = (suite.folder / suite.files[0]).read_bytes()
    second = suite("half_closed.pass_0")
    after = (suite.folder / f"{suite.host()}.jsonl").read_bytes()
    process.terminate()
    process.communicate(timeout=30)
    assert second.returncode == 125 and "another ci/matrix writes" in second.stderr
    assert after == before


def test_a_full_disk_is_trouble_in_one_line(suite):
    with open("/dev/full", "w") as full:
        done = subprocess.run([PROGRAM, "run", "-o", suite.folder, "half_closed.pass_0"],
                              env=suite.environment, cwd=suite.runner.folder, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 125
    assert done.stderr == "ci/matrix: [Errno 28] No space left on device\n"


def test_a_file_where_the_folder_belongs_is_trouble_in_one_line(suite):
    suite.folder.touch()
    done = suite("half_closed.pass_0")
    assert done.returncode == 125 and len(done.stderr.splitlines()) == 1


def test_without_a_build_it_says_what_to_do(suite, tmp_path):
    suite.environment["SOCKCR_BUILD"] = str(tmp_path)
    done = suite()
    assert done.returncode == 125 and "ci/build dev" in done.stderr
