"""What `git bisect` found, read from its log."""

import dataclasses
import re
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Findings:
    first_bad: Optional[str]  # the hash
    possible: list[str]  # where skipped commits leave several


def findings_of(log: str) -> Findings:
    """git notes its result in the log as comments: `# first bad commit: [HASH] SUBJECT`."""
    first = re.search(r"^# first bad commit: \[([0-9a-f]+)\]", log, re.MULTILINE)
    possible = re.findall(r"^# possible first bad commit: \[([0-9a-f]+)\]", log, re.MULTILINE)
    return Findings(first.group(1) if first else None, possible)
