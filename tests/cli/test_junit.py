"""--junit FILE, against an XSD, and what the counts promise."""

import os
import pathlib
import signal
import subprocess

import pytest
from lxml import etree

from test_run_scenario import COVER, add_scenario, runner  # noqa: F401 (a fixture)

SCHEMA = etree.XMLSchema(etree.parse(pathlib.Path(__file__).with_name("junit.xsd")))
GOOD = """<testsuites name="sockcr"><testsuite name="a" tests="2" failures="1" errors="0" skipped="0"
 time="0.1"><properties><property name="kernel" value="6.18"/></properties>
 <testcase classname="a" name="x" time="0.1"/>
 <testcase classname="a" name="y" time="0"><failure message="m" type="t">r</failure>
 <system-out>o</system-out></testcase></testsuite></testsuites>"""


class NotJunit(Exception):
    pass


def read(text):
    """The suites by name; raises NotJunit where schema or counts are broken."""
    try:
        root = etree.fromstring(text)
        SCHEMA.assertValid(root)
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        raise NotJunit(str(error)) from None
    for suite in root:
        for attribute, path in [("tests", "testcase"), ("failures", "testcase/failure"),
                                ("errors", "testcase/error"), ("skipped", "testcase/skipped")]:
            if int(suite.get(attribute)) != len(suite.findall(path)):
                raise NotJunit(f"{suite.get('name')}: {attribute} are miscounted")
        names = [case.get("name") for case in suite.iter("testcase")]
        if len(set(names)) != len(names):
            raise NotJunit(f"{suite.get('name')}: a name stands twice")
    return {suite.get("name"): suite for suite in root}


class TestReader:
    def test_reads_what_is_good(self):
        assert list(read(GOOD)) == ["a"]

    @pytest.mark.parametrize(
        "broken, by, why",
        [
            ("</testsuites>", "", "Premature end|EndTag"),
            ('classname="a" name="x"', 'name="x"', "classname"),
            ('time="0"', 'time="0,5 s"', "time"),
            ('time="0"', 'time="-1"', "time"),
            ('tests="2"', 'tests="3"', "tests are miscounted"),
            ('failures="1"', 'failures="0"', "failures are miscounted"),
            ('message="m"', "", "message"),
            ("<system-out>o</system-out>", "<output>o</output>", "output"),
            (">r<", ">\x01<", "PCDATA|Char"),
            ('name="y"', 'name="x"', "stands twice"),
        ],
    )
    def test_refuses_what_is_broken(self, broken, by, why):
        assert broken in GOOD
        with pytest.raises(NotJunit, match=why):
            read(GOOD.replace(broken, by, 1))


@pytest.fixture
def junit(runner):
    def run(*arguments):
        file = runner.folder / "results.xml"
        result = runner(*arguments, "--junit", file)
        return result, read(file.read_bytes())

    return run


def outcomes(suite):
    return {case.get("name"): [child.tag for child in case if child.tag != "system-out"]
            for case in suite.iter("testcase")}


class TestJunit:
    def test_has_each_verdict(self, junit):
        names = [f"half_closed.{v}" for v in ("fail_a", "xpass", "xfail", "skip", "crash")]
        result, suites = junit("half_closed", *names)
        assert result.returncode == 1 and "12 pass" in result.stdout
        found = outcomes(suites["half_closed"])
        assert {name: found[name] for name in ("fail_a", "xpass", "xfail", "skip", "crash")} == {
            "fail_a": ["failure"], "xpass": ["failure"], "xfail": ["skipped"], "skip": ["skipped"],
            "crash": ["error"]}
        assert all(found[name] == [] for name in COVER)

    def test_has_report_and_rerun_of_a_failure(self, junit):
        _, suites = junit("half_closed.fail_a")
        (case,) = suites["half_closed"].iter("testcase")
        assert "step 9 of 12\nexpected: 1\n" in case.findtext("system-out")
        assert "half_closed.fail_a --cut once" in case.findtext("failure")
        assert case.find("failure").get("message") == "a byte is lost"

    def test_says_what_decides(self, junit):
        _, suites = junit("half_closed.pass_0", "--seed", "7", "--cut", "none,twice")
        properties = {p.get("name"): p.get("value") for p in suites["half_closed"].iter("property")}
        assert properties["kernel"] == os.uname().release
        assert properties["engine"] == "native" and properties["seed"] == "7"
        assert properties["cuts"] == "none,twice"

    def test_goes_with_any_format(self, junit):
        for form in ("text", "json", "ktap"):
            result, suites = junit("half_closed", "--format", form)
            assert result.returncode == 0 and len(outcomes(suites["half_closed"])) == len(COVER)

    def test_of_shards_together_is_the_whole(self, junit):
        _, whole = junit("half_closed", "--cut", "none,once")
        parts = [junit("half_closed", "--cut", "none,once", "--shard", f"{i}/3")[1] for i in (1, 2, 3)]
        together = [name for part in parts for name in outcomes(part["half_closed"])]
        assert sorted(together) == sorted(outcomes(whole["half_closed"]))

    def test_survives_bytes_that_xml_cannot_hold(self, runner, junit):
        binary = runner.scenarios / "half_closed"
        hostile = r"\u0000\u001b\uffff ]]> <&"
        text = binary.read_text()
        binary.write_text(text.replace("a byte is lost", hostile).replace("expected: 1", hostile))
        _, suites = junit("half_closed.fail_a")
        (case,) = suites["half_closed"].iter("testcase")
        assert "]]> <&" in case.find("failure").get("message")
        assert "??? ]]> <&" in case.findtext("system-out")

    def test_is_whole_after_ctrl_c(self, runner):
        file = runner.folder / "results.xml"
        process = runner.start("half_closed.pass_0", "half_closed.hang_a", "--format", "json",
                               "--junit", file)
        process.stdout.readline()
        runner.pids(1)
        assert not file.exists()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
        assert list(outcomes(read(file.read_bytes())["half_closed"])) == ["pass_0"]
        assert [path.name for path in runner.folder.iterdir()] == ["results.xml"]

    def test_that_cannot_be_written_is_wrong_usage_before_anything_runs(self, runner):
        for place in ("/nowhere/results.xml", runner.folder):
            result = runner("half_closed", "--junit", place)
            assert result.returncode == 129 and result.stdout == ""
            assert "cannot be written" in result.stderr

    def test_on_a_full_disk_is_not_good(self, runner):
        add_scenario(runner.scenarios, "other")
        limit = 'ulimit -f 0; trap "" XFSZ; exec "$0" "$@"'
        result = subprocess.run(
            ["sh", "-c", limit, str(runner.program), "--all", "--junit", "results.xml"],
            cwd=runner.folder, env=runner.environment, capture_output=True, text=True, timeout=60)
        assert result.returncode == 125, result.stdout + result.stderr
        assert "write" in result.stderr and list(runner.folder.iterdir()) == []
