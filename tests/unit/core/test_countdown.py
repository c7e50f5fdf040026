"""Progress says where it stands and how long the rest will take at the pace so far."""

from __future__ import annotations

from core.countdown import Countdown


def told(seconds: list[float], steps: int) -> list[str]:
    """What is said at these times, which are invented."""
    said: list[str] = []
    times = iter([0.0, *seconds])
    countdown = Countdown(steps, said.append, lambda: next(times))
    for _ in seconds:
        countdown.step("trees")
    return said


def test_the_rest_takes_as_long_as_the_mean_step_so_far() -> None:
    assert told([10, 30], 4) == ["1/4 trees, about 30 s left", "2/4 trees, about 30 s left"]


def test_long_rests_are_told_in_minutes() -> None:
    assert told([60], 11) == ["1/11 trees, about 10 min left"]


def test_the_last_step_and_quick_ones_say_no_time() -> None:
    assert told([5, 6], 2) == ["1/2 trees, about 5 s left", "2/2 trees"]
    assert told([0.01], 3) == ["1/3 trees"]


def test_more_steps_than_foreseen_are_no_fault() -> None:
    assert told([1, 2, 3], 2)[-1] == "3/2 trees"
