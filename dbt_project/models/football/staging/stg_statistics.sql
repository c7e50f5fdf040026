-- Each side's shots as they were first told, and when: a late correction of these does not reach back.
select
    match_id,
    side,
    min_by(shots, known_at_utc) as shots,
    min_by(shots_on_target, known_at_utc) as shots_on_target,
    min(known_at_utc) filter (where shots is not null) as shots_known_at_utc,
    min(known_at_utc) filter (where shots_on_target is not null) as shots_on_target_known_at_utc
from {{ source('silver_football', 'team_stats') }}
where known_at_utc <= {{ as_of() }}
group by match_id, side
