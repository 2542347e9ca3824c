// The list of runs: sorted and searched here, drawn some hundred rows at a time.
'use strict';

const kStep = 200;  // also what is read first: the newest, while the others are being read
const kOrder = ['running', 'judging', 'invalid', 'unknown', 'cut-short', 'valid'];
const kColumns = [
  {id: 'verdict', name: 'Verdict', of: (run) => kOrder.indexOf(stateOf(run))},
  {id: 'run', name: 'Run', of: (run) => run.name},
  {id: 'nemeses', name: 'Faults', of: (run) => showValue(run.nemeses)},
  {id: 'seed', name: 'Seed', number: true, of: (run) => BigInt(run.seed || 0)},
  {id: 'seconds', name: 'Duration', number: true, of: (run) => run.seconds ?? -1},
  {id: 'ops', name: 'Ops', number: true, of: (run) => run.ops ?? -1},
  {id: 'time', name: 'Started', of: (run) => run.time},
];

const state = {runs: [], more: false, loading: false, shown: [], sort: 'time', down: true,
  limit: kStep, picked: [], tag: {}};

// What a search looks in, besides "name=value" of the same.
function searched(run) {
  const fields = [['verdict', stateOf(run)], ['target', run.target], ['env', run.environment],
    ['workload', run.workload], ['faults', showValue(run.nemeses)],
    ['bugs', showValue(run.bugs)], ['seed', run.seed], ['name', run.name], ['time', run.time],
    ['reason', run.reason], ['started', showTime(run.time)]];
  return fields.map(([name, value]) => `${name}=${value ?? ''}\u0000`).join('').toLowerCase();
}

// Every word must be there; "seed=7" is that seed and no other.
function matcher(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (run) => words.every((word) =>
    run.searched.includes(/^(seed|verdict)=./.test(word) ? word + '\u0000' : word));
}

function arrange() {
  const column = kColumns.find((each) => each.id === state.sort) || kColumns[6];
  const fits = matcher(find('search').value);
  const way = state.down ? -1 : 1;
  const keyed = state.runs.filter(fits).map((run) => [column.of(run), run]);
  keyed.sort(([a, x], [b, y]) => a < b ? -way : a > b ? way
    : x.time < y.time ? 1 : x.time > y.time ? -1 : 0);
  state.shown = keyed.map(([, run]) => run);
}

function href(run) {
  return run.state === 'running' || run.state === 'judging' ? '/live/' + run.id
    : '/runs/' + run.id + '/';
}

function pickBox(run) {
  const box = element('input', {type: 'checkbox', 'aria-label': `Compare ${run.name} ${run.time}`});
  box.checked = state.picked.includes(run.id);
  box.addEventListener('change', () => {
    state.picked = state.picked.filter((id) => id !== run.id);
    if (box.checked) state.picked.push(run.id);
    drawPicked();
  });
  return box;
}

function row(run) {
  const what = element('td', {class: 'run'},
    element('a', {class: 'run', href: href(run), text: run.name}),
    run.environment ? ` ${run.environment}` : '',
    run.bugs && run.bugs.length ? `, bug ${showValue(run.bugs)}` : '');
  if (run.reason) what.append(element('div', {class: 'reason', text: run.reason}));
  const links = element('td', {class: 'time'}, showTime(run.time) + ' ',
    element('a', {href: '/runs/' + run.id + '/files', text: 'files',
      'aria-label': `Files of ${run.name} ${run.time}`}));
  const number = (name, text) => element('td', {class: 'number', 'data-name': name, text});
  return element('tr', {}, element('td', {class: 'pick'}, pickBox(run)),
    element('td', {class: 'verdict'}, badge(stateOf(run))), what,
    element('td', {'data-name': 'faults', text: showValue(run.nemeses)}),
    number('seed', run.seed ?? ''), number('', showSeconds(run.seconds)),
    number('ops', showCount(run.ops)), links);
}

function drawPicked() {
  const button = find('compare');
  button.disabled = state.picked.length !== 2;
  button.textContent = state.picked.length === 1 ? 'Compare: choose one more'
    : state.picked.length > 2 ? `Compare: ${state.picked.length} chosen, two can be`
      : 'Compare two';
}

function draw() {
  const shown = state.shown.slice(0, state.limit);
  find('rows').replaceChildren(...shown.map(row));
  const running = state.runs.filter((run) => run.state === 'running').length;
  find('count').textContent = (state.shown.length === state.runs.length ? ''
    : showCount(state.shown.length) + ' of ') + showCount(state.runs.length) +
    (running ? `, ${running} running` : '') + (state.more ? '; reading the others' : '');
  const left = state.shown.length - shown.length;
  find('more').hidden = left === 0;
  find('more').textContent = `Show ${Math.min(left, kStep)} more of ${showCount(left)}`;
  for (const head of find('heads').children) {
    if (head.dataset.id !== state.sort) head.removeAttribute('aria-sort');
    else head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
  }
}

// The address keeps search and order, so that the way back from a run leads to the same list.
function keep() {
  const words = new URLSearchParams();
  if (find('search').value) words.set('q', find('search').value);
  if (state.sort !== 'time' || !state.down) words.set('sort', (state.down ? '-' : '') + state.sort);
  history.replaceState(null, '', words.size ? '#' + words : location.pathname);
}

function recall() {
  const words = new URLSearchParams(location.hash.slice(1));
  find('search').value = words.get('q') || '';
  const sort = words.get('sort') || '-time';
  state.down = sort.startsWith('-');
  state.sort = sort.replace('-', '');
}

function changed() {
  state.limit = kStep;
  arrange();
  draw();
  keep();
}

function drawHeads() {
  find('heads').append(element('th', {scope: 'col'}, element('span', {class: 'away',
    text: 'Compare'})));
  for (const column of kColumns) {
    const button = element('button', {type: 'button', text: column.name});
    button.addEventListener('click', () => {
      state.down = state.sort === column.id ? !state.down : column.id === 'time';
      state.sort = column.id;
      changed();
    });
    find('heads').append(element('th', {scope: 'col', 'data-id': column.id,
      class: column.number ? 'number' : null}, button));
  }
}

function show(answer) {
  state.runs = answer.runs;
  state.more = answer.more;
  for (const run of state.runs) run.searched = searched(run);
  arrange();
  // A reader in the middle of the rows is not thrown out of them.
  if (!find('rows').contains(document.activeElement)) draw();
}

async function refresh() {
  if (state.loading) return;
  state.loading = true;
  try {
    const first = state.runs.length === 0;
    if (first) show(await load('/api/runs?newest=' + kStep));
    if (!first || state.more) {
      const answer = await load('/api/runs', state.tag);
      if (answer) show(answer);
    }
    trouble('');
  } catch (error) {
    trouble('The list could not be read: ' + error.message);
  }
  state.loading = false;
}

drawHeads();
recall();
find('search').addEventListener('input', changed);
find('more').addEventListener('click', () => {
  state.limit += kStep;
  draw();
});
find('compare').addEventListener('click', () => {
  location.href = `/compare?a=${state.picked[0]}&b=${state.picked[1]}`;
});
window.addEventListener('hashchange', () => {
  recall();
  changed();
});
refresh();
setInterval(() => document.hidden || refresh(), 4000);
