"""The vendor's keys of bookmakers, in our words; a key that is not listed stays, with underscores."""

from __future__ import annotations

import polars as pl

BOOKMAKERS = {
    "ballybet": "bally_bet",
    "bet365_au": "bet365",
    "betanysports": "bet_any_sports",
    "betfair": "betfair_exchange",
    "betfair_ex_eu": "betfair_exchange",
    "betfair_ex_uk": "betfair_exchange",
    "betfair_ex_au": "betfair_exchange_au",
    "betfair_sb_uk": "betfair_sportsbook",
    "betonlineag": "betonline",
    "casumo": "casumo",
    "hardrockbet": "hard_rock_bet",
    "ladbrokes_uk": "ladbrokes",
    "leovegas": "leo_vegas",
    "livescorebet": "livescore_bet",
    "livescorebet_eu": "livescore_bet",
    "lowvig": "low_vig",
    "marathonbet": "marathon_bet",
    "mybookieag": "my_bookie",
    "nordicbet": "nordic_bet",
    "onexbet": "1xbet",
    "paddypower": "paddy_power",
    "pointsbetus": "points_bet",
    "skybet": "sky_bet",
    "sport888": "888sport",
    "unibet_eu": "unibet",
    "virginbet": "virgin_bet",
    "williamhill": "william_hill",
    "williamhill_us": "caesars",
}
"""Where one book has a key per country and its prices may differ, only the one that other vendors quote is renamed."""


def canonical(key: pl.Expr) -> pl.Expr:
    """The canonical name of a book."""
    return key.str.to_lowercase().replace(BOOKMAKERS).str.replace_all(r"[^a-z0-9]+", "_")
