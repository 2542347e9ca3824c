"""The strip above the history, with the part that is shown as a window."""
from selenium.webdriver.common.keys import Keys

import runs
from cases import ReportTest

PART = """
const {overview, view, whole} = faultline.history;
const r = overview.canvas.getBoundingClientRect();
return {from: r.left + overview.x(view.from), to: r.left + overview.x(view.to),
  begin: r.left + overview.x(whole.from), end: r.left + overview.x(whole.to),
  middle: r.top + overview.bottom / 2};
"""


class Overview(ReportTest):
    def setUp(self):
        super().setUp()
        self.open_report(runs.invalid())
        self.js("document.getElementById('history').scrollIntoView()")
        self.browser.drawn()

    def part(self):
        """Where the window and the ends of the strip are, in pixels of the browser's window."""
        return self.js(PART)

    def drag(self, start, end):
        part = self.part()
        self.browser.hover(start, part["middle"])
        for kind, x in (("mousePressed", start), ("mouseMoved", (start + end) / 2),
                        ("mouseMoved", end), ("mouseReleased", end)):
            self.browser.command("Input.dispatchMouseEvent", type=kind, x=x, y=part["middle"],
                                 button="left", buttons=1, clickCount=1)
        self.browser.drawn()

    def assert_at(self, start, end):
        part = self.part()
        self.assertAlmostEqual(part["from"], start, delta=3)
        self.assertAlmostEqual(part["to"], end, delta=3)

    def some(self):
        """Chooses a window in the middle."""
        self.drag(400, 600)
        self.assert_at(400, 600)

    def test_all_is_shown_at_first(self):
        part = self.part()
        self.assert_at(part["begin"], part["end"])
        lanes = self.js("const s = faultline.history.sheet; return [s.x(s.run.begin), s.width]")
        strip = self.js("const o = faultline.history.overview; return [o.x(o.run.begin), o.width]")
        self.assertEqual(lanes, strip, "both have the same axis")

    def test_a_window_is_made_moved_and_resized(self):
        self.some()
        self.drag(500, 560)
        self.assert_at(460, 660)
        self.drag(660, 900)
        self.assert_at(460, 900)
        self.drag(460, 300)
        self.assert_at(300, 900)
        self.drag(300, 950)  # beyond the other edge
        self.assert_at(900, 950)

    def test_a_click_brings_the_window_there(self):
        self.some()
        self.browser.click(900, self.part()["middle"])
        self.assert_at(800, 1000)
        self.assertIsNone(self.js("return faultline.history.overview.held"))

    def test_it_stays_within_the_history(self):
        self.some()
        part = self.part()
        self.drag(500, part["end"] + 300)
        self.assert_at(part["end"] - 200, part["end"])

    def test_keys(self):
        self.some()
        strip = self.browser.find("#history-overview canvas")
        self.js("arguments[0].focus()", strip)
        self.browser.keys(Keys.ARROW_RIGHT)
        self.assert_at(425, 625)
        self.browser.actions().key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT) \
            .key_up(Keys.SHIFT).perform()
        self.browser.drawn()
        self.assert_at(425, 650)
        self.browser.keys(Keys.PAGE_DOWN)
        self.assert_at(650, 875)
        self.browser.keys(Keys.HOME)
        begin = self.part()["begin"]
        self.assert_at(begin, begin + 225)
        said = strip.get_attribute("aria-valuetext")
        self.browser.keys(Keys.END)
        self.assert_at(self.part()["end"] - 225, self.part()["end"])
        self.assertNotEqual(strip.get_attribute("aria-valuetext"), said)
        self.assertEqual(strip.get_attribute("role"), "slider")

    def test_it_follows_the_history(self):
        self.browser.button("✗ Failure").click()
        self.browser.drawn()
        part = self.part()
        self.assertGreater(part["from"], part["begin"])
        at = self.js("const h = faultline.history; return h.overview.x(h.run.failure.at)")
        left = self.js("return faultline.history.overview.canvas.getBoundingClientRect().left")
        self.assertTrue(part["from"] < left + at < part["to"])

    def test_the_failure_has_a_shape(self):
        red = self.js("""
            const {overview, run} = faultline.history;
            const ratio = overview.canvas.width / overview.width;
            const width = Math.round(20 * ratio);
            const {data} = overview.pen.getImageData((overview.x(run.failure.at) - 10) * ratio, 0,
              width, overview.bottom * ratio);
            return [2, 6, 20].map((y) => {
              const from = Math.round(y * ratio) * width;
              let n = 0;
              for (let i = 4 * from; i < 4 * (from + width); i += 4) {
                n += data[i] > 120 && data[i + 1] < 80 && data[i + 2] < 80;
              }
              return n;
            });""")
        self.assertGreater(red[0], red[1])
        self.assertGreater(red[1], red[2])
        self.assertGreater(red[2], 0)
