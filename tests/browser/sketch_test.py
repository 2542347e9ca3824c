"""The sketch of very many operations, which is drawn before they are read."""
import random

import runs
from cases import ReportTest

OPERATIONS = 110_000

# Keeps the first picture, and how many operations it was made from.
WATCH = """
const mark = performance.mark.bind(performance);
performance.mark = (name) => {
  const {sheet, ops} = faultline.history;
  window.first = {sketched: ops.sketched, count: ops.count, lanes: lanesOf(sheet)};
  return mark(name);
};
window.lanesOf = (sheet) => {
  const copy = new OffscreenCanvas(sheet.width, sheet.height);
  const pen = copy.getContext('2d', {willReadFrequently: true});
  pen.drawImage(sheet.canvas, 0, 0);
  return pen.getImageData(0, sheet.head, sheet.width, sheet.bottom - sheet.head).data;
};
"""

DIFFERENT = """
const [one, other] = [new Uint32Array(first.lanes.buffer),
  new Uint32Array(lanesOf(faultline.history.sheet).buffer)];
const paper = other[other.length - 1];
let different = 0, inked = 0;
for (let i = 0; i < one.length; ++i) {
  different += one[i] !== other[i];
  inked += other[i] !== paper;
}
return {different, inked, all: one.length, same: one.length === other.length};
"""


def many():
    """Five processes one after another in each of six lanes, with pauses; some operations fail, and
    what never returns ends its process."""
    rng = random.Random(5)
    events = []
    for lane in range(6):
        process, now = lane, 1000 * lane
        for number in range(OPERATIONS // 6):
            now += rng.choice([300, 900, 2000])
            if number % 1500 == 700:
                now += 3_000_000
            kind = rng.choice(["ok", "ok", "fail"])
            events.append((now, [now, process, "invoke", "write", 0, 1]))
            if number % 4000 == 3999:
                kind = "info"
            now += rng.choice([700, 1500, 60_000])
            if kind != "info" or rng.random() < 0.5:
                events.append((now, [now, process, kind, "write", 0, 1]))
            if kind == "info":
                process += 6
    return [event for _, event in sorted(events, key=lambda each: each[0])]


class Sketch(ReportTest):
    def test_it_looks_like_the_history(self):
        run = runs.stored("many", many(), runs.valid(), code=None)
        watching = self.browser.command("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self.addCleanup(self.browser.command, "Page.removeScriptToEvaluateOnNewDocument",
                        **watching)
        self.open_report(run)
        first = self.js("return [first.sketched, first.count]")
        self.assertTrue(first[0])
        self.assertLess(first[1], 10_000)
        self.assertEqual(self.js("return faultline.history.ops.count"), len(run.ops))
        self.browser.drawn()
        seen = self.js(DIFFERENT)
        self.assertTrue(seen["same"], "the lanes are where they were")
        self.assertGreater(seen["inked"], seen["all"] / 3)
        self.assertLess(seen["different"], seen["all"] / 500)
