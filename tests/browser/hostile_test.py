"""Runs whose texts try to be more than text. They come from a stored history, as somebody's file
would: nothing of them may be executed, hidden or in the way."""
import functools

import runs
from cases import ReportTest

SECOND = 10**9
EVIL = ("</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;&amp;@RUN@\u0000"
        "\u001b[31m\u202eabc\u2066 \U0001f469\u200d\U0001f4bb \u05e9\u05dc\u05d5\u05dd\r\n\udc80")
LONG = "<b>" + "W" * 1000000
NOTE = r"\u2026 \(10000\d\d bytes\)"

# What of the page a run's texts could have brought in.
FOREIGN = """
const mine = 'SVG STYLE TITLE DESC DEFS PATTERN RECT PATH TEXT CIRCLE G LINE TSPAN'.split(' ');
return everything().filter((each) =>
  /^(IMG|IFRAME|OBJECT|EMBED|LINK|BASE|FORM|B|I|U)$/i.test(each.tagName) ||
  [...each.attributes].some((attribute) => attribute.name.startsWith('on')) ||
  each.getRootNode() !== document && !mine.includes(each.tagName.toUpperCase()))
  .map((each) => each.outerHTML.slice(0, 100));
"""
SCRIPTS = "return [...document.scripts].map((each) => each.id)"
# Characters that are not seen, or turn the writing around, in texts that are.
UNSEEN = r"""
const walk = (root) => [...root.childNodes].flatMap((node) => node.nodeType === 3 ? [node]
  : /^(SCRIPT|STYLE)$/.test(node.nodeName) ? []
  : [...walk(node), ...(node.shadowRoot ? walk(node.shadowRoot) : [])]);
return walk(document.body).map((node) => node.data)
  .filter((text) => /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066\u2067]/.test(text))
  .map((text) => text.slice(0, 200));
"""


def events(evil=EVIL, long=LONG):
    """A read of what nobody wrote, among names and values that are `evil` or `long`."""
    fault = "<i>kill" + evil
    lines = [
        (0, "invoke", "write", evil, evil), (0, "ok", "write", evil, evil),
        ("nemesis", "invoke", fault, None, [evil, evil]),
        ("nemesis", "info", fault, None, [evil, evil]),
        ("nemesis", "invoke", "leader", None, evil), ("nemesis", "info", "leader", None, evil),
        ("nemesis", "invoke", "died", None, evil), ("nemesis", "info", "died", None, evil),
        ("nemesis", "invoke", "skew-clock", None, f"<b>{evil}=1200"),
        ("nemesis", "info", "skew-clock", None, f"<b>{evil}=1200"),
        (1, "invoke", "write", evil, long), (1, "info", "write", evil, long, "<u>" + evil + long),
        (2, "invoke", "read", long), (2, "fail", "read", long, None, evil),
        (4, "invoke", "write", long, long), (4, "ok", "write", long, long),
        (5, "invoke", "read", evil), (5, "ok", "read", evil, "stale" + evil),
    ]
    return [(SECOND * (i + 1), *line) for i, line in enumerate(lines)]


@functools.cache
def hostile():
    log = EVIL.encode("utf-8", "surrogateescape") + b"\n\xff\xfe\n" + LONG.encode() + b"\n"
    return runs.stored("hostile", events(), like=runs.invalid(), code=1,
                       logs={"n1.log": log, "<img src=x onerror=alert(3)>.log": log})


class Hostile(ReportTest):
    def setUp(self):
        super().setUp()
        self.made = hostile()
        self.open_report(runs.invalid())
        self.own_scripts = self.js(SCRIPTS)

    def assert_harmless(self):
        self.assertEqual(self.js(FOREIGN), [])
        self.assertEqual(self.js(SCRIPTS), self.own_scripts)
        self.assertEqual(self.js(UNSEEN), [])
        self.assertEqual(self.js("return document.title.includes('\\u0000')"), False)
        self.assert_no_sideways_scrolling()

    def test_texts_stay_texts(self):
        self.open_report(self.made)
        self.assert_harmless()
        self.browser.keep("hostile-1280")
        self.assertEqual(self.js("return faultline.history.run.verdict"), "invalid")
        self.assertIn("<script>alert(1)</script>", self.text("h1"))
        self.assert_in_window(self.figure_mark(".op.bad .bar"), "the failing operation")

    def test_on_a_telephone(self):
        self.browser.appear(390, 844, mobile=True)
        self.open_report(self.made)
        self.assert_harmless()
        self.browser.keep("hostile-390")

    def test_whatever_is_opened_and_chosen(self):
        self.open_report(self.made)
        self.js("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        count = self.js("return faultline.history.ops.count")
        self.assertEqual(count, len(self.made.ops))
        for op in range(count):
            self.js("faultline.history.goTo(arguments[0])", op)
            self.assert_harmless()
        self.browser.hover(640, 300)
        self.browser.find("#logs input").send_keys("<script>")
        self.browser.until("document.querySelector('#logs mark')")
        self.assert_harmless()

    def test_long_ones_are_cut_with_a_note(self):
        self.assertLess((self.made.path / "report.html").stat().st_size, 500000)
        self.open_report(self.made)
        long = [i for i, op in enumerate(self.made.ops) if op["key"] == LONG]
        self.js("faultline.history.choose(arguments[0])", long[-1])
        panel = self.pairs("#history-panel dl")
        self.assertRegex(panel["key"], NOTE)
        self.assertLess(len(panel["key"]), 300)
        self.assertRegex(self.text("#history-panel h3"), NOTE)
        self.js("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        self.assertRegex(self.text("#logs pre"), NOTE)

    def test_filter_by_a_hostile_key(self):
        self.open_report(self.made)
        self.browser.button("Only its key").click()
        wanted = sum(op["key"] == EVIL for op in self.made.ops)
        self.assertEqual(self.js("return faultline.history.sheet.lanes.total"), wanted)
        self.assertLess(wanted, len(self.made.ops))

    def test_history_of_another_program(self):
        folder = runs.SCRATCH / "foreign"
        folder.mkdir()
        ours = folder / "ours.jsonl"
        runs.write_history(ours, events())
        theirs = folder / "<img src=x onerror=alert(4)>.edn"
        runs.program("convert", str(ours), str(theirs))
        page = folder / "page.html"
        runs.program("check", "--independent", str(theirs), "--html", str(page), code=1)
        self.open_page(page.as_uri())
        self.assert_harmless()
        self.assertIn("<script>alert(1)</script>", self.text("h1"))
        self.assertIn("<img src=x onerror=alert(4)>", self.text("#facts"))
        self.browser.keep("foreign-1280")

    def test_printed(self):
        self.open_report(self.made)
        self.assertGreater(len(self.browser.pdf()), 10000)
        self.assert_harmless()
