"""A real browser, shared by all tests of a process, and what they ask of it."""
import atexit
import base64
import json
import os
import shutil
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin

PATIENCE = 30  # seconds: a slow machine is no failure

# Texts and elements lie in shadow roots, too; `everything()` goes through all of them.
HELPERS = """
const everything = (root = document) => [...root.querySelectorAll('*')].flatMap(
  (each) => each.shadowRoot ? [each, ...everything(each.shadowRoot)] : [each]);
const box = (each) => { const r = each.getBoundingClientRect();
  return {left: r.left, top: r.top, right: r.right, bottom: r.bottom}; };
// Of a part of a canvas, in its own pixels: [r, g, b, a, r, ...]. To ask the canvas itself would
// have the browser complain.
const pixelsOf = (canvas, x, y, width, height) => {
  const pen = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
  pen.drawImage(canvas, -x, -y);
  return pen.getImageData(0, 0, width, height).data; };
"""


class Browser:
    def __init__(self):
        options = Options()
        options.add_argument("--headless=new")
        options.add_argument("--renderer-process-limit=1")  # one is started sooner than many
        options.add_argument("--disable-dev-shm-usage")  # containers have little of it
        options.add_argument("--no-sandbox")  # nor, often, a sandbox; and the pages are our own
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_script_timeout(PATIENCE)

    def appear(self, width=1280, height=800, dark=False, mobile=False):
        """The window's size, and what its user prefers."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                     deviceScaleFactor=1, mobile=mobile)
        scheme = "dark" if dark else "light"
        self.command("Emulation.setEmulatedMedia", media="", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def command(self, name, **arguments):
        return self.driver.execute_cdp_cmd(name, arguments)

    def open(self, url):
        self.driver.get(url)

    def js(self, script, *arguments):
        return self.driver.execute_script(HELPERS + script, *arguments)

    def until(self, condition, *arguments, why=None, seconds=PATIENCE):
        """Waits until the JavaScript expression is true; returns its value."""
        end = time.monotonic() + seconds
        while True:
            value = self.js("return " + condition, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(why or f"not within {seconds} s: {condition}")
            time.sleep(0.03)

    def drawn(self):
        """Waits until what was asked for so far is on the screen."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))")

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def find_all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def click_on(self, selector):
        """Also if the page draws it anew at that moment."""
        for _ in range(5):
            try:
                return self.find(selector).click()
            except StaleElementReferenceException:
                continue
        raise AssertionError(f"it does not keep still: {selector}")

    def button(self, text):
        return self.driver.find_element("xpath", f'//button[normalize-space()="{text}"]')

    def actions(self):
        return ActionChains(self.driver, duration=20)

    def keys(self, *keys):
        """Pressed one after another, wherever the focus is."""
        self.actions().send_keys(*keys).perform()
        self.drawn()

    def hover(self, x, y):
        """The pointer comes from elsewhere and rests on a point of the window."""
        for step in (1, 0):
            self.command("Input.dispatchMouseEvent", type="mouseMoved", x=x + step, y=y)
        self.drawn()

    def click(self, x, y):
        self.hover(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                         clickCount=1)
        self.drawn()

    def drag(self, element, by_x):
        self.actions().move_to_element(element).click_and_hold().move_by_offset(by_x // 2, 0) \
            .move_by_offset(by_x - by_x // 2, 0).release().perform()
        self.drawn()

    def wheel(self, element, by_x, by_y):
        origin = ScrollOrigin.from_element(element)
        self.actions().scroll_from_origin(origin, by_x, by_y).perform()
        self.drawn()

    def pdf(self):
        answer = self.command("Page.printToPDF", printBackground=True)
        return base64.b64decode(answer["data"])

    def console(self):
        """What the page, or the browser because of it, has written since it was asked last."""
        return [entry["level"] + " " + entry["message"][:500]
                for entry in self.driver.get_log("browser")]

    def requests(self):
        """The URLs asked for since it was asked last, but for those that are data themselves."""
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return [url for url in urls if not url.startswith("data:")]

    def keep(self, name, whole=True):
        """A picture for somebody to look at, if they named a folder for them."""
        folder = os.environ.get("FAULTLINE_SCREENSHOTS")
        if not folder:
            return
        size = self.js("const e = document.documentElement;"
                       "return [innerWidth, e.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        picture = self.command("Page.captureScreenshot", format="png",
                               captureBeyondViewport=whole, **({"clip": clip} if whole else {}))
        keep_file(name + ".png", base64.b64decode(picture["data"]))


def keep_file(name, data):
    folder = os.environ.get("FAULTLINE_SCREENSHOTS")
    if folder:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


_shared = []


def shared():
    """Starting one takes seconds; so there is one."""
    if not _shared:
        browser = Browser()
        atexit.register(browser.driver.quit)
        _shared.append(browser)
    return _shared[0]
