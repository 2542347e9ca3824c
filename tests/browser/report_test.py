"""The report of an invalid run: what is seen at once, and what its reader can do."""
from selenium.webdriver.common.keys import Keys

import runs
from cases import ReportTest

FIGURE = "document.getElementById('counterexample-figure').shadowRoot"
FOCUSED_OP = "(document.activeElement.shadowRoot?.activeElement?.dataset.op ?? null)"
MOST_TABS = 20  # from the top of the page to the counterexample


def shown(value):
    """As the page writes it."""
    if isinstance(value, list):
        return "->".join(str(each) for each in value)
    return "nil" if value is None else str(value)


def option(value):
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


class InvalidRun(ReportTest):
    def setUp(self):
        super().setUp()
        self.made = runs.invalid()
        self.open_report(self.made)
        self.failure = self.js("return faultline.history.run.failure")

    def panel(self):
        return self.text("#counterexample-panel")

    def assert_panel_tells_of(self, index):
        """It is held against the history itself."""
        op = self.made.ops[index]
        terms = self.pairs("#counterexample-panel dl")
        self.assertEqual(terms["process"], op["process"])
        self.assertEqual(terms["key"], op["key"])
        self.assertEqual(terms["line"], f"{op['line']:,} of history.jsonl")
        self.assertEqual(terms["outcome"].split()[1].strip(":"), op["outcome"])
        self.assertEqual(terms["invoked"].split()[0], f"{op['start'] / 1e9:.6f}")
        value = op["argument"] if op["f"] != "read" else op["result"]
        self.assertIn(f"{op['f']} {shown(value)}", self.text("#counterexample-panel h3"))

    def marks(self):
        """The operations of the drawing, in the order in which keys go through them."""
        return [int(op) for op in self.js(
            f"return [...{FIGURE}.querySelectorAll('.op')].map((each) => each.dataset.op)")]


class Top(InvalidRun):
    def test_failing_operation_is_seen_without_scrolling(self):
        bad = self.figure_mark(".op.bad .bar")
        self.assertEqual(self.js("return scrollY"), 0)
        self.assert_in_window(bad, "the failing operation")
        centre = [(bad["left"] + bad["right"]) / 2, (bad["top"] + bad["bottom"]) / 2]
        hit = self.js(f"return {FIGURE}.elementFromPoint(...arguments)?.closest('.op')?.dataset.op",
                      *centre)
        self.assertEqual(hit, str(self.failure["op"]), "something else is seen in its place")
        self.browser.keep("invalid-1280", whole=False)
        self.browser.keep("invalid-1280-whole")

    def test_why_is_seen_without_scrolling(self):
        sentence = self.failure["sentence"]
        self.assertIn(sentence, self.text("#counterexample-panel .why"))
        self.assert_in_window(self.js("return box(document.querySelector('.why'))"), "why")

    def test_says_what_was_decided_and_how_to_see_it_again(self):
        results = self.made.json("results.json")
        self.assertIn("invalid", self.text("#verdict .badge").lower())
        self.assertEqual(self.text("h1"), results["reason"])
        facts = self.pairs("#facts")
        self.assertEqual(facts["failing key"], self.made.ops[self.failure["op"]]["key"])
        self.assertEqual(facts["seed"], str(results["seed"]))
        self.assertEqual(facts["target"], results["target"])
        self.assertEqual(facts["version"], results["faultline"])
        self.assertEqual(facts["bugs"], "stale-read")
        self.assertEqual(self.text(".command code"), results["repeat"])
        for each in self.browser.find_all("#verdict, #facts, #commands"):
            self.assert_in_window(self.js("return box(arguments[0])", each), each.text)

    def test_copies_the_command(self):
        self.browser.find(".command button").click()
        self.browser.until("document.querySelector('.command button').textContent === 'Copied'")
        field = self.browser.find("#logs input")
        field.send_keys(Keys.CONTROL, "v")
        self.assertEqual(field.get_attribute("value"), self.made.json("results.json")["repeat"])

    def test_contents_lead_to_every_section(self):
        sections = self.js("return [...document.querySelectorAll('main > section')]"
                           ".filter((each) => !each.hidden).map((each) => each.id)")
        links = self.browser.find_all("#contents a")
        self.assertEqual([link.get_attribute("href").split("#")[1] for link in links], sections)
        for wanted in ("counterexample", "history", "latency", "rate", "recovery", "operations",
                       "checkers", "logs", "environment"):
            self.assertIn(wanted, sections)
        links[-1].click()
        self.browser.until("scrollY > 500")


class Counterexample(InvalidRun):
    def test_pointer_on_an_operation_shows_its_details(self):
        others = [op for op in self.marks() if op != self.failure["op"]]
        self.assertGreater(len(others), 3)
        for op in others[:3]:
            bar = self.figure_mark(f".op[data-op='{op}'] .bar")
            self.browser.hover((bar["left"] + bar["right"]) / 2, (bar["top"] + bar["bottom"]) / 2)
            self.assert_panel_tells_of(op)
            self.assertNotIn(self.failure["sentence"], self.panel())

    def test_failing_operation_is_told_of_from_the_beginning(self):
        self.assert_panel_tells_of(self.failure["op"])

    def test_keys_reach_every_operation(self):
        for _ in range(MOST_TABS):
            self.browser.keys(Keys.TAB)
            if self.js(f"return {FOCUSED_OP}") is not None:
                break
        self.assertEqual(self.js(f"return {FOCUSED_OP}"), str(self.failure["op"]))
        self.browser.keys(Keys.HOME)
        reached = []
        for op in self.marks():
            reached.append(int(self.js(f"return {FOCUSED_OP}")))
            self.assert_panel_tells_of(op)
            self.browser.keys(Keys.ARROW_RIGHT)
        self.assertEqual(reached, self.marks())
        self.browser.keys(Keys.ARROW_LEFT)
        self.assertEqual(self.js(f"return {FOCUSED_OP}"), str(self.marks()[-2]))

    def test_focus_is_seen(self):
        self.js(f"{FIGURE}.querySelector('[tabindex=\"0\"]').focus()")
        self.browser.keys(Keys.ARROW_LEFT)
        outline = self.js("return getComputedStyle(document.activeElement.shadowRoot.activeElement)"
                          ".outlineStyle")
        self.assertEqual(outline, "solid")

    def test_enter_shows_it_in_the_history(self):
        self.js(f"{FIGURE}.querySelector('[tabindex=\"0\"]').focus()")
        self.browser.keys(Keys.ENTER)
        self.assertEqual(self.js("return document.activeElement.id"), "history-canvas")
        self.assertEqual(self.js("return faultline.history.sheet.selected"), self.failure["op"])
        view = self.js("return faultline.history.view")
        self.assertLess(view["from"], self.made.ops[self.failure["op"]]["start"])
        self.assertGreater(view["to"], self.made.ops[self.failure["op"]]["end"])

    def test_path_goes_through_the_operations_with_the_state_after_each(self):
        dots, states = self.js(f"const all = (css) => [...{FIGURE}.querySelectorAll(css)];"
                               "return [all('.dot').length, all('.state').map((each) =>"
                               "each.textContent)]")
        self.assertGreater(dots, 3)
        self.assertEqual(len(states), dots)
        self.assertTrue(all(states))


class Rest(InvalidRun):
    def test_every_checker_is_listed_with_its_verdict(self):
        lines = [each.text for each in self.browser.find_all("#checkers summary")]
        checks = self.made.json("results.json")["checks"]
        self.assertEqual(len(lines), len(checks))
        for line, check in zip(lines, checks):
            self.assertIn(check["checker"], line)
            self.assertIn(check["verdict"], line.lower())

    def test_operations_by_outcome_add_up(self):
        cells = self.browser.find_all("#operations-table tbody tr:last-child > *")
        row = [each.text for each in cells]
        counts = [sum(op["outcome"] == outcome for op in self.made.ops)
                  for outcome in runs.OUTCOMES]
        self.assertEqual(row[1:5], [f"{n:,}" for n in [*counts, len(self.made.ops)]])

    def test_logs_can_be_searched(self):
        log = (self.made.path / "n1.log").read_text(encoding="utf-8").splitlines()
        word = log[len(log) // 2].split()[-1]
        hits = [line for line in log if word.lower() in line.lower()]
        self.browser.find("#logs input").send_keys(word)
        self.browser.until("document.querySelector('#logs mark')")
        lines = self.browser.find("#logs details pre").text.splitlines()
        self.assertEqual([line.split(maxsplit=1)[1] for line in lines], hits)
        self.browser.find("#logs input").clear()
        self.browser.find("#logs input").send_keys("nowhere to be found")
        self.browser.until("!document.querySelector('#logs mark, #logs details[open]')")

    def test_environment_is_all_of_the_options(self):
        listed = self.pairs("#environment-list")
        options = self.made.json("test.json")
        options.pop("faultline")  # the version, which is at the top
        for name, value in options.items():
            self.assertEqual(listed.get(name), option(value), name)

    def test_charts_say_what_is_under_the_pointer(self):
        for section in ("latency", "rate"):
            chart = self.browser.find(f"#{section}-charts svg")
            self.js("arguments[0].scrollIntoView({block: 'center'})", chart)
            where = self.js("return box(arguments[0])", chart)
            self.browser.hover((where["left"] + where["right"]) / 2, where["top"] + 40)
            reading = self.text(f"#{section}-charts .reading")
            self.assertRegex(reading, r"\d+\.\d+.s")

    def test_click_on_a_chart_goes_there_in_the_history(self):
        before = self.js("return faultline.history.view")
        chart = self.browser.find("#latency-charts svg")
        self.js("arguments[0].scrollIntoView({block: 'center'})", chart)
        chart.click()
        after = self.js("return faultline.history.view")
        self.assertLess(after["to"] - after["from"], (before["to"] - before["from"]) / 10)
