// Puts the page together: first what is read first, then the operations, which take time to unpack.

const page = {ready: false, firstDraw: null, history: null, trouble: []};
window.faultline = page;  // for tests

function trouble(text) {
  page.trouble.push(text);
  byId('trouble').hidden = false;
  byId('trouble').append(element('p', {}, text));
}

function onPaper(charts, history) {
  let closed = [];
  const before = () => {
    if (document.documentElement.classList.contains('printing')) return;
    document.documentElement.classList.add('printing');
    closed = [...document.querySelectorAll('details:not([open])')];
    closed.forEach((box) => { box.open = true; });
    charts.render(kPaperWidth);
    if (history) {
      history.printing = true;
      history.sheet.setTheme();
      history.resize(kPaperWidth);
    }
  };
  const after = () => {
    document.documentElement.classList.remove('printing');
    closed.forEach((box) => { box.open = false; });
    if (history) {
      history.printing = false;
      history.refresh();
    }
    charts.render();
  };
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
}

const kPaperWidth = 680;  // A4 and Letter less their margins, in CSS pixels

function onChange(charts, history) {
  let width = document.documentElement.clientWidth;
  const redraw = () => {
    charts.render();
    if (history) history.refresh();
  };
  addEventListener('resize', () => {
    if (document.documentElement.clientWidth === width) return;  // an address bar came or went
    width = document.documentElement.clientWidth;
    requestAnimationFrame(redraw);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
}

// Lets the browser show what is drawn so far; a page in the background is not kept waiting. Where it
// can be asked for, our turn comes before that of reading the rest of the page.
function shown() {
  const soon = globalThis.scheduler && scheduler.postTask
    ? (then) => scheduler.postTask(then, {priority: 'user-blocking'}) : setTimeout;
  return new Promise((resolve) => {
    requestAnimationFrame(() => soon(resolve));
    setTimeout(resolve, 200);
  });
}

// What comes after this script.
function wholePage() {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => addEventListener('DOMContentLoaded', resolve, {once: true}));
}

async function drawn(history) {
  await shown();
  page.history = history;
  page.firstDraw = performance.now();
  performance.mark('history-drawn');
  return history;
}

// Of very many operations a sketch is drawn first, which has them all, but not one by one: before
// the browser goes on to read the others.
async function drawHistory(run) {
  const sketch = new Ops(run, readColumns(fromBase64(byId('sketch').textContent)));
  sketch.sketched = true;
  const first = sketch.count ? await drawn(new History(run, sketch)) : null;
  await wholePage();
  const packed = byId('ops');
  const ops = new Ops(run, await readOps(packed.textContent));
  packed.remove();  // large, and not needed any more
  ops.readRest();
  if (!first) return drawn(new History(run, ops));
  first.adopt(ops);
  return first;
}

async function showHistory(run, counterexample, charts) {
  const history = await drawHistory(run);
  const {ops} = history;
  new Gestures(history, byId('history-canvas'));
  new Filter(run, ops, history);
  showLegend(run);
  counterexample.setOps(ops);
  counterexample.showInHistory = (op) => {
    history.goTo(op);
    byId('history').scrollIntoView();
    byId('history-canvas').focus({preventScroll: true});
  };
  charts.onpick = (t) => {
    const span = (run.end - run.begin) / 40;
    history.go(t - span / 2, t + span / 2);
    byId('history').scrollIntoView();
  };
  return history;
}

function showMeasures(run) {
  const charts = new Charts(run);
  new Latency(run, charts);
  new Rate(run, charts);
  new Recovery(run, charts);
  new Leaders(run, charts);
  new Clocks(run, charts);
  return charts;
}

async function main() {
  const run = readRun(byId('run').textContent);
  showVerdict(run);
  showFacts(run);
  showCommands(run);
  const counterexample = new Counterexample(run);
  showOperations(run);
  showChecks(run);
  showLogs(run);
  showEnvironment(run);
  showSpaceTime(run);
  const charts = showMeasures(run);
  showContents();
  let history = null;
  try {
    history = await showHistory(run, counterexample, charts);
    charts.render();
    showAvailability(run, history.ops, history);
  } catch (error) {
    byId('history').hidden = true;
    byId('contents').querySelector('[href="#history"]').remove();
    trouble('The history cannot be drawn. ' + visible(error.message));
    charts.render();
  }
  onPaper(charts, history);
  onChange(charts, history);
  page.ready = true;
}

main().catch((error) => trouble('This report cannot be shown. ' + visible(error.message)));
