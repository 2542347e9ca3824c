// A run as it goes: what is new is asked for and added up here.
'use strict';

const kRun = location.pathname.split('/').slice(2, 4).join('/');
const kMostBars = 120;
const kWait = 1000;  // milliseconds between two looks
const kLongWait = 10000;

const sum = {next: 0, seconds: new Map(), faults: new Map(), leaders: [], elections: 0, lines: [],
  events: 0, damaged: 0, time: 0};

function add(look) {
  sum.next = look.next;
  sum.events += look.events || 0;
  sum.damaged += look.damaged || 0;
  sum.elections += look.elections || 0;
  sum.time = Math.max(sum.time, look.time || 0);
  for (const [second, ...counts] of look.seconds || []) {
    const before = sum.seconds.get(second) || [0, 0, 0];
    sum.seconds.set(second, before.map((n, i) => n + counts[i]));
  }
  for (const fault of look.faults || []) {
    const before = sum.faults.get(fault.kind);
    sum.faults.set(fault.kind, {...fault, strikes: fault.strikes + (before ? before.strikes : 0)});
  }
  sum.leaders = [...sum.leaders, ...look.leaders || []].slice(-50);
  if (look.lines && look.lines.length) sum.lines = [...sum.lines, ...look.lines].slice(-20);
}

// By the second while they are few, else several in a bar.
function bins() {
  const last = Math.floor(sum.time);
  const width = Math.max(1, Math.ceil((last + 1) / kMostBars));
  const all = Array.from({length: Math.floor(last / width) + 1}, () => [0, 0, 0]);
  for (const [second, counts] of sum.seconds) {
    const bin = all[Math.floor(second / width)];
    if (bin) counts.forEach((n, i) => { bin[i] += n; });
  }
  return [all, width];
}

function total() {
  const counts = [0, 0, 0];
  for (const each of sum.seconds.values()) each.forEach((n, i) => { counts[i] += n; });
  return counts;
}

function drawFaults() {
  const rows = [...sum.faults.values()].sort((a, b) => a.kind < b.kind ? -1 : 1).map((fault) =>
    element('tr', {}, element('td', {text: fault.kind}),
      element('td', {class: fault.open ? 'open' : null,
        text: fault.open ? `open since ${fault.time.toFixed(1)} s` : 'mended'}),
      element('td', {class: 'number', text: fault.strikes}),
      element('td', {text: fault.open ? fault.what : ''})));
  find('faults').replaceChildren(rows.length ? table('Faults', ['fault', 'now', 'times', 'what'],
    rows) : element('p', {class: 'none', text: 'none so far'}));
}

function drawLeaders() {
  const rows = sum.leaders.slice(-8).reverse().map(([time, node]) =>
    element('tr', {}, element('td', {class: 'number', text: time.toFixed(1) + ' s'}),
      element('td', {text: node})));
  find('leaders').replaceChildren(...rows.length
    ? [table('Leaders', ['from', 'leader'], rows),
      element('p', {class: 'none', text: `${sum.elections} in all`})]
    : [element('p', {class: 'none', text: 'none is known (they are watched in real time only)'})]);
}

function draw(run) {
  const counts = total();
  document.title = `${run.name} ${run.time} - Faultline`;
  find('title').textContent = visible(`${run.name} ${run.time}`);
  if (find('verdict').dataset.state !== stateOf(run)) {
    find('verdict').dataset.state = stateOf(run);
    find('verdict').replaceChildren(badge(stateOf(run)));
  }
  facts(find('facts'), [['target', run.target ?? ''], ['environment', run.environment ?? ''],
    ['seed', run.seed ?? ''], ['time', showSeconds(sum.time)], ['ok', showCount(counts[0])],
    ['fail', showCount(counts[1])], ['info', showCount(counts[2])],
    ['damaged lines', sum.damaged ? showCount(sum.damaged) : '']]);
  find('rate').replaceChildren(rateChart('Operations a second, by outcome', ...bins(),
    find('rate').clientWidth),
    outcomeLegend());
  drawFaults();
  drawLeaders();
  const pane = find('lines');
  const follow = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 20;
  pane.textContent = visible(sum.lines.join('\n'));
  if (follow) pane.scrollTop = pane.scrollHeight;
}

const kEndings = {
  judged: 'The run has ended and was judged',
  'cut-short': 'The run ended without a verdict',
};

function drawEnd(run) {
  const ended = run.state in kEndings;
  find('ended').hidden = !ended;
  if (!ended) return;
  find('ended').replaceChildren(kEndings[run.state] +
    visible(run.reason ? ': ' + run.reason : '') + '. ',
    element('a', {href: `/runs/${kRun}/`,
      text: run.report ? 'The report' : 'What there is of it'}));
}

// A verdict is the end. Who was taken for gone may have been quiet only, or judge for long, so that
// it is asked for on, but less often.
async function look() {
  let wait = kWait;
  try {
    const answer = await load(`/api/live/${kRun}?from=${sum.next}`);
    trouble('');
    add(answer);
    if (answer.more) return look();
    draw(answer.run);
    drawEnd(answer.run);
    if (answer.run.state === 'judged') return;
    if (answer.run.state === 'cut-short') wait = kLongWait;
  } catch (error) {
    trouble('It could not be read: ' + error.message);
  }
  setTimeout(look, wait);
}

find('links').append(element('a', {href: `/runs/${kRun}/files`, text: 'Files'}));
look();
