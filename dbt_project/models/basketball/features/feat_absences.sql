-- Who is missing on both sides of a game, by the reports known at its decision; what the missing do in a game of their
-- season, where players' games were told. Ablation group: absences.
{% set numbers = [
    'players_out', 'players_questionable', 'players_out_for_season', 'players_out_l3d', 'players_out_l14d',
    'players_back_l7d', 'minutes_out', 'points_out', 'plays_out',
] %}
with first_games as (
    select
        season_code,
        min(known_at_utc) as known_at_utc
    from {{ ref('stg_player_games') }}
    group by season_code
),

decisions as (
    select
        spine.match_id,
        coalesce(spine.as_of_utc >= first_games.known_at_utc, false) as has_players
    from {{ ref('spn_decisions') }} as spine
    left join first_games on spine.season_code = first_games.season_code
),

sides as (
    {% for side in ['home', 'away'] %}
        select
            match_id,
            has_players,
            '{{ side }}' as side
        from decisions
        {{ "union all" if not loop.last }}
    {% endfor %}
),

marked as (
    select
        *,
        status in ('out', 'suspended', 'doubtful') as is_out
    from {{ ref('stg_absences') }}
),

counts as (
    select
        {% for measure in ['minutes', 'points', 'plays'] %}
            cast(sum({{ exact(measure ~ '_season / games_season') }}) filter (
                where is_out or status = 'questionable'
            ) as double) as {{ measure }}_out,
        {% endfor %}
        match_id,
        side,
        count(*) filter (where is_out) as players_out,
        count(*) filter (where status = 'questionable') as players_questionable,
        count(*) filter (where is_out and is_for_season) as players_out_for_season,
        count(*) filter (where is_out and days_listed <= 3) as players_out_l3d,
        count(*) filter (where is_out and days_listed <= 14) as players_out_l14d,
        count(*) filter (where status = 'available' and days_listed <= 7) as players_back_l7d
    from marked
    group by match_id, side
),

found as (
    select
        {% for number in numbers[:6] %}
            coalesce(counts.{{ number }}, 0) as {{ number }},
        {% endfor %}
        {% for number in numbers[6:] %}
            case when sides.has_players then coalesce(counts.{{ number }}, 0) end as {{ number }},
        {% endfor %}
        sides.match_id,
        sides.side
    from sides
    left join counts on sides.match_id = counts.match_id and sides.side = counts.side
)

select
    spine.match_id,
    spine.competition_id,
    spine.season_code,
    {% for side in ['home', 'away'] %}
        {% for number in numbers %}
            {{ side }}.{{ number }} as {{ side }}_{{ number }},
        {% endfor %}
    {% endfor %}
    spine.as_of_utc
from {{ ref('spn_decisions') }} as spine
inner join found as home on spine.match_id = home.match_id and home.side = 'home'
inner join found as away on spine.match_id = away.match_id and away.side = 'away'
