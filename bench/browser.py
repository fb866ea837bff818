"""The coding screen in Chromium, with nothing in its cache: bytes sent, and the time until a code can be clicked."""

import statistics
import time

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
VISITS = 7


def visit_coding(url: str, cookies: dict[str, str]) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visit(browser, url, cookies)  # the first one pays for the browser's own start
        seen = [visit(browser, url, cookies) for _ in range(VISITS)]
        browser.close()
    return {name: statistics.median(one[name] for one in seen) for name in seen[0]}


def visit(browser: Browser, url: str, cookies: dict[str, str]) -> dict[str, float]:
    """In a context of its own, so with an empty cache."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator("html[data-ready=coding]").wait_for(state="attached")
    page.locator("[data-code] input").first.click()
    clicked = time.perf_counter() - begun
    page.wait_for_load_state("networkidle")
    context.close()
    return {"kilobytes": sum(sizes) / 1000, "seconds": clicked, "requests": len(sizes)}
