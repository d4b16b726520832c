"""How ci/mutants ends."""

GOOD, BAD, TROUBLE, USAGE, INTERRUPTED = 0, 1, 125, 129, 130


class Trouble(Exception):
    """This machine, or this tree, cannot judge."""


class Usage(Exception):
    """What was asked for does not exist."""
