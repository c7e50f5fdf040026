"""Pages and feeds: three layouts of each page say the same, and every vendor has spellings of its own."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from sandbox.vendors.spelling import american, formal, numbers, plain, short, with_fc
from tests.unit.sandbox.vendors.conftest import Asker

ODDS_PAGE = "odds.sandbook.example/football/premier-league"
INJURY_PAGE = "injuries.sandpress.example/football/premier-league"


def in_layout(ask: Asker, vendor: str, version: int, address: str) -> str:
    ask.client.post("/_control/layouts", json={"layouts": {vendor: version}})
    return ask.text(address)


def test_an_odds_page_says_the_same_in_every_layout(ask: Asker) -> None:
    table, cards, fractions = (in_layout(ask, "sandbook", version, ODDS_PAGE) for version in (1, 2, 3))
    assert len({table, cards, fractions}) == 3
    prices = re.findall(r'<td class="price \w+">([\d.]+)</td>', table)
    assert sorted(prices) == sorted(re.findall(r"<button[^>]*>([\d.]+)</button>", cards))
    assert len(prices) == len(re.findall(r"<b>\d+/\d+</b>", fractions)) == 3 * table.count('class="match"')
    homes = re.findall(r'<td class="home">([^<]+)</td>', table)
    assert len(homes) >= 8
    assert all(f">{home} v " in cards and f"<span>{home}</span>" in fractions for home in homes)


def test_an_injury_page_names_the_same_players_in_every_layout(ask: Asker) -> None:
    lists, table, prose = (in_layout(ask, "sandpress", version, INJURY_PAGE) for version in (1, 2, 3))
    players = re.findall(r'<span class="player">([^<]+)</span>', lists)
    assert len(players) > 5
    assert all(f"<td>{player}</td>" in table and f"<strong>{player}</strong>" in prose for player in players)


def test_robots_are_told_where_not_to_go(ask: Asker) -> None:
    assert "Disallow: /account/" in ask.text("odds.sandbook.example/robots.txt")
    assert "Disallow: /archive/" in ask.text("injuries.sandpress.example/robots.txt")


@pytest.mark.parametrize("sport", ["football", "nba"])
def test_feeds_are_well_formed_and_tell_the_same_news(ask: Asker, sport: str) -> None:
    rss = ET.fromstring(ask.text(f"news.sandwire.example/{sport}/rss.xml"))
    atom = ET.fromstring(ask.text(f"feeds.sandgazette.example/{sport}/atom.xml"))
    titles = [item.findtext("title") for item in rss.iter("item")]
    name = "{http://www.w3.org/2005/Atom}"
    assert titles == [entry.findtext(f"{name}title") for entry in atom.iter(f"{name}entry")]
    assert len(titles) > 3


def test_vendors_spell_clubs_in_their_own_ways_and_no_two_clubs_alike() -> None:
    clubs = list(numbers())
    for spelt in (formal, short, with_fc, lambda club: plain(formal(club))):
        assert len({spelt(club) for club in clubs}) == len(clubs)
    assert sum(formal(club) != club for club in clubs) > len(clubs) / 3
    assert any(short(club).endswith("Utd") and formal(club).endswith("United") for club in clubs)
    assert plain("Peñalbar") == "Penalbar"
    assert american("Nikola Đurišić Jr.").endswith("Jr")
