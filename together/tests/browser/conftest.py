"""Real browsers against the real product, in this process and on the test database.

Chromium is the one that `CHROMIUM` names, the system's, or Playwright's own. Without any, these tests are left out, and
the run says so; under `CI=true` they fail instead. Models are imported inside: the settings may not be there yet.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

if TYPE_CHECKING:
    from accounts.models import User
    from together.testing.cast import Cast
    from together.testing.sockets import Site

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Reported like any other error, so that a page under our policy is a test of that policy.
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""

Visit = Callable[..., Page]
_left_out: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    if not ours or os.environ.get("CI") == "true" or _chromium() or _own_chromium():
        return
    items[:] = [item for item in items if item not in ours]
    config.hook.pytest_deselected(items=ours)
    _left_out.append(f"{len(ours)} browser tests, because there is no Chromium here: `make browser` gets one.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for sentence in _left_out:
        terminalreporter.write_line(f"Left out: {sentence}", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def _loop_in_main_thread() -> Iterator[None]:
    """Playwright keeps an event loop running in this thread, where Django would refuse to touch the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    found = {"executable_path": _chromium()} if _chromium() else {}
    return {**browser_type_launch_args, **found, "args": flags}


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What pages complained of; a test that expects a complaint takes it out."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def visit(site: Site, cast: Cast, browser: Browser, errors: list[str]) -> Iterator[Visit]:
    """`visit(alice)` is her browser, at the open channel, with news flowing; options are those of a context."""
    from together.testing.cast import PASSWORD

    contexts = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def begin(user: User | None = None, address: str | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", hear)
        address = address or f"/channels/{cast.server.pk}/{cast.general.pk}"
        if user:
            page.goto(f"/login?next={address}")
            page.get_by_label("Username").fill(user.username)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"**{address}")
        if user and options.get("java_script_enabled", True):
            expect(page.locator("html")).to_have_attribute("data-gateway", "up", timeout=10_000)
        return page

    yield begin
    for context in contexts:
        context.close()


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def _own_chromium() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()
