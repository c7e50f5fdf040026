"""The daily report: one page that needs nothing from anywhere, trusts no name, and has something to say on day one."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.errors import TicketUnknown
from core.settings import load_settings
from lake.storage import Lake
from serving import report, summary
from serving.explain import explain
from serving.health import examine
from tests.unit.serving.houses import AS_OF, EVIL, decided

SETTINGS = load_settings()


class Page(HTMLParser):
    """Tags, the addresses that a browser would fetch, and the text that a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        fetched = {"src", "href", "srcset", "action", "data", "poster", "background"}
        self.addresses += [value or "" for name, value in attrs if name in fetched]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return decided(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def html(lake: Lake) -> str:
    return report.daily(lake, SETTINGS, AS_OF)


def test_the_page_fetches_nothing(html: str) -> None:
    page = Page(html)
    assert page.addresses, "the pictures are gone, and this test would not notice"
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert not {"script", "link", "iframe", "object", "embed", "base"} & set(page.tags)
    for outside in ("http://", "https://", "@import", "url(", "@font-face", "//cdn"):
        assert outside not in html


def test_a_club_called_like_a_script_is_shown_and_not_run(html: str) -> None:
    assert EVIL not in html
    assert "&lt;script&gt;" in html
    assert f"{EVIL} – Away" in Page(html).text


def test_a_reader_finds_ticket_prices_stake_and_the_word_simulated(html: str) -> None:
    text = Page(html).text
    for said in ("T1", "bet365", "2.20", "2.01", "2.00", "50.0%", "12.50 EUR", "60 min", "SIMULATED", "blend", "380"):
        assert said in text


def test_a_real_profile_does_not_call_its_numbers_simulated(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("path\n", encoding="utf-8")
    real = load_settings(profile="archive", archive=tmp_path)
    assert "SIMULATED" not in report.daily(lake, real, AS_OF)


def test_another_moment_shows_none_of_this_moments_tickets_and_prices(lake: Lake) -> None:
    content = report.content(lake, SETTINGS, AS_OF.replace(year=2023))
    assert content["tickets"] == content["fair_prices"] == content["verdicts"] == content["scores"] == []


def test_the_same_lake_gives_the_same_page_byte_for_byte(lake: Lake, html: str) -> None:
    assert report.daily(lake, SETTINGS, AS_OF) == html


def test_on_a_first_day_the_page_says_what_is_missing(tmp_path: Path) -> None:
    text = Page(report.daily(Lake(tmp_path), SETTINGS, AS_OF)).text
    for said in ("No ticket", "No match inside the horizon", "Nothing to score yet", "No ticket has been booked yet"):
        assert said in text
    assert "release none" in text


def test_the_summary_of_a_first_day_is_plain_json(tmp_path: Path) -> None:
    found = summary.run(Lake(tmp_path), SETTINGS, AS_OF, {}, [])
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again["tickets"] == []
    assert again["matches_priced"] == 0
    assert again["release"] is None
    assert all(table["rows"] == 0 and table["version"] is None for table in again["tables"].values())


def test_the_summary_of_a_decided_day_is_plain_json_with_the_ticket_in_major_units(lake: Lake) -> None:
    found = summary.run(lake, SETTINGS, AS_OF, {"price": {"seconds": 1.5, "rows": 3}}, ["mind this"])
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again == found
    (ticket,) = found["tickets"]
    assert (ticket["stake"], ticket["currency"], len(ticket["legs"])) == (12.5, "EUR", 1)
    assert ticket["legs"][0]["home"] == EVIL
    assert ticket["legs"][0]["kickoff_at_utc"] == "2024-05-11T14:00:00Z"
    assert found["matches_priced"] == 1
    assert found["tables"]["gold.football.fair_odds"]["rows"] == 3


def test_a_ticket_is_explained_and_an_unknown_one_refused_by_name(lake: Lake) -> None:
    found = explain(lake, SETTINGS, "T1")
    assert found["simulated"] is True
    assert found["stake"] == "12.50 EUR"
    assert found["legs"][0]["votes"] == {"blend": 0.5}
    assert json.dumps(found, allow_nan=False)
    with pytest.raises(TicketUnknown, match="No ticket is called T9"):
        explain(lake, SETTINGS, "T9")


def test_the_doctor_finds_an_empty_lake_in_order(tmp_path: Path) -> None:
    found = examine(load_settings(lake=tmp_path / "new"))
    assert any("is empty" in finding["said"] for finding in found)
    assert all(finding["ok"] for finding in found if "disk" not in finding["said"])


def test_the_doctor_says_that_a_decided_lake_was_never_released(lake: Lake) -> None:
    found = {finding["said"]: finding["ok"] for finding in examine(load_settings(lake=lake.root))}
    assert found["Nothing was released yet."] is False
    assert found["The ledger balances and its chain is whole."] is True
