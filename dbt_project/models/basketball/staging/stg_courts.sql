-- Where each team plays at home, day by day: its own arena, and the few days on which its home game was elsewhere.
select
    courts.team_id,
    coalesce(courts.first_day, date '1900-01-01') as first_day,
    coalesce(courts.last_day, date '2999-12-31') as last_day,
    courts.is_neutral as is_neutral_court,
    arenas.arena,
    arenas.latitude,
    arenas.longitude,
    arenas.altitude_m,
    arenas.time_zone
from {{ ref('nba_courts') }} as courts
inner join {{ ref('nba_arenas') }} as arenas on courts.arena_id = arenas.arena_id
