import pytest

from eeg.steps.progress import Progress


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def told(progress, clock, seconds, share):
    clock.now += seconds
    progress("fold 1 of 4, epoch 3: loss 0.500", share)


def test_the_log_hears_once_a_second_and_the_terminal_now_and_then(clock, capsys):
    shown = []
    progress = Progress("trial valence ccnn s01", shown.append, clock=clock)
    for _ in range(5):
        told(progress, clock, 0.5, 0.1)
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert shown == []
    told(progress, clock, 17.5, 0.5)
    assert shown == ["trial valence ccnn s01: fold 1 of 4, epoch 3: loss 0.500; at most 20 s left"]
    told(progress, clock, 5.0, 0.6)
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("elapsed", "share", "left"), [(30, 0.5, "30 s"), (120, 0.25, "6 min"), (3600, 0.1, "9.0 h"), (60, 1.0, "0 s")]
)
def test_the_time_left_follows_from_the_share_that_is_done(clock, capsys, elapsed, share, left):
    told(Progress("", lambda line: None, clock=clock), clock, elapsed, share)
    assert capsys.readouterr().out.strip().endswith(f"at most {left} left")
