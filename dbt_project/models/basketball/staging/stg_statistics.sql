-- Each side's box score as it was first told in full: a late correction of it does not reach back.
select
    {% for count in box_score() %}
        {{ count }},
    {% endfor %}
    match_id,
    side,
    known_at_utc,
    minutes
from {{ source('silver_basketball', 'team_stats') }}
where
    known_at_utc <= {{ as_of() }}
    {% for count in box_score() %}
        and {{ count }} is not null
    {% endfor %}
qualify row_number() over (partition by match_id, side order by known_at_utc) = 1
