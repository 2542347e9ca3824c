// The top: what was decided, about what, and how to see it again.

function headlineOf(run) {
  const text = String(run.headline || run.verdict);
  const said = run.verdict.toUpperCase();  // by the badge, already
  if (text === said) return 'by all checkers: ' + run.checks.map((each) => each.checker).join(', ');
  return text.startsWith(said + ':') ? text.slice(said.length + 1).trim() : text;
}

function showVerdict(run) {
  byId('verdict').append(badge(run.verdict),
    element('h1', {}, fromRun(headlineOf(run))));
  document.documentElement.dataset.verdict = run.verdict;
}

function showFacts(run) {
  const facts = run.facts.map(([name, value]) => [name, value]);
  if (run.failure) {
    const key = run.keys[run.failure.key];
    if (key !== undefined && run.failure.key > 0) facts.unshift(['failing key', key]);
    facts.splice(1, 0, ['at', moment(run.failure.at)]);
  }
  if (run.name !== run.file) facts.push(['run', run.name]);
  byId('facts').append(...terms(facts));
}

function showCommands(run) {
  for (const [name, command] of run.commands) {
    const button = element('button', {type: 'button', 'aria-label': 'Copy the command: ' + name},
      'Copy');
    button.addEventListener('click', () => copy(String(command), button));
    byId('commands').append(element('div', {class: 'command'},
      element('span', {class: 'name'}, visible(name)),
      element('code', {dir: 'ltr'}, visible(command)), button));
  }
}

// Sections with nothing to show are left out, here and in the page.
function showContents() {
  for (const section of document.querySelectorAll('main > section')) {
    if (section.hidden) continue;
    const title = section.querySelector('h2').textContent;
    byId('contents').append(element('a', {href: '#' + section.id}, title));
  }
  const first = byId('contents').firstElementChild;
  const skip = document.querySelector('.skip');
  skip.setAttribute('href', first.getAttribute('href'));
  skip.textContent = 'Skip to: ' + first.textContent;
}

function showOperations(run) {
  const rows = run.ops_by_outcome.map((row) => {
    const all = row.ok + row.fail + row.info;
    const cell = (n) => count(n);
    const share = all ? (100 * row.ok / all).toFixed(1) + '%' : '\u2013';
    return [fromRun(row.f), cell(row.ok), cell(row.fail), cell(row.info), count(all), share];
  });
  if (!rows.length) {
    byId('operations-table').append(element('p', {class: 'none'}, 'No operation was invoked.'));
    return;
  }
  const sum = (name) => run.ops_by_outcome.reduce((total, row) => total + row[name], 0);
  const [ok, fail, info] = kOutcomes.map(sum);
  const all = ok + fail + info;
  if (rows.length > 1) {
    rows.push(['all', count(ok), count(fail), count(info), count(all),
      all ? (100 * ok / all).toFixed(1) + '%' : '\u2013']);
  }
  byId('operations-table').append(table('Operations by function and outcome',
    ['f', '\u2713 ok', '\u2717 fail', '? info', 'all', 'share ok'], rows));
}
