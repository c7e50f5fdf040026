"""The manual names every vendor, host and fault that there is."""

from __future__ import annotations

from pathlib import Path

from sandbox.server.faults import FAULTS
from sandbox.vendors.catalog import VENDORS

MANUAL = (Path(__file__).parents[4] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_the_manual_names_every_vendor_and_host() -> None:
    assert [vendor.name for vendor in VENDORS if f"| `{vendor.name}` |" not in MANUAL] == []
    assert [host for vendor in VENDORS for host in vendor.hosts if f"`{host}`" not in MANUAL] == []


def test_the_manual_has_every_fault_and_no_other() -> None:
    table = MANUAL.split("## Faults")[1].split("## Adding")[0]
    told = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert told == list(FAULTS)


def test_no_two_vendors_share_a_name_or_a_host() -> None:
    hosts = [host for vendor in VENDORS for host in vendor.hosts]
    assert len(set(hosts)) == len(hosts)
    assert len({vendor.name for vendor in VENDORS}) == len(VENDORS)
