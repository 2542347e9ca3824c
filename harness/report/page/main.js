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

// Lets the browser show what is drawn so far; a page in the background is not kept waiting.
function shown() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
    setTimeout(resolve, 200);
  });
}

const kReadAtOnce = 20000;

async function showHistory(run, ops, counterexample, charts) {
  const soon = ops.count <= kReadAtOnce;  // and few enough for bars with labels
  if (soon) ops.readRest();
  const history = new History(run, ops);
  await shown();
  page.history = history;
  page.firstDraw = performance.now();
  performance.mark('history-drawn');
  if (!soon) ops.readRest();
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
  figureOf('space-time');
  showOperations(run);
  showChecks(run);
  showLogs(run);
  showEnvironment(run);
  const charts = showMeasures(run);
  showContents();
  let history = null;
  try {
    const packed = byId('ops');
    const ops = new Ops(run, await readOps(packed.textContent));
    packed.remove();  // large, and not needed any more
    history = await showHistory(run, ops, counterexample, charts);
    charts.render();
    showAvailability(run, ops, history);
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
