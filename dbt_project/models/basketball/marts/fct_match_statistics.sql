-- The box scores of both sides of a game as first told in full, and when both of them were known.
select
    {% for side in ['home', 'away'] %}
        {% for count in box_score() %}
            {{ side }}.{{ count }} as {{ side }}_{{ count }},
        {% endfor %}
    {% endfor %}
    results.match_id,
    results.competition_id,
    results.season_code,
    greatest(home.known_at_utc, away.known_at_utc) as known_at_utc
from {{ ref('stg_results') }} as results
inner join {{ ref('stg_statistics') }} as home on results.match_id = home.match_id and home.side = 'home'
inner join {{ ref('stg_statistics') }} as away on results.match_id = away.match_id and away.side = 'away'
where results.superseded_at_utc = timestamptz '9999-01-01 00:00:00+00'
