"""What all tests in the browser share: each begins in the same window, and fails if the page or
the browser had anything to complain about, or asked for something that it should not."""
import unittest

import browser


class BrowserTest(unittest.TestCase):
    def setUp(self):
        self.browser = browser.shared()
        self.browser.appear()
        self.browser.open("about:blank")  # so that pages of the test before are silent now
        self.browser.console()
        self.browser.requests()

    def tearDown(self):
        self.assertEqual(self.browser.console(), [], "the console")

    def js(self, script, *arguments):
        return self.browser.js(script, *arguments)

    def text(self, selector):
        return self.browser.find(selector).text

    def pairs(self, selector):
        """A list of terms, as a dictionary."""
        return dict(self.js("return [...document.querySelectorAll(arguments[0] + ' > div')].map("
                            "(each) => [...each.children].map((part) => part.innerText.trim()))",
                            selector))

    def assert_no_sideways_scrolling(self):
        widths = self.js("const {scrollWidth, clientWidth} = document.documentElement;"
                         "return [scrollWidth, clientWidth]")
        self.assertLessEqual(widths[0], widths[1], "the page scrolls sideways")

    def assert_readable(self, least_size=10, least_contrast=4.5):
        """Every text that can be seen has a size and a contrast (WCAG 2) to be read by."""
        hard = self.js(READABLE + "return hardToRead(arguments[0], arguments[1])", least_size,
                       least_contrast)
        self.assertEqual(hard, [], "hard to read")


class ReportTest(BrowserTest):
    def setUp(self):
        super().setUp()
        self.opened = []

    def open_report(self, run):
        self.open_page(run.url)

    def open_page(self, url):
        self.opened.append(url)
        self.browser.open(url)
        self.browser.until("window.faultline && (faultline.ready || faultline.trouble.length)")
        self.assertEqual(self.js("return faultline.trouble"), [])

    def tearDown(self):
        super().tearDown()
        asked = [url for url in self.browser.requests() if url != "about:blank"]
        self.assertEqual(asked, self.opened, "asked for besides the file itself")

    def figure_mark(self, selector):
        """Where a part of the counterexample's drawing is in the window."""
        return self.js("return box(document.getElementById('counterexample-figure').shadowRoot"
                       ".querySelector(arguments[0]))", selector)

    def assert_in_window(self, box, what):
        width, height = self.js("return [document.documentElement.clientWidth, innerHeight]")
        self.assertTrue(box["left"] >= 0 and box["top"] >= 0 and box["right"] <= width
                        and box["bottom"] <= height, f"{what} cannot be seen: {box}")


READABLE = """
const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
const opaque = (colour) => { const c = channels(colour); return c.length < 4 || c[3] > 0.5; };
const luminance = (colour) => {
  const [r, g, b] = channels(colour).map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const parentOf = (each) => each.parentElement || (each.getRootNode().host ?? null);
// The last shape that was painted under the middle of a text.
function shapeBehind(text) {
  const at = text.getBoundingClientRect();
  const [x, y] = [(at.left + at.right) / 2, (at.top + at.bottom) / 2];
  return [...text.ownerSVGElement.querySelectorAll('rect, circle, path')].filter((shape) => {
    const r = shape.getBoundingClientRect();
    const style = getComputedStyle(shape);
    return r.left <= x && x <= r.right && r.top <= y && y <= r.bottom &&
      style.fill.startsWith('rgb') && opaque(style.fill) && style.fillOpacity > 0.5 &&
      shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
  }).map((shape) => getComputedStyle(shape).fill).pop();
}
function behind(each) {
  const shape = each.ownerSVGElement && shapeBehind(each);
  if (shape) return shape;
  for (let at = each; at; at = parentOf(at)) {
    const colour = getComputedStyle(at).backgroundColor;
    if (opaque(colour)) return colour;
  }
  return 'rgb(255, 255, 255)';
}
function hardToRead(leastSize, leastContrast) {
  const hard = [];
  for (const each of everything()) {
    const text = [...each.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.data).join('').trim();
    const style = getComputedStyle(each);
    if (!text || !each.getClientRects().length || /^(STYLE|SCRIPT|TITLE|OPTION)$/i
      .test(each.tagName) || each.closest('.away, .skip, button:disabled')) continue;
    if (each.matches('caption, title, desc')) continue;
    const ink = each.namespaceURI.endsWith('svg') ? style.fill : style.color;
    const [a, b] = [luminance(ink), luminance(behind(each))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (parseFloat(style.fontSize) < leastSize || contrast < leastContrast) {
      hard.push(`${each.tagName} "${text.slice(0, 40)}" ${style.fontSize} ${ink} ` +
        contrast.toFixed(1));
    }
  }
  return [...new Set(hard)].slice(0, 20);
}
"""
