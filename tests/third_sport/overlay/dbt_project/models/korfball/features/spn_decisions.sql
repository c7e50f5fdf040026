-- The moments of decision: a day before a past match, when its prices open; of a coming one the moment of this run.
select
    * exclude (event_at_utc),
    event_at_utc,
    event_at_utc > {{ as_of() }} as is_upcoming,
    case when event_at_utc > {{ as_of() }} then {{ as_of() }} else event_at_utc - interval 1 day end as as_of_utc
from {{ ref('stg_fixtures') }}
where
    event_at_utc <= {{ as_of() }}
    or (event_at_utc <= {{ horizon_end() }} and {{ is_asked_for('competition_id') }})
