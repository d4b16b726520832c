"""Waiting for what comes sooner or later."""

import time

LIMIT = 20  # seconds; nothing waits that long unless it is broken


def until(condition, what, limit=LIMIT):
    """Asks `condition` again and again, to a deadline, and gives back what it answered.

    Between two questions it rests: whoever is waited for needs the CPU."""
    deadline = time.monotonic() + limit
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {limit} s: {what}"
        time.sleep(0.005)
    return answer
