"""Days, from spine to tickets: one set per sport, below 10,000 for the twenty years of history."""

from dagster import BackfillPolicy, DailyPartitionsDefinition

FIRST_DAY = "2005-07-01"
DAYS = DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
ONE_RUN_A_DAY = BackfillPolicy.multi_run(1)
