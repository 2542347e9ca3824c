"""The pages of `faultline serve`: the list, a run, two compared, one as it goes."""
import atexit
import functools
import re
import shutil
import signal
import subprocess
import time
import unittest
import zipfile

import hostile_test
import runs
from cases import BrowserTest

SERVED = runs.SCRATCH / "served"

# Numbers that are broken into lines.
BROKEN = """
return [...document.querySelectorAll('td.number')].filter((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map((r) => r.top)).size > 1;
}).map((cell) => cell.innerText);
"""


def made(*words, code=0):
    return runs.test(*words, "--results", "served", code=code)


@functools.cache
def invalid():
    return made("--bug", "stale-read", "--seed", "1", code=1)


@functools.cache
def valid():
    return made("--seed", "7", "--time-limit", "3")


@functools.cache
def other():
    return made("--target", "paxos", "--seed", "9", "--time-limit", "3", "--nemesis", "pause")


@functools.cache
def server():
    """The address of a server of what is in SERVED, while the tests run."""
    for make in (invalid, valid, other):  # the newest last
        make()
    child = subprocess.Popen([runs.PROGRAM, "serve", "--port", "0", "--results", str(SERVED)],
                             stdout=subprocess.PIPE, text=True, cwd=runs.SCRATCH)

    def end():
        child.terminate()
        child.wait()

    atexit.register(end)
    said = child.stdout.readline()
    return re.match(r"(http://127\.0\.0\.1:\d+)/", said).group(1)


class Journal:
    """A run that somebody is writing, as the program does."""

    def __init__(self, name):
        self.id = name + "/" + time.strftime("%Y%m%dT%H%M%S.000Z", time.gmtime())
        path = SERVED / self.id
        path.mkdir(parents=True)
        (path / "test.json").write_bytes((valid().path / "test.json").read_bytes())
        self.history = path / "history.jsonl"
        runs.write_history(self.history, [])
        self.count = 0
        self.open()

    def open(self):
        self.file = open(self.history, "a", encoding="utf-8")

    def write(self, ops):
        for _ in range(ops):
            at = 10**8 * self.count
            self.file.write(f'[{at},0,"invoke","write",0,{self.count}]\n'
                            f'[{at + 10**7},0,"ok","write",0,{self.count}]\n')
            self.count += 1
        self.file.flush()

    def close(self):
        self.file.close()


class ServeTest(BrowserTest):
    def setUp(self):
        super().setUp()
        self.server = server()

    def tearDown(self):
        super().tearDown()
        elsewhere = [url for url in self.browser.requests()
                     if not url.startswith(self.server + "/") and url != "about:blank"]
        self.assertEqual(elsewhere, [])

    def open(self, path, there):
        """`there`: what is in the page when it is drawn."""
        self.browser.open(self.server + path)
        self.browser.until("document.querySelector(arguments[0])", there)
        self.assertEqual(self.text("#trouble"), "")

    def is_dark(self):
        colour = self.js("return getComputedStyle(document.documentElement).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)[:3])) < 60

    def assert_fits(self, name, there):
        """At both sizes, in light and in dark."""
        for look in ("1280", "390", "1280-dark", "390-dark"):
            phone, dark = look.startswith("390"), look.endswith("dark")
            self.browser.appear(*((390, 844) if phone else (1280, 800)), dark=dark, mobile=phone)
            self.browser.driver.refresh()
            self.browser.until("document.querySelector(arguments[0])", there)
            self.browser.drawn()
            self.assertEqual(self.is_dark(), dark)
            self.assert_no_sideways_scrolling()
            self.assert_readable()
            self.assertEqual(self.js(BROKEN), [], "numbers in pieces")
            self.browser.keep(f"serve-{name}-{look}")
        self.browser.appear()


class List(ServeTest):
    def setUp(self):
        super().setUp()
        self.open("/", "#rows tr")

    def rows(self):
        rows = self.js("return [...document.querySelectorAll('#rows tr')]"
                       ".map((row) => row.innerText)")
        return [row for row in rows if "grows" not in row and "hostile" not in row]

    def search(self, text):
        field = self.browser.find("#search")
        field.clear()
        field.send_keys(text)

    def test_lists_runs_with_what_is_known_of_them(self):
        rows = self.rows()
        self.assertEqual(len(rows), 3)
        results = invalid().json("results.json")
        row = rows[-1]  # it was first
        self.assertIn("invalid", row.lower())
        self.assertIn(results["reason"], row)
        for word in ("raft-register", "stale-read", "kill", str(len(invalid().ops))):
            self.assertIn(word, row)
        self.assert_fits("list", "#rows tr")

    def test_search(self):
        for text, left in (("invalid", 1), ("verdict=valid", 2), ("paxos", 1), ("seed=7", 1),
                           ("seed=70", 0), ("raft kill invalid", 1), ("nowhere", 0)):
            self.search(text)
            self.assertEqual(len(self.rows()), left, text)
        self.search("paxos")
        self.assertIn("paxos", self.rows()[0])
        self.assertTrue(self.text("#count").startswith("1 of "))

    def test_sort(self):
        def seeds():
            return self.js("return [...document.querySelectorAll('#rows [data-name=seed]')]"
                           ".map((cell) => Number(cell.innerText))")

        self.search("env=sim verdict=")
        self.browser.button("Seed").click()
        up = seeds()
        self.assertEqual(up, sorted(up))
        self.assertEqual(self.browser.find("[data-id=seed]").get_attribute("aria-sort"),
                         "ascending")
        self.browser.button("Seed").click()
        self.assertEqual(seeds(), up[::-1])
        self.assertGreater(len(set(up)), 2)
        self.browser.button("Verdict").click()
        self.assertIn("invalid", self.rows()[0].lower())

    def test_way_back_leads_to_the_same_list(self):
        self.search("paxos")
        self.browser.click_on("#rows a.run")
        self.browser.until("location.pathname.startsWith('/runs/') && window.faultline?.ready")
        self.browser.driver.back()
        self.browser.until("document.querySelectorAll('#rows tr').length === 1")
        self.assertEqual(self.browser.find("#search").get_attribute("value"), "paxos")

    def test_compare_needs_two(self):
        button = self.browser.find("#compare")
        self.assertFalse(button.is_enabled())
        self.search("env=sim verdict=")
        self.browser.click_on("#rows tr:nth-child(1) input")
        self.assertFalse(button.is_enabled())
        self.browser.click_on("#rows tr:nth-child(2) input")
        self.assertTrue(button.is_enabled())
        button.click()
        self.browser.until("location.pathname === '/compare'")
        self.browser.until("document.querySelector('#options *')")


class OneRun(ServeTest):
    def test_report_is_the_one_of_the_run(self):
        self.open(f"/runs/{invalid().id}/", "#verdict .badge")
        self.browser.until("window.faultline && faultline.ready")
        self.assertEqual(self.js("return faultline.trouble"), [])
        self.assertEqual(self.text("h1"), invalid().json("results.json")["reason"])
        self.assertEqual(self.js("return faultline.history.ops.count"), len(invalid().ops))
        self.browser.find(".command button").click()
        self.browser.until("document.querySelector('.command button').textContent === 'Copied'")

    def test_files_are_listed_and_can_be_read(self):
        self.open(f"/runs/{invalid().id}/files", "#files td")
        names = [each.text for each in self.browser.find_all("#files a")]
        self.assertEqual(sorted(names), sorted(each.name for each in invalid().path.iterdir()))
        self.assertIn(invalid().json("results.json")["repeat"], self.text("#facts"))
        self.assertIn("Not linearizable", self.text("#counterexample"))
        self.assert_fits("files", "#files td")
        self.browser.find("#files a[href$='n1.log']").click()
        self.browser.until("location.pathname.endsWith('n1.log')")
        log = (invalid().path / "n1.log").read_text(encoding="utf-8")
        self.assertEqual(self.js("return document.body.innerText").split(), log.split())

    def test_zip_is_downloaded(self):
        folder = runs.SCRATCH / "downloads"
        self.open(f"/runs/{invalid().id}/files", "#files td")
        self.browser.command("Browser.setDownloadBehavior", behavior="allow",
                             downloadPath=str(folder))
        self.browser.driver.find_element("link text", "All as zip").click()
        end = time.monotonic() + 60
        while not list(folder.glob("*.zip")):
            self.assertLess(time.monotonic(), end, "nothing was downloaded")
            time.sleep(0.05)
        with zipfile.ZipFile(next(folder.glob("*.zip"))) as packed:
            self.assertIsNone(packed.testzip())
            there = {name.split("/")[-1]: packed.read(name) for name in packed.namelist()
                     if not name.endswith("/")}
        self.assertEqual(there, {each.name: each.read_bytes()
                                 for each in invalid().path.iterdir()})

    def test_that_is_not_there(self):
        self.browser.open(self.server + "/runs/nowhere/20260101T000000.000Z/files")
        self.browser.until("document.body.innerText.trim()")
        self.assertIn("404", self.browser.console()[0])  # which the browser says by itself


class Compare(ServeTest):
    def test_shows_what_differs(self):
        self.open(f"/compare?a={invalid().id}&b={valid().id}", "#faults *")
        options = self.table("#options")
        self.assertEqual(options["seed"], ["1", "7"])
        self.assertEqual(options["bugs"], ["stale-read", "none"])
        self.assertNotIn("target", options)
        self.assertIn("invalid", self.table("#checks")["all"][0].lower())
        rates = self.table("#rates")
        self.assertEqual(rates["operations"], [str(len(each.ops)) for each in (invalid(), valid())])
        for index, outcome in enumerate(runs.OUTCOMES):
            wanted = [str(sum(op["outcome"] == outcome for op in each.ops))
                      for each in (invalid(), valid())]
            self.assertEqual(rates[outcome], wanted, index)
        self.assertEqual(len(self.browser.find_all("#charts svg")), 2)
        self.assert_fits("compare", "#faults *")

    # The page asks again when the server is busy; what was not counted is said.
    BUSY_AT_FIRST = """
{
  const ask = window.fetch;
  let times = 0;
  window.fetch = async (...words) => {
    if (++times <= 2) return new Response('busy', {status: 503});
    const both = await (await ask(...words)).json();
    both.b.history.read = 3e6;
    both.b.history.size = 5e6;
    return new Response(JSON.stringify(both));
  };
}
"""

    def test_waits_for_its_turn_and_says_what_is_not_counted(self):
        script = self.browser.command("Page.addScriptToEvaluateOnNewDocument",
                                      source=self.BUSY_AT_FIRST)["identifier"]
        try:
            self.browser.open(self.server + f"/compare?a={invalid().id}&b={valid().id}")
            self.browser.until("document.querySelector('#trouble:not([hidden])')")
            self.assertIn("busy", self.text("#trouble"))
            self.browser.until("document.querySelector('#faults *')")
            self.assertEqual(self.text("#trouble"), "")
            self.assertIn("Of b's history the first 3.00 MB of 5.00 MB are counted.",
                          self.text("#rates"))
        finally:
            self.browser.command("Page.removeScriptToEvaluateOnNewDocument", identifier=script)

    def table(self, selector):
        rows = self.js("return [...document.querySelectorAll(arguments[0] + ' tbody tr')]"
                       ".filter((row) => row.getClientRects().length)"
                       ".map((row) => [...row.children].map((cell) => cell.innerText.trim()))",
                       selector)
        return {row[0]: row[1:] for row in rows}


class Live(ServeTest):
    def until_counted(self, ok):
        self.browser.until("[...document.querySelectorAll('#facts > div')].some((each) =>"
                           "each.innerText.replaceAll(/\\s+/g, ' ').trim() === arguments[0])",
                           f"ok {ok}")

    def test_grows_without_being_loaded_again(self):
        journal = Journal("grows")
        journal.write(20)
        self.open(f"/live/{journal.id}", "#facts > div")
        self.assert_fits("live", "#facts > div")
        self.js("window.sameDocument = true")
        self.until_counted(20)
        self.assertIn("running", self.text("#verdict").lower())
        bars = len(self.browser.find_all("#rate rect.ok"))
        journal.write(30)
        self.until_counted(50)
        self.assertGreater(len(self.browser.find_all("#rate rect.ok")), bars)
        self.assertIn(f'"write",0,{journal.count - 1}]', self.text("#lines"))
        self.open_list_meanwhile()
        self.assertTrue(self.js("return document.querySelector('#ended').hidden"))
        journal.close()
        self.browser.until("!document.querySelector('#ended').hidden")
        self.assertIn("without a verdict", self.text("#ended"))
        journal.open()  # it was not gone
        journal.write(10)
        self.until_counted(60)
        self.assertTrue(self.js("return document.querySelector('#ended').hidden"))
        journal.close()
        self.assertTrue(self.js("return window.sameDocument"))

    def open_list_meanwhile(self):
        first = self.browser.driver.current_window_handle
        self.browser.driver.switch_to.new_window("tab")
        try:
            self.open("/", "#rows .badge.running")
            link = self.js("return document.querySelector('#rows tr:has(.badge.running) a.run')"
                           ".href")
            self.assertIn("/live/grows/", link)
            self.assertIn("1 running", self.text("#count"))
        finally:
            self.browser.driver.close()
            self.browser.driver.switch_to.window(first)

    def test_real_run_until_it_is_judged(self):
        if "local: yes" not in runs.program("doctor", code=None):
            raise unittest.SkipTest("--env local cannot be used here; see faultline doctor")
        child = subprocess.Popen(
            [runs.PROGRAM, "test", "--env", "local", "--target", "raft", "--time-limit", "60",
             "--nemesis", "none", "--rate", "50", "--results", str(SERVED)],
            cwd=runs.SCRATCH, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        self.open("/", "#rows .badge.running")
        self.browser.click_on("#rows tr:has(.badge.running) a.run")
        self.browser.until("document.querySelector('#facts > div')")
        self.js("window.sameDocument = true")
        count = "Number([...document.querySelectorAll('#facts > div')].find((each) =>" \
            "each.firstChild.innerText === 'ok')?.lastChild.innerText.replaceAll(/\\D/g, ''))"
        before = self.browser.until(count)
        self.browser.until(count + " > arguments[0]", before)
        self.browser.keep("serve-live-local-1280")
        child.send_signal(signal.SIGINT)  # it judges what there is
        self.browser.until("!document.querySelector('#ended').hidden")
        self.assertIn("was judged", self.text("#ended"))
        self.assertIn("unknown", self.text("#verdict").lower(), "it was cut short")
        self.assertTrue(self.js("return window.sameDocument"))
        self.browser.keep("serve-live-ended-1280")
        self.browser.find("#ended a").click()
        self.browser.until("window.faultline && faultline.ready")


class Hostile(ServeTest):
    def setUp(self):
        super().setUp()
        run = hostile_test.hostile()
        shutil.copytree(run.path, SERVED / run.id, dirs_exist_ok=True)

    def test_pages_show_texts_as_texts(self):
        run = hostile_test.hostile()
        pages = [("/", "#rows tr"), (f"/runs/{run.id}/files", "#files td"),
                 (f"/compare?a={run.id}&b={valid().id}", "#faults *"),
                 (f"/live/{run.id}", "#facts > div")]
        for path, there in pages:
            self.open(path, there)
            self.browser.drawn()
            self.assertEqual(self.js(hostile_test.FOREIGN.replace("|LINK|", "|")), [], path)
            self.assertEqual(self.js(hostile_test.UNSEEN), [], path)
            self.assert_no_sideways_scrolling()
            self.browser.keep("serve-hostile-" + path.split("/")[1].split("?")[0])
