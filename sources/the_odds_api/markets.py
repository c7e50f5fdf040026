"""What the vendor's market keys mean, per sport, and which of an outcome's fields tell its selection.

A market that nobody asked for and that is not listed as unread is refused, so that a renamed key is noticed.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

SIDE, TOTAL, TEAM_TOTAL, YES_NO, DOUBLE, LAY = "side", "total", "team_total", "yes_no", "double", "lay"

_SHARED = {
    "totals": ("totals", TOTAL),
    "alternate_totals": ("totals", TOTAL),
    "team_totals": ("team_total", TEAM_TOTAL),
    "alternate_team_totals": ("team_total", TEAM_TOTAL),
}
MARKETS = {
    "football": {
        **_SHARED,
        "h2h": ("1x2", SIDE),
        "h2h_lay": ("1x2", LAY),
        "h2h_3_way": ("1x2", SIDE),
        "spreads": ("asian_handicap", SIDE),
        "alternate_spreads": ("asian_handicap", SIDE),
        "btts": ("both_to_score", YES_NO),
        "draw_no_bet": ("draw_no_bet", SIDE),
        "double_chance": ("double_chance", DOUBLE),
    },
    "basketball": {
        **_SHARED,
        "h2h": ("moneyline", SIDE),
        "h2h_lay": ("moneyline", LAY),
        "spreads": ("spread", SIDE),
        "alternate_spreads": ("spread", SIDE),
    },
}
"""Vendor's key: our market, and how its outcomes name their selections."""

LINED = ("totals", "asian_handicap", "spread", "team_total_home", "team_total_away")
HANDICAPS = ("asian_handicap", "spread")
_NONE = pl.lit(None, pl.String)
PROP = r"^player_[a-z0-9_]+$"
UNREAD = r"_(h[12]|q[1-4]|p[1-4]|lay|1st_\d+_innings)$|^outrights|^h2h_3_way|_corners|_cards"
"""Keys of parts of a match, of outrights and of other counts: known, and no candidates for silver."""


def selection(
    home: pl.Expr, away: pl.Expr, name: pl.Expr, kind: pl.Expr, present: Collection[str] | None = None
) -> pl.Expr:
    """Our word for an outcome; null where its name is no selection of this kind of market.

    `present`: the only kinds that there are among the rows, so that no other need be looked for; None for all.
    """
    word = name.str.strip_chars().str.to_lowercase()
    side = pl.when(name == home).then(pl.lit("home")).when(name == away).then(pl.lit("away"))
    of_kind = {
        (SIDE, LAY): side.when(word.is_in(["draw", "tie"])).then(pl.lit("draw")),
        (TOTAL, TEAM_TOTAL): pl.when(word.is_in(["over", "under"])).then(word),
        (YES_NO,): pl.when(word.is_in(["yes", "no"])).then(word),
        (DOUBLE,): _double_chance(home.str.to_lowercase(), away.str.to_lowercase(), word),
    }
    wanted = {kinds: found for kinds, found in of_kind.items() if present is None or set(kinds) & set(present)}
    return pl.coalesce(*(pl.when(kind.is_in(list(kinds))).then(found) for kinds, found in wanted.items()), _NONE)


def _double_chance(home: pl.Expr, away: pl.Expr, word: pl.Expr) -> pl.Expr:
    """`Arsenal or Draw` in either order, with `or`, `and` or a stroke between."""
    draw = pl.lit("draw")
    pairs = {"home_draw": (home, draw), "home_away": (home, away), "draw_away": (away, draw)}
    joined = word.str.replace_all(r"\s*(?:/| or | and )\s*", " or ")
    either = {
        pair: [pl.concat_str(*sides, separator=" or ") for sides in (two, two[::-1])] for pair, two in pairs.items()
    }
    named = [pl.when((joined == one) | (joined == two)).then(pl.lit(pair)) for pair, (one, two) in either.items()]
    return pl.coalesce(named)
