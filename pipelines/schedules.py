"""When jobs run, in UTC. They are on by default only in profile `live`: a sandbox or archive stands still."""

from __future__ import annotations

from dagster import DefaultScheduleStatus, RunRequest, ScheduleDefinition, ScheduleEvaluationContext

from core.settings import configured_profile
from pipelines.jobs import cleanup, hourly_statistics, intraday_odds, nightly, settlement

_TIMES = (
    (nightly, "0 2 * * *"),
    (hourly_statistics, "10 * * * *"),
    (intraday_odds, "*/5 * * * *"),
    (settlement, "30 * * * *"),
)


def _today(context: ScheduleEvaluationContext) -> RunRequest:
    """One run of the day that the tick belongs to."""
    return RunRequest(partition_key=f"{context.scheduled_execution_time:%Y-%m-%d}")


STATUS = DefaultScheduleStatus.RUNNING if configured_profile() == "live" else DefaultScheduleStatus.STOPPED
SCHEDULES = [
    *(
        ScheduleDefinition(
            job=job, cron_schedule=cron, execution_fn=_today, execution_timezone="UTC", default_status=STATUS
        )
        for job, cron in _TIMES
    ),
    ScheduleDefinition(job=cleanup, cron_schedule="45 3 * * *", execution_timezone="UTC", default_status=STATUS),
]
