"""Timer functions, run by the host on their schedule."""

from tests.host.conftest import Run
from tests.programs import until

TIMERS = """
@app.function_name("often")
@app.timer_trigger(arg_name="timer", schedule="%OFTEN%")
def often(timer: func.TimerRequest) -> None:
    note(often=timer.past_due)
    raise ValueError("a failure does not stop a schedule")

@app.function_name("early")
@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
def early(timer: func.TimerRequest) -> None:
    note(early=timer.schedule_status["Next"][4:])

@app.function_name("never")
@app.timer_trigger(arg_name="timer", schedule="0 0 0 31 2 *")
async def never(timer: func.TimerRequest) -> None:
    note(never=True)
"""


def test_a_timer_runs_again_and_again_whatever_it_raises_and_another_at_the_start(run: Run) -> None:
    with run(TIMERS, environ={"OFTEN": "* * * * * *"}) as hosted:
        assert hosted.url
        until(lambda: hosted.notes().count({"often": False}) >= 3 or None, what="three runs")

        assert hosted.notes().count({"early": "-01-01T00:00:00Z"}) == 1
        assert {"never": True} not in hosted.notes()
        assert hosted.program.end() == 0
