"""The drawing of the whole history. What it shows is held against the stored history, and against
the pixels of the drawing."""
from selenium.webdriver.common.keys import Keys

import runs
from cases import ReportTest

# How many pixels of the lanes have a colour of the theme. Bars and pixels of operations have it
# unmixed, the rest of the drawing does not.
INKED = """
const colour = getComputedStyle(document.documentElement).getPropertyValue('--' + arguments[0]);
const sheet = faultline.history.sheet;
const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.trim().slice(at, at + 2), 16));
const data = pixelsOf(sheet.canvas, sheet.gutter, sheet.head, sheet.width - sheet.gutter,
  sheet.bottom - sheet.head);
let found = 0;
for (let i = 0; i < data.length; i += 4) {
  if (data[i] === r && data[i + 1] === g && data[i + 2] === b) ++found;
}
return found;
"""


class History(ReportTest):
    def setUp(self):
        super().setUp()
        self.made = runs.invalid()
        self.open_report(self.made)
        self.canvas = self.browser.find("#history-canvas")
        self.js("document.getElementById('history').scrollIntoView()")
        self.browser.drawn()
        self.whole = self.view()

    def view(self):
        view = self.js("return faultline.history.view")
        return round(view["from"]), round(view["to"])

    def span(self):
        low, high = self.view()
        return high - low

    def total(self):
        return self.js("return faultline.history.sheet.lanes.total")

    def selected(self):
        return self.js("return faultline.history.sheet.selected")

    def picture(self):
        self.browser.drawn()
        return self.js("return faultline.history.sheet.canvas.toDataURL()")

    def inked(self, colour):
        self.browser.drawn()
        return self.js(INKED, colour)

    def where(self, op):
        """The middle of an operation in the window."""
        return self.js("""
            const {sheet, ops} = faultline.history;
            const r = sheet.canvas.getBoundingClientRect();
            const op = arguments[0];
            return [r.left + sheet.x((ops.start[op] + ops.end[op]) / 2),
              r.top + sheet.laneY(sheet.lanes.laneOf[ops.process[op]]) + sheet.laneHeight / 2]""",
                       op)

    def focus(self):
        self.js("document.getElementById('history-canvas').focus()")


class Filters(History):
    def assert_left(self, wanted):
        left = sum(map(wanted, self.made.ops))
        self.assertGreater(left, 0)
        self.assertLess(left, len(self.made.ops))
        self.assertEqual(self.total(), left)
        note = f"{left:,} operation{'' if left == 1 else 's'} of {len(self.made.ops):,}"
        self.assertEqual(self.text("#history-tools .note"), note)

    def box(self, text):
        return self.browser.driver.find_element(
            "xpath", f'//*[@id="history-tools"]//label[contains(., "{text}")]/input')

    def field(self, name):
        return self.box(name + " ")

    def test_everything_is_drawn_at_first(self):
        self.assertEqual(self.total(), len(self.made.ops))
        for colour in ("ok", "fail"):
            self.assertGreater(self.inked(colour), 100, colour)

    def test_by_outcome(self):
        self.box("fail").click()
        self.assert_left(lambda op: op["outcome"] != "fail")
        self.assertEqual(self.inked("fail"), 0)
        self.assertGreater(self.inked("ok"), 100)
        self.box("ok").click()
        self.box("fail").click()
        self.assert_left(lambda op: op["outcome"] != "ok")
        self.assertEqual(self.inked("ok"), 0)
        self.assertGreater(self.inked("fail"), 100)

    def test_by_function(self):
        before = self.inked("ok")
        self.box("read").click()
        self.assert_left(lambda op: op["f"] != "read")
        self.assertTrue(0 < self.inked("ok") < before)

    def test_by_process(self):
        self.field("process").send_keys("3")
        self.assert_left(lambda op: op["process"] == "3")
        self.browser.keys(Keys.BACKSPACE)
        self.assertEqual(self.total(), len(self.made.ops))

    def test_by_key(self):
        before = self.picture()
        self.field("key").send_keys("0")
        self.assert_left(lambda op: op["key"] == "0")
        self.assertNotEqual(self.picture(), before)

    def test_by_several_at_once(self):
        self.field("key").send_keys("0")
        self.box("cas").click()
        self.box("fail").click()
        self.assert_left(lambda op: op["key"] == "0" and op["f"] != "cas"
                         and op["outcome"] != "fail")

    def test_of_what_is_not_there_is_said(self):
        field = self.field("key")
        field.send_keys("99")
        self.assertEqual(field.get_attribute("aria-invalid"), "true")
        self.assertEqual(self.total(), 0)
        self.assertEqual([self.inked(colour) for colour in ("ok", "fail", "info")], [0, 0, 0])

    def test_only_the_failing_key(self):
        self.browser.button("Only its key").click()
        key = self.pairs("#facts")["failing key"]
        self.assert_left(lambda op: op["key"] == key)

    def test_all_takes_them_back(self):
        before = self.picture()
        self.box("ok").click()
        self.field("key").send_keys("0")
        self.focus()
        self.browser.keys("+")
        self.assertNotEqual(self.picture(), before)
        self.browser.button("All").click()
        self.assertEqual(self.total(), len(self.made.ops))
        self.assertEqual(self.picture(), before)


class Moves(History):
    def test_keys_zoom_and_pan(self):
        self.focus()
        before = self.picture()
        self.browser.keys("+")
        self.assertAlmostEqual(self.span() / (self.whole[1] - self.whole[0]), 0.6, places=3)
        self.assertNotEqual(self.picture(), before)
        low, _ = self.view()
        self.browser.keys(Keys.ARROW_RIGHT)
        self.assertGreater(self.view()[0], low)
        self.browser.keys(Keys.ARROW_LEFT)
        self.assertAlmostEqual(self.view()[0], low, delta=10)
        self.browser.keys("-")
        self.assertEqual(self.view(), self.whole)
        self.assertEqual(self.picture(), before)
        self.browser.keys("+", "+", Keys.HOME)
        self.assertEqual(self.view(), self.whole)

    def test_nothing_is_beyond_the_run(self):
        self.focus()
        self.browser.keys("-", Keys.ARROW_LEFT, Keys.ARROW_RIGHT)
        self.assertEqual(self.view(), self.whole)

    def test_wheel_scrolls_the_page_until_the_drawing_is_clicked(self):
        scrolled = self.js("return scrollY")
        self.browser.wheel(self.canvas, 0, 60)
        self.browser.until("scrollY > arguments[0]", scrolled)
        self.assertEqual(self.view(), self.whole)
        self.canvas.click()
        scrolled = self.js("return scrollY")
        self.browser.wheel(self.canvas, 0, -120)
        self.browser.until("faultline.history.view.to < arguments[0]", self.whole[1])
        self.assertLess(self.span(), 0.8 * (self.whole[1] - self.whole[0]))
        self.assertEqual(self.js("return scrollY"), scrolled)

    def test_drag_pans(self):
        self.focus()
        self.browser.keys("+", "+", "+")
        low, high = self.view()
        per_pixel = self.js("return faultline.history.sheet.perPixel")
        self.browser.drag(self.canvas, -120)
        self.assertAlmostEqual(self.view()[0], low + 120 * per_pixel, delta=5 * per_pixel)
        self.assertAlmostEqual(self.span(), high - low, delta=10)

    def test_wheel_sideways_pans(self):
        self.focus()
        self.browser.keys("+", "+", "+")
        low, _ = self.view()
        self.browser.wheel(self.canvas, 100, 0)
        self.browser.until("faultline.history.view.from > arguments[0]", low)

    def test_to_the_failure_and_from_there(self):
        failing = self.js("return faultline.history.run.failure.op")
        op = self.made.ops[failing]
        self.browser.button("\u2717 Failure").click()
        self.assertEqual(self.selected(), failing)
        low, high = self.view()
        self.assertTrue(low < op["start"] and op["end"] < high)
        self.assertLess(high - low, (self.whole[1] - self.whole[0]) / 2)
        self.assertGreater(self.inked("bad"), 20, "its frame and line")
        self.assertIn(f"{op['line']:,} of history.jsonl", self.text("#history-panel"))
        self.focus()
        self.browser.keys("p")
        mine = [i for i, each in enumerate(self.made.ops) if each["process"] == op["process"]]
        before = mine[mine.index(failing) - 1]
        self.assertEqual(self.selected(), before)
        self.browser.keys("n", Keys.ARROW_DOWN)
        self.assertNotEqual(self.made.ops[self.selected()]["process"], op["process"])
        self.browser.keys("f")
        self.assertEqual(self.selected(), failing)

    def test_pointer_shows_details_and_a_click_keeps_them(self):
        self.browser.button("\u2717 Failure").click()
        self.browser.drawn()
        failing = self.selected()
        self.focus()
        self.browser.keys("p")
        op = self.made.ops[self.selected()]
        self.browser.hover(*self.where(failing))
        tip = self.text("#history-tip")
        self.assertIn(f"process {self.made.ops[failing]['process']}", tip)
        self.assertIn("\u2713 ok", tip)
        self.assertIn(f"{op['line']:,} of history.jsonl", self.text("#history-panel"))
        self.browser.click(*self.where(failing))
        self.assertEqual(self.selected(), failing)

    def test_lanes_can_be_packed_and_tall(self):
        lanes, height = self.js("const s = faultline.history.sheet;"
                                "return [s.lanes.count, s.laneHeight]")
        self.assertEqual(lanes, len({op["process"] for op in self.made.ops}))
        self.browser.button("Pack lanes").click()
        self.assertLessEqual(self.js("return faultline.history.sheet.lanes.count"), lanes)
        self.assertEqual(self.total(), len(self.made.ops))
        self.browser.button("Pack lanes").click()
        self.browser.button("Tall lanes").click()
        self.assertGreaterEqual(self.js("return faultline.history.sheet.laneHeight"),
                                min(18, height))

    def test_fingers_pinch_and_pan(self):
        self.browser.appear(390, 844, mobile=True)
        self.browser.command("Emulation.setTouchEmulationEnabled", enabled=True)
        self.addCleanup(self.browser.command, "Emulation.setTouchEmulationEnabled", enabled=False)
        self.open_report(self.made)
        self.js("document.getElementById('history-canvas').scrollIntoView({block: 'center'})")
        self.browser.drawn()
        y = self.where(0)[1]
        before = self.span()
        self.touch("touchStart", (180, y))
        self.touch("touchStart", (180, y), (230, y))
        for by in range(0, 80, 10):
            self.touch("touchMove", (180 - by, y), (230 + by, y))
        self.touch("touchEnd")
        self.assertLess(self.span(), before / 2)
        low, _ = self.view()
        self.touch("touchStart", (250, y))
        for by in range(0, 100, 10):
            self.touch("touchMove", (250 - by, y))
        self.touch("touchEnd")
        self.assertGreater(self.view()[0], low)

    def touch(self, kind, *points):
        self.browser.command("Input.dispatchTouchEvent", type=kind, touchPoints=[
            {"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)])
