"""The function app: four timers, and where an Event Hub is named, its trigger. Schedules and names are app settings that the host reads."""

import logging

import azure.functions as func

from .graph_streams import RISK_TIMER, SIGN_IN_TIMER, SWEEP_TIMER, of_timer
from .hub import functions_of_hub
from .jobs import SWEEP_PART, look_and_send, poll_each
from .wiring import endpoint_session, for_each_tenant, is_pushed

LOG = logging.getLogger(__name__)

for _talkative in ("azure", "httpx", "httpcore", "urllib3"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)  # they log addresses, and the Teams webhook's address is its secret

app = func.FunctionApp()
if is_pushed():
    app.register_functions(functions_of_hub())


@app.function_name("poll_sign_ins")
@app.timer_trigger(arg_name="timer", schedule="%POLL_SCHEDULE%", run_on_startup=False, use_monitor=True)
def poll_sign_ins(timer: func.TimerRequest, context: func.Context) -> None:
    """Sign-ins: interactive, and where they are switched on non-interactive ones and those of workloads."""
    _poll(SIGN_IN_TIMER, timer, context)


@app.function_name("poll_risk_detections")
@app.timer_trigger(arg_name="timer", schedule="%POLL_SCHEDULE%", run_on_startup=False, use_monitor=True)
def poll_risk_detections(timer: func.TimerRequest, context: func.Context) -> None:
    """Risk detections, with the sign-ins they name; those of workloads where they are switched on."""
    _poll(RISK_TIMER, timer, context)


@app.function_name("poll_endpoint")
@app.timer_trigger(arg_name="timer", schedule="%POLL_SCHEDULE%", run_on_startup=False, use_monitor=True)
def poll_endpoint(timer: func.TimerRequest, context: func.Context) -> None:
    """Process starts of endpoint agents; nothing until ENDPOINT_INDICES is set."""
    with endpoint_session(context.invocation_id) as now:
        if now is not None:
            _warn_when_late(timer)
            poll_each(list(now.streams.values()), now.needs)


@app.function_name("sweep")
@app.timer_trigger(arg_name="timer", schedule="%SWEEP_SCHEDULE%", run_on_startup=False, use_monitor=True)
def sweep(timer: func.TimerRequest, context: func.Context) -> None:
    """What only time can do: a deeper look at risky sign-ins first, then sign-ins not found before, and pending notifications."""
    _warn_when_late(timer)
    for_each_tenant(lambda now: look_and_send(of_timer(SWEEP_TIMER, now.streams), now.needs), context.invocation_id, notify_part=SWEEP_PART)


def _poll(name: str, timer: func.TimerRequest, context: func.Context) -> None:
    _warn_when_late(timer)
    for_each_tenant(lambda now: poll_each(of_timer(name, now.streams), now.needs), context.invocation_id)


def _warn_when_late(timer: func.TimerRequest) -> None:
    if timer.past_due:
        LOG.warning("the timer is late: the host was away or busy")
