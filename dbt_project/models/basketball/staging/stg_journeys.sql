-- The way of each side to a game that is decided: its games of the 20 days before, the game itself and one on the next
-- day, by the fixtures known at the decision, each with the place that the side came from. The first of them is reached
-- from its own arena.
with decisions as (
    select
        *,
        {{ league_day('event_at_utc') }} as league_day
    from {{ ref('spn_decisions') }}
),

sides as (
    {% for side in ['home', 'away'] %}
        select
            match_id as decided_match_id,
            '{{ side }}' as decided_side,
            {{ side }}_team_id as team_id,
            as_of_utc,
            league_day as decided_day,
            {{ days_of("league_day") }} // 22 as stretch
        from decisions
        {{ "union all" if not loop.last }}
    {% endfor %}
),

based as (
    select
        sides.*,
        courts.latitude as base_latitude,
        courts.longitude as base_longitude,
        courts.altitude_m as base_altitude_m,
        courts.time_zone as base_time_zone
    from sides
    left join {{ ref('stg_courts') }} as courts
        on
            sides.team_id = courts.team_id
            and sides.decided_day between courts.first_day and courts.last_day
            and not courts.is_neutral_court
    qualify row_number() over (
        partition by sides.decided_match_id, sides.decided_side order by courts.last_day - courts.first_day desc
    ) = 1
),

games as (
    {% for side in ['home', 'away'] %}
        select
            {{ side }}_team_id as team_id,
            '{{ side }}' as side,
            match_id,
            event_at_utc,
            league_day,
            known_at_utc,
            superseded_at_utc,
            latitude,
            longitude,
            altitude_m,
            time_zone
        from {{ ref('stg_fixtures') }}
        {{ "union all" if not loop.last }}
    {% endfor %}
),

-- A decision meets the games of a window of 22 days, which lie in its own stretch of 22 days or the one before: an
-- equality that keeps the join small.
met as (
    select
        *,
        ({{ days_of('league_day') }} - 1) // 22 as stretch
    from games
    union all
    select
        *,
        ({{ days_of('league_day') }} - 1) // 22 + 1 as stretch
    from games
),

around as (
    select
        based.decided_match_id,
        based.decided_side,
        based.decided_day,
        based.base_latitude,
        based.base_longitude,
        based.base_altitude_m,
        based.base_time_zone,
        met.match_id,
        met.side,
        met.event_at_utc,
        met.league_day,
        met.latitude,
        met.longitude,
        met.altitude_m,
        met.time_zone
    from based
    inner join met
        on
            based.team_id = met.team_id
            and based.stretch = met.stretch
            and based.as_of_utc >= met.known_at_utc
            and based.as_of_utc < met.superseded_at_utc
            and met.league_day between based.decided_day - 20 and based.decided_day + 1
)

select
    * exclude (base_time_zone),
    row_number() over path as nth,
    lag(league_day) over path as from_day,
    coalesce(lag(latitude) over path, base_latitude) as from_latitude,
    coalesce(lag(longitude) over path, base_longitude) as from_longitude,
    coalesce(lag(time_zone) over path, base_time_zone) as from_time_zone
from around
window path as (partition by decided_match_id, decided_side order by event_at_utc, match_id)
