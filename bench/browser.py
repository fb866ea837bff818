"""The coding screen in Chromium: bytes sent and the time until a code can be clicked, with nothing in the cache and a
second time; then from the key that submits an issue to the next one on the screen.
"""

import statistics
import time

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
VISITS = 7
SUBMITS = 60
# From the key to the frame in which the next issue is drawn, measured in the page.
WATCH = """() => {
  const issue = document.getElementById("issue");
  window.taken = [];
  let begun = 0;
  addEventListener("keydown", ({ key }) => key === "Enter" && (begun = performance.now()), true);
  new MutationObserver(() => {
    if (!begun) return;
    const at = begun;
    begun = 0;
    requestAnimationFrame(() => window.taken.push(performance.now() - at));
  }).observe(issue, { childList: true });
}"""


def visit_coding(url: str, cookies: dict[str, str]) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visit(browser, url, cookies)  # the first one pays for the browser's own start
        seen = [visit(browser, url, cookies) for _ in range(VISITS)]
        found = {name: statistics.median(one[name] for one in seen) for name in seen[0]}
        found["submit to next"] = statistics.quantiles(submits(browser, url, cookies), n=20, method="inclusive")[18]
        browser.close()
    return found


def submits(browser: Browser, url: str, cookies: dict[str, str]) -> list[float]:
    """Milliseconds from the key to the next issue, for a rater who reads each for a quarter of a second."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(url)
    page.locator("html[data-ready=coding]").wait_for(state="attached")
    page.evaluate(WATCH)
    for number in range(SUBMITS):
        page.wait_for_timeout(250)
        page.keyboard.press("0")
        page.keyboard.press("Enter")
        while page.evaluate("window.taken.length") <= number:
            page.wait_for_timeout(5)
    taken: list[float] = page.evaluate("window.taken")
    page.wait_for_load_state("networkidle")
    context.close()
    return taken


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
    sent = {"kilobytes": sum(sizes) / 1000, "seconds": clicked, "requests": len(sizes)}
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator("html[data-ready=coding]").wait_for(state="attached")
    page.locator("[data-code] input").first.click()
    sent["seconds again"] = time.perf_counter() - begun
    page.wait_for_load_state("networkidle")
    context.close()
    return sent
