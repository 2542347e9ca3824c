// What the checkers say, what the nodes wrote, and what the run was made from.

function showChecks(run) {
  byId('checkers').hidden = !run.checks.length;
  for (const check of run.checks) {
    const facts = (check.facts || []).map(([name, value]) => [name, value]);
    const text = check.text ? element('pre', {tabindex: '0', dir: 'ltr'},
      visibleLines(check.text)) : '';
    byId('checkers-list').append(element('details', {open: check.verdict !== 'valid'},
      element('summary', {}, badge(check.verdict), ' ',
        element('h3', {}, fromRun(check.checker)), ' ', fromRun(check.reason || '', 'span')),
      element('dl', {}, ...terms(facts)), text));
  }
}

// The lines as elements, those with what is sought, and it marked in them.
function matching(lines, sought) {
  if (!sought) return {found: lines.length, shown: [visibleLines(lines.join('\n'))]};
  const shown = [];
  let found = 0;
  lines.forEach((line, i) => {
    const text = visible(line);
    const at = text.toLowerCase().indexOf(sought);
    if (at < 0) return;
    ++found;
    const end = at + sought.length;
    shown.push(element('span', {class: 'number'}, String(i + 1) + '\t'), text.slice(0, at),
      element('mark', {}, text.slice(at, end)), text.slice(end) + '\n');
  });
  return {found, shown};
}

function showLog(log) {
  const pre = element('pre', {tabindex: '0', dir: 'ltr', 'aria-label': visible(log.name)});
  const note = element('span', {class: 'note'});
  const box = element('details', {}, element('summary', {}, element('h3', {}, fromRun(log.name)),
    ' ', note), pre);
  const omitted = log.omitted ? ', ' + plural(log.omitted, 'line') + ' before them left out' : '';
  const seek = (sought) => {
    const {found, shown} = matching(log.lines, sought);
    pre.replaceChildren(...shown);
    note.textContent = sought ? plural(found, 'line') + ' of ' + count(log.lines.length)
      : plural(log.lines.length, 'line') + omitted;
    if (sought) box.open = found > 0;
  };
  seek('');
  return {box, seek};
}

function showLogs(run) {
  byId('logs').hidden = !run.logs.length;
  const logs = run.logs.map((log) => showLog({...log, lines: log.lines || []}));
  byId('logs-list').append(...logs.map((log) => log.box));
  const field = element('input', {type: 'search', size: 24, spellcheck: 'false'});
  let waiting = 0;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => logs.forEach((log) => log.seek(field.value.toLowerCase())), 120);
  });
  byId('logs-tools').append(element('label', {}, 'Find in all logs ', field));
}

function showSpaceTime(run) {
  const {svg} = figureOf('space-time');
  const {title, note} = run.space_time;
  if (title) byId('space-time-title').replaceChildren(fromRun(title));
  byId('space-time-note').append(fromRun(note || ''));
  byId('space-time-figure').hidden = !svg;
  byId('space-time').hidden = !svg && !note;
}

// Nested values are named by their path.
function flatten(value, path = '') {
  if (Array.isArray(value) && value.every((v) => v === null || typeof v !== 'object')) {
    return [[path, value.length ? value.join(', ') : 'none']];
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([k, v]) => flatten(v, path ? path + '.' + k : k));
  }
  return [[path, String(value)]];
}

function showEnvironment(run) {
  const pairs = flatten(run.environment);
  byId('environment').hidden = !pairs.length;
  byId('environment-list').append(...terms(pairs));
}
