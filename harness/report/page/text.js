// Text that comes from a run, made safe and plain to read. Data never becomes markup: elements are
// made one by one, and whatever would not be seen (controls, marks that turn the direction of
// writing, half a surrogate pair) is shown as a picture or by its number.

const kUnseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function picture(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return '\u27e8U+' + code.toString(16).toUpperCase().padStart(4, '0') + '\u27e9';
}

function visible(text) {
  return String(text).replace(kUnseen, picture);
}

// The same for text of many lines, whose line ends and tabs are meant.
function visibleLines(text) {
  return String(text).replace(kUnseen, (c) => (c === '\n' || c === '\t' ? c : picture(c)));
}

// For a canvas, which knows no <bdi>: first strong isolate ... pop directional isolate.
function isolated(text) {
  return '\u2068' + visible(text) + '\u2069';
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function fromRun(text, tag = 'bdi') {
  return element(tag, {dir: 'auto'}, visible(text));
}

function byId(id) {
  return document.getElementById(id);
}

function count(n) {
  return Number(n).toLocaleString('en');
}

function plural(n, one, many = one + 's') {
  return count(n) + ' ' + (n === 1 ? one : many);
}

// A history without times: what numbers its events stands in their place, a thousandfold.
let timeless = false;

function setTimeless(is) {
  timeless = is;
}

// 3 digits that matter, and the unit that fits.
function duration(ns) {
  if (ns === null || !Number.isFinite(ns)) return 'never';
  if (timeless) return plural(Math.round(ns / 1e3), 'event');
  const sign = ns < 0 ? '\u2212' : '';
  const size = Math.abs(ns);
  const [unit, name] = size < 1e3 ? [1, 'ns'] : size < 1e6 ? [1e3, '\u00b5s']
    : size < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
  const value = size / unit;
  const digits = unit === 1 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return sign + value.toFixed(digits) + '\u202f' + name;
}

// A point in time, in seconds, with as many digits as a step of that size asks for.
function moment(ns, step = 1e3) {
  if (ns === null || !Number.isFinite(ns)) return 'never';
  if (timeless) return 'event\u202f' + count(Math.max(0, Math.round(ns / 1e3)));
  const digits = Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(Math.max(1, step)) - 1e-9)));
  return (ns / 1e9).toFixed(digits) + '\u202fs';
}

const kOutcomeSigns = {ok: '\u2713', fail: '\u2717', info: '?'};
const kVerdictSigns = {valid: '\u2713', invalid: '\u2717', unknown: '?'};

function badge(verdict) {
  const known = Object.hasOwn(kVerdictSigns, verdict) ? verdict : 'unknown';
  return element('span', {class: 'badge ' + known},
    element('span', {class: 'sign', 'aria-hidden': 'true'}, kVerdictSigns[known]),
    visible(verdict));
}

// Pairs as a list of terms; values are strings or elements.
function terms(pairs) {
  return pairs.map(([name, value]) => element('div', {}, element('dt', {}, visible(name)),
    element('dd', {}, typeof value === 'object' ? value : fromRun(value))));
}

function table(caption, heads, rows) {
  const numeric = (cell) => typeof cell === 'string' && /^[\d,.\u2212]+($|[\u202f%])/.test(cell);
  const cells = (row) => row.map((cell, i) => element(i ? 'td' : 'th',
    {scope: i ? null : 'row', class: numeric(cell) ? 'number' : null}, cell));
  return element('div', {class: 'wide', tabindex: '0', role: 'group', 'aria-label': caption},
    element('table', {}, element('caption', {}, caption),
      element('thead', {},
        element('tr', {}, ...heads.map((head) => element('th', {scope: 'col'}, head)))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...cells(row))))));
}

async function copy(text, button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element('textarea', {class: 'away', readonly: true});
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');  // where there is no clipboard, as in old browsers
    area.remove();
    button.focus();
  }
  button.textContent = done ? 'Copied' : 'Not allowed';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}
