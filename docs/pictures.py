"""Screenshots for the README: the lineage and a run in the Dagster UI, and the daily report. Run it by `make pictures`.

It needs Chromium: the one on the PATH, or Playwright's own (`.venv/bin/playwright install chromium`).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
LAKE = Path("lakes/sandbox").absolute()
FAIRLINE = str(Path(sys.executable).with_name("fairline"))
WIDE = {"width": 1500, "height": 640}


def main() -> None:
    """Run the sandbox once, open the UI on its lake, and take the pictures."""
    subprocess.run([FAIRLINE, "run", "--lake", str(LAKE)], check=True)
    reports = sorted((LAKE / "reports").glob("football-*.html"))
    with user_interface() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport=WIDE, device_scale_factor=1)  # type: ignore[arg-type]  # a plain dict is one
        lineage(page, address)
        page.set_viewport_size({"width": 1200, "height": 1150})
        page.goto(reports[-1].as_uri())
        page.screenshot(path=PICTURES / "report.png")
        browser.close()


def lineage(page: Page, address: str) -> None:
    """The global lineage by group, as a newcomer sees it first."""
    page.goto(f"{address}/asset-groups")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(4_000)
    page.screenshot(path=PICTURES / "lineage.png")


@contextmanager
def user_interface() -> Iterator[str]:
    """`fairline ui` on a free port of loopback, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([FAIRLINE, "ui", "--lake", str(LAKE), "--port", str(port)])
    try:
        _wait_for(f"{address}/server_info", 120)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urlopen(address, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(1)
    raise SystemExit(f"{address} did not answer within {seconds:.0f} s. Try `fairline ui` by hand.")


if __name__ == "__main__":
    main()
