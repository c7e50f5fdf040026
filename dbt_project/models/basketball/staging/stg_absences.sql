-- Who was listed as absent or doubtful at each decision, for which side and since when: a player's latest report of the
-- season counts, of several of one moment the gravest. A player whose game after the report was known is back; whoever
-- was only doubted from day to day is taken to be back after 14 days (to 2020-21, of those who came back nine in ten
-- did so by the 11th).
with reports as (
    select
        coalesce(player_id, player_name) as player,
        player_id,
        team_id,
        season_code,
        known_at_utc,
        {{ league_day('coalesce(event_at_utc, known_at_utc)') }} as listed_day,
        status,
        contains(lower(coalesce(reason, '')), 'for season') as is_for_season
    from {{ source('silver_basketball', 'injuries') }}
    where known_at_utc <= {{ as_of() }}
),

gravest as (
    select *
    from reports
    qualify row_number() over (
        partition by player, season_code, known_at_utc
        order by
            case status
                when 'out' then 1 when 'suspended' then 2 when 'doubtful' then 3 when 'questionable' then 4
                when 'probable' then 5 else 6
            end asc,
            listed_day desc,
            is_for_season desc,
            team_id asc,
            player_id asc
    ) = 1
),

spells as (
    select
        *,
        coalesce(
            lead(known_at_utc) over (partition by player, season_code order by known_at_utc),
            timestamptz '9999-01-01 00:00:00+00'
        ) as superseded_at_utc
    from gravest
),

decisions as (
    select
        *,
        {{ league_day('event_at_utc') }} as league_day
    from {{ ref('spn_decisions') }}
),

sides as (
    {% for side in ['home', 'away'] %}
        select
            match_id,
            season_code,
            as_of_utc,
            league_day,
            '{{ side }}' as side,
            {{ side }}_team_id as team_id
        from decisions
        {{ "union all" if not loop.last }}
    {% endfor %}
),

listed as (
    select
        sides.*,
        spells.player,
        spells.player_id,
        spells.status,
        spells.is_for_season,
        spells.listed_day,
        sides.league_day - spells.listed_day as days_listed
    from sides
    inner join spells
        on
            sides.team_id = spells.team_id
            and sides.season_code = spells.season_code
            and sides.as_of_utc >= spells.known_at_utc
            and sides.as_of_utc < spells.superseded_at_utc
)

select
    listed.match_id,
    listed.side,
    listed.team_id,
    listed.player,
    listed.player_id,
    listed.is_for_season,
    listed.days_listed,
    case
        when played.league_day > listed.listed_day then 'available'
        when listed.status = 'questionable' and listed.days_listed > 14 then 'available'
        else listed.status
    end as status,
    played.minutes_season,
    played.points_season,
    played.plays_season,
    played.games_season
from listed
asof left join {{ ref('stg_player_totals') }} as played
    on
        listed.player_id = played.player_id
        and listed.season_code = played.season_code
        and listed.as_of_utc >= played.known_at_utc
