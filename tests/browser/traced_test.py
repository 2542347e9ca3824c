"""What the report of a run in the simulator says of who led and of messages, with a trace and without
one. It is held against the trace."""
import json

import runs
from cases import ReportTest


def leaders(run):
    """Who led, from when to when, by the trace."""
    found = []
    leading = {}  # by node: what was found of it
    for line in (run.path / "trace.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        node = event.get("node")
        at = f"{event.get('at', 0) / 1e9:.6f}"
        led = leading.get(node)
        goes_on = led and event.get("leader") and led[3] == str(event["term"])
        if led and not goes_on and ("leader" in event or event.get("is") == "down"):
            leading.pop(node)[1] = at
        if event.get("leader") and not goes_on:
            leading[node] = [at, "the end", f"n{node + 1}", str(event["term"])]
            found.append(leading[node])
    return found


class Traced(ReportTest):
    def test_leaders_are_those_of_the_trace(self):
        run = runs.traced()
        self.open_report(run)
        rows = self.js("""return [...document.querySelectorAll('#leaders-table tbody tr')].map(
            (row) => [...row.children].map((cell) => cell.textContent))""")
        shown = [[cell.split("\u202f")[0] for cell in row] for row in rows]
        self.assertEqual(shown, leaders(run))
        self.assertGreater(len(shown), 1)
        self.assertEqual(sum(end == "the end" for _, end, _, _ in shown), 1)
        bars = self.js("return document.querySelectorAll('#leaders-charts .leader').length")
        self.assertEqual(bars, len(shown))
        self.assertEqual(self.text("#leaders-note"), "")

    def test_its_messages_are_around_the_failure(self):
        self.open_report(runs.traced())
        self.assertEqual(self.text("#space-time-title"), "Messages around the failure")
        links = self.js("return [...document.querySelectorAll('#contents a')].map("
                        "(each) => each.textContent)")
        self.assertIn("Messages around the failure", links)
        drawn = self.js("""return document.getElementById('space-time-figure').shadowRoot
            .querySelectorAll('svg .m').length""")
        self.assertGreater(drawn, 20)

    def test_without_a_trace_it_says_how_to_get_one(self):
        self.open_report(runs.invalid())
        self.assertIn("--trace", self.text("#leaders-note"))
        self.assertTrue(self.browser.find("#leaders").is_displayed())
        self.assertFalse(self.browser.find("#space-time").is_displayed())
