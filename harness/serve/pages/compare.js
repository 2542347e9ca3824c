// Two runs side by side. What differs is marked, and comes first.
'use strict';

const kWords = new URLSearchParams(location.search);

function pairRow(name, a, b, differs, number) {
  const cell = (value) => value instanceof Node ? element('td', {}, value)
    : element('td', {class: number ? 'number' : null, text: value});
  return element('tr', {class: differs ? 'differs' : null},
    element('th', {scope: 'row', text: name}), cell(a), cell(b));
}

function pairs(caption, rows) {
  return table(caption, ['', 'a', 'b'], rows);
}

function runLink(run) {
  return element('a', {href: `/runs/${run.id}/`, text: `${run.name} ${run.time}`});
}

function drawOptions(options) {
  const differing = options.filter((option) => option.differs);
  const alike = options.filter((option) => !option.differs);
  const rows = (list) => list.map((option) =>
    pairRow(option.name, showValue(option.a), showValue(option.b), option.differs));
  find('options').append(differing.length ? pairs('Options that differ', rows(differing))
    : element('p', {class: 'none', text: 'They are the same.'}));
  if (alike.length) {
    find('options').append(element('details', {},
      element('summary', {text: `${alike.length} are the same`}),
      pairs('Options that are the same', rows(alike))));
  }
}

function drawChecks(a, b) {
  const names = [...new Set([...a.checks, ...b.checks].map((check) => check.checker))];
  const of = (side, name) => side.checks.find((check) => check.checker === name);
  const show = (check) => check ? element('span', {}, badge(check.verdict), ' ',
    showValue(check.reason)) : '';
  const rows = names.map((name) => {
    const [left, right] = [of(a, name), of(b, name)];
    return pairRow(name, show(left), show(right), left?.verdict !== right?.verdict);
  });
  rows.unshift(pairRow('all', badge(stateOf(a.run)), badge(stateOf(b.run)),
    stateOf(a.run) !== stateOf(b.run)));
  find('checks').append(pairs('Verdicts', rows));
}

function drawRates(a, b) {
  const rows = [['seconds', (h) => h.seconds.toFixed(1)], ['operations', (h) => showCount(h.ops)],
    ['a second', (h) => h.rate.toFixed(1)], ['ok', (h) => showCount(h.ok)],
    ['fail', (h) => showCount(h.fail)], ['info', (h) => showCount(h.info)],
    ['leaders seen', (h, run) => run.environment === 'sim' ? 'not watched' : showCount(h.leaders)]];
  const show = (side, of) => side.history ? of(side.history, side.run) : 'no history';
  const partly = [['a', a], ['b', b]].filter(([, {history: h}]) => h && h.read < h.size);
  for (const [name, {history: h}] of partly) {
    find('rates').append(element('p', {class: 'none', text:
      `Of ${name}'s history the first ${showSize(h.read)} of ${showSize(h.size)} are counted.`}));
  }
  find('rates').append(pairs('Rates', rows.map(([name, of]) =>
    pairRow(name, show(a, of), show(b, of), false, true))));
  const places = [];
  for (const [name, side] of [['a', a], ['b', b]]) {
    if (!side.history) continue;
    const place = element('div', {}, element('p', {class: 'none', text: name}));
    find('charts').append(place);
    places.push([`Operations a second of ${name}`, side.history, place]);
  }
  find('rates').after(outcomeLegend());
  // On the same scale, so that they can be compared.
  const most = Math.max(...places.map(([, h]) => highestRate(h.bins, h.bin_seconds)));
  for (const [caption, {bins, bin_seconds: width}, place] of places) {  // now they have a size
    place.append(rateChart(caption, bins, width, place.clientWidth, most));
  }
}

function drawFunctions(a, b) {
  const of = (side) => new Map((side.history?.functions || []).map((each) => [each.f, each]));
  const sides = [['a', of(a)], ['b', of(b)]];
  const rows = [];
  for (const f of [...new Set(sides.flatMap(([, side]) => [...side.keys()]))].sort()) {
    for (const [name, side] of sides) {
      const one = side.get(f) || {};
      const number = (text) => element('td', {class: 'number', text});
      rows.push(element('tr', {}, element('th', {scope: 'row', text: `${f}, ${name}`}),
        ...['ok', 'fail', 'info'].map((key) => number(showCount(one[key]))),
        ...['p50_ms', 'p99_ms', 'max_ms'].map((key) => number(one[key]?.toFixed(2) ?? ''))));
    }
  }
  find('functions').append(table('Operations, and latencies of what was ok',
    ['', 'ok', 'fail', 'info', 'p50, ms', 'p99, ms', 'longest, ms'], rows));
}

function drawFaults(a, b) {
  const [left, right] = [a.history?.faults || {}, b.history?.faults || {}];
  const kinds = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  find('faults').append(kinds.length === 0 ? element('p', {class: 'none', text: 'none'})
    : pairs('Faults by kind', kinds.map((kind) =>
      pairRow(kind, showCount(left[kind] ?? 0), showCount(right[kind] ?? 0), false, true))));
}

function draw({a, b, options}) {
  find('runs-compared').append(pairs('Runs', [
    pairRow('run', runLink(a.run), runLink(b.run)),
    pairRow('started', showTime(a.run.time), showTime(b.run.time))]));
  drawOptions(options);
  drawChecks(a, b);
  drawRates(a, b);
  drawFunctions(a, b);
  drawFaults(a, b);
}

const asked = ['a', 'b'].map((side) =>
  `${side}=${encodeURIComponent(kWords.get(side) || '')}`).join('&');

// One comparison is made at a time; until it is our turn we ask again.
async function compared() {
  for (;;) {
    try {
      return await load('/api/compare?' + asked);
    } catch (error) {
      if (error.status !== 503) throw error;
      trouble('Waiting for the server, which is busy with something else.');
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

compared().then((both) => {
  trouble('');
  draw(both);
}).catch((error) => trouble(error.message));
