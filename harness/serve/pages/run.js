// One run: what was said of it, and its files.
'use strict';

const kRun = location.pathname.split('/').slice(2, 4).join('/');

function drawHead(about) {
  const {run} = about;
  document.title = `${run.name} ${run.time} - Faultline`;
  find('title').textContent = visible(`${run.name} ${run.time}`);
  find('verdict').append(badge(stateOf(run)));
  find('reason').textContent = visible(run.reason || '');
  find('links').append(
    run.state === 'judged' ? '' : element('a', {href: '/live/' + kRun, text: 'Live'}),
    element('a', {href: `/runs/${kRun}.zip`, download: true, text: 'All as zip'}));
  facts(find('facts'), [['target', run.target ?? ''], ['environment', run.environment ?? ''],
    ['workload', run.workload ?? ''], ['faults', showValue(run.nemeses)],
    ['bugs', showValue(run.bugs)], ['seed', run.seed ?? ''],
    ['duration', showSeconds(run.seconds)], ['operations', showCount(run.ops)],
    ['started', showTime(run.time)], ['repeat', about.repeat ?? '']]);
  if (run.report) {
    find('report').append(element('a', {href: `/runs/${kRun}/`, text: 'The report'}));
  }
}

function draw(about) {
  drawHead(about);
  find('counterexample').hidden = !about.counterexample;
  find('text').textContent = visible(about.counterexample || '');
  find('files').append(table('Files', ['name', 'size'], about.files.map((file) =>
    element('tr', {},
      element('td', {}, element('a', {href: `/runs/${kRun}/${file.href}`, text: file.name})),
      element('td', {class: 'number', text: showSize(file.size)})))));
  if (about.more_files) find('files').append(element('p', {class: 'none', text: 'and more'}));
  find('checks').append(about.checks.length === 0
    ? element('p', {class: 'none', text: 'It has not been judged: faultline analyze does that.'})
    : table('Checks', ['check', 'verdict', 'why'], about.checks.map((check) =>
      element('tr', {}, element('td', {text: showValue(check.checker)}),
        element('td', {}, badge(check.verdict)),
        element('td', {text: showValue(check.reason)})))));
  facts(find('options'), Object.entries(about.options || {}).map(([name, value]) =>
    [name, showValue(value)]));
}

load('/api/run/' + kRun).then(draw).catch((error) => trouble(error.message));
