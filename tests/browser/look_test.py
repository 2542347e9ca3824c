"""The report on a telephone, in the dark and on paper."""
import re
import zlib

import browser
import runs
from cases import ReportTest

PHONE = {"width": 390, "height": 844, "mobile": True}


def drawing_commands(pdf):
    """What the pages and images' streams say, unpacked."""
    for match in re.finditer(rb"/FlateDecode.*?stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(match.group(1))
        except zlib.error:
            continue


def fills(pdf):
    """The colours that are drawn with, but for images."""
    found = set()
    for commands in drawing_commands(pdf):
        for triple in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", commands):
            found.add(tuple(round(255 * float(each)) for each in triple))
    return found


class Phone(ReportTest):
    def setUp(self):
        super().setUp()
        self.browser.appear(**PHONE)

    def test_invalid_run(self):
        self.open_report(runs.invalid())
        self.assert_no_sideways_scrolling()
        self.assert_readable()
        bad = self.figure_mark(".op.bad .bar")
        frame = self.js("return box(document.getElementById('counterexample-figure'))")
        self.assertTrue(frame["left"] <= bad["left"] and bad["right"] <= frame["right"],
                        "the failing operation must be scrolled to, sideways")
        self.browser.keep("invalid-390")

    def test_valid_run(self):
        self.open_report(runs.valid())
        self.assert_no_sideways_scrolling()
        self.assert_readable()
        self.browser.keep("valid-390")

    def test_tap_shows_details(self):
        self.open_report(runs.invalid())
        self.browser.command("Emulation.setTouchEmulationEnabled", enabled=True)
        self.addCleanup(self.browser.command, "Emulation.setTouchEmulationEnabled", enabled=False)
        other = ".op[data-op]:not(.bad)"
        self.js("document.getElementById('counterexample-figure').shadowRoot"
                ".querySelector(arguments[0]).scrollIntoView({block: 'center', inline: 'center'})",
                other)
        before = self.text("#counterexample-panel h3")
        bar = self.figure_mark(other + " .bar")
        point = {"x": (bar["left"] + bar["right"]) / 2, "y": (bar["top"] + bar["bottom"]) / 2}
        self.browser.command("Input.dispatchTouchEvent", type="touchStart", touchPoints=[point])
        self.browser.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.browser.until("document.querySelector('#counterexample-panel h3').innerText !== "
                           "arguments[0]", before)

    def test_turned_sideways(self):
        self.open_report(runs.invalid())
        self.browser.appear(width=844, height=390, mobile=True)
        self.browser.drawn()
        self.browser.until("faultline.history.sheet.width > 600", why="it keeps its width")
        self.assert_no_sideways_scrolling()


class Dark(ReportTest):
    def test_is_dark_and_readable(self):
        self.browser.appear(dark=True)
        self.open_report(runs.invalid())
        self.assertLess(self.paper(), 60)
        self.assert_readable()
        self.assertLess(self.lightness_of_drawing(), 100)
        self.browser.keep("invalid-dark", whole=False)
        self.browser.keep("invalid-dark-whole")

    def test_light_is_readable(self):
        self.open_report(runs.invalid())
        self.assertGreater(self.paper(), 240)
        self.assert_readable()
        self.assertGreater(self.lightness_of_drawing(), 200)

    def test_changes_when_the_evening_comes(self):
        self.open_report(runs.invalid())
        light = self.lightness_of_drawing()
        self.browser.appear(dark=True)
        self.browser.drawn()
        self.assertLess(self.paper(), 60)
        self.assertLess(self.lightness_of_drawing(), light / 2)

    def paper(self):
        """How light it is, of 255."""
        colour = self.js("return getComputedStyle(document.documentElement).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)[:3]))

    def lightness_of_drawing(self):
        """Of its corner, where nothing is drawn."""
        return self.js("return Math.max(...pixelsOf(faultline.history.sheet.canvas, 2, 2, 1, 1)"
                       ".slice(0, 3))")


class Paper(ReportTest):
    def print(self, name):
        pdf = self.browser.pdf()
        browser.keep_file(name + ".pdf", pdf)
        pages = len(re.findall(rb"/Type /Page\b", pdf))
        self.assertGreater(pages, 1)
        self.assertLess(pages, 20)
        return pdf

    def failing_colour(self):
        """Of the failing operation's bar in the drawing."""
        colour = self.js("return getComputedStyle(document.getElementById('counterexample-figure')"
                         ".shadowRoot.querySelector('.bar.bad')).stroke")
        return tuple(map(int, re.findall(r"\d+", colour)))

    def test_has_the_counterexample(self):
        self.open_report(runs.invalid())
        self.assertIn(self.failing_colour(), fills(self.print("invalid")))

    def test_is_light_in_the_dark(self):
        self.open_report(runs.invalid())
        light = list(drawing_commands(self.print("light")))
        self.browser.appear(dark=True)
        self.open_report(runs.invalid())
        self.assertTrue(list(drawing_commands(self.print("dark"))) == light, "pages, images, all")

    def test_is_as_it_was_afterwards(self):
        self.browser.appear(dark=True)
        self.open_report(runs.invalid())
        state = """return [getComputedStyle(document.documentElement).backgroundColor,
                   faultline.history.sheet.width, faultline.history.view,
                   document.querySelectorAll('details[open]').length, document.body.scrollHeight,
                   faultline.history.sheet.canvas.toDataURL()]"""
        before = self.js(state)
        self.print("invalid")
        self.browser.drawn()
        self.assertEqual(self.js(state), before)

    def test_of_a_valid_run(self):
        self.open_report(runs.valid())
        self.print("valid")
