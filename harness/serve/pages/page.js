// What all pages share. Whatever comes from a run is set as text, never as HTML, and what in it
// would not be seen (controls, marks that turn the direction of writing) by its number.
'use strict';

const kStates = {
  valid: ['\u2713', 'valid'], invalid: ['\u2717', 'invalid'], unknown: ['?', 'unknown'],
  running: ['\u25cf', 'running'], judging: ['\u25cf', 'judging'],
  'cut-short': ['\u2013', 'cut short'],
};

function visible(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) =>
    sign === '\n' || sign === '\t' ? sign
      : `\u27e8U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`);
}

function find(id) {
  return document.getElementById(id);
}

// An element with attributes (`text`: its text) and children (elements or texts).
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'text') made.textContent = visible(value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.map((child) => typeof child === 'string' ? visible(child) : child));
  return made;
}

function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function trouble(message) {
  const box = find('trouble');
  box.hidden = !message;
  box.textContent = visible(message || '');
}

// The JSON at a path of this server. `tag`: {value} of what is there already; null if it is still
// the same.
async function load(path, tag) {
  const headers = tag && tag.value ? {'If-None-Match': tag.value} : {};
  const answer = await fetch(path, {headers, cache: 'no-store'});
  if (answer.status === 304) return null;
  if (!answer.ok) {
    const error = new Error(`${path}: ${answer.status} ${(await answer.text()).trim()}`);
    throw Object.assign(error, {status: answer.status});
  }
  if (tag) tag.value = answer.headers.get('ETag');
  return answer.json();
}

// What the list calls a run's state: its verdict, once it has one.
function stateOf(run) {
  return run.state === 'judged' ? run.verdict || 'unknown' : run.state;
}

function badge(state) {
  const [sign, word] = kStates[state] || ['?', String(state)];
  return element('span', {class: 'badge ' + (kStates[state] ? state : 'unknown')},
    element('span', {class: 'sign', 'aria-hidden': 'true', text: sign}), word);
}

// "20261127T122656.973Z" as a Date; null if it is no time.
function startOf(time) {
  const m = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z/.exec(time);
  return m ? new Date(Date.UTC(+m[1], m[2] - 1, +m[3], +m[4], +m[5], +m[6], +m[7])) : null;
}

function two(n) {
  return String(n).padStart(2, '0');
}

// In the reader's own time zone.
function showTime(time) {
  const at = startOf(time);
  if (!at) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
    `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function showSeconds(seconds) {
  if (typeof seconds !== 'number') return '';
  if (seconds < 100) return seconds.toFixed(1) + ' s';
  const whole = Math.round(seconds);
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

function showCount(n) {
  return typeof n === 'number' ? n.toLocaleString('en').replaceAll(',', '\u2009') : '';
}

function showSize(bytes) {
  if (bytes < 1000) return bytes + ' B';
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return (bytes / 1000 ** power).toPrecision(3) + ' ' + ['B', 'kB', 'MB', 'GB'][power];
}

function showValue(value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(showValue).join(', ') || 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function facts(list, pairs) {
  list.replaceChildren(...pairs.filter(([, value]) => value !== '').map(([name, value]) =>
    element('div', {}, element('dt', {text: name}), element('dd', {text: value}))));
}

function table(caption, heads, rows) {
  return element('div', {class: 'wide', tabindex: '0', role: 'group', 'aria-label': caption},
    element('table', {}, element('caption', {text: caption}),
      element('thead', {}, element('tr', {}, ...heads.map((text) =>
        element('th', {scope: 'col', text})))),
      element('tbody', {}, ...rows)));
}

// The most operations that ended in a second, in bins as below.
function highestRate(bins, width) {
  return Math.max(1, ...bins.map((bin) => bin[0] + bin[1] + bin[2])) / width;
}

// Bars of ok, fail and info by time, `w` wide and as high as the highest rate allows. `bins`: [[ok,
// fail, info]] of `width` seconds each.
function rateChart(caption, bins, width, w, highest = highestRate(bins, width)) {
  const [h, left, low] = [150, 44, 18];
  const most = highest * width;  // in a bin
  const step = (w - left) / Math.max(1, bins.length);
  const high = h - low - 8;
  const drawn = svg('svg', {viewBox: `0 0 ${w} ${h}`, width: w, height: h, role: 'img',
    'aria-label': caption});
  for (const part of [0, 0.5, 1]) {
    const y = h - low - part * high;
    const rate = part * most / width;
    drawn.append(svg('line', {x1: left, x2: w, y1: y, y2: y}),
      svg('text', {x: left - 4, y: y + 4, 'text-anchor': 'end'},
        rate >= 10 || rate === 0 ? showCount(Math.round(rate)) : rate.toFixed(1)));
  }
  bins.forEach((bin, i) => {
    let y = h - low;
    ['ok', 'fail', 'info'].forEach((outcome, k) => {
      const size = bin[k] / most * high;
      if (size === 0) return;
      y -= size;
      drawn.append(svg('rect', {class: outcome, x: left + i * step, y, height: size,
        width: Math.max(0.5, step - (step > 3 ? 1 : 0))}));
    });
  });
  drawn.append(svg('text', {x: left, y: h - 4}, '0 s'),
    svg('text', {x: w, y: h - 4, 'text-anchor': 'end'}, showSeconds(bins.length * width)));
  return element('figure', {class: 'chart'}, drawn);
}

function outcomeLegend() {
  return element('div', {class: 'legend'}, ...['ok', 'fail', 'info'].map((outcome) =>
    element('span', {}, element('span', {class: 'swatch ' + outcome, 'aria-hidden': 'true'}),
      outcome)), element('span', {text: 'operations a second'}));
}
