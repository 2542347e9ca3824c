// How long nothing succeeded, and how soon it did again after each cure.

class Recovery {
  constructor(run, charts) {
    this.run = run;
    this.charts = charts;
    byId('recovery').hidden = timeless || (!run.recoveries.length && !run.ops_by_outcome.length);
    if (timeless || !run.recoveries.length) return;
    charts.add(byId('recovery-charts'), {
      title: 'from each cure to the first ok', label: 'Time from each cure to the first ok',
      height: 130, draw: (chart) => this.draw(chart), read: (t) => this.read(t),
    });
    const rows = run.recoveries.map((r) => [moment(r.at), fromRun(r.cure),
      r.first_ok === null ? '\u2717 never' : moment(r.first_ok),
      r.first_ok === null ? '\u2013' : duration(r.first_ok - r.at)]);
    byId('recovery-table').append(element('details', {},
      element('summary', {}, plural(rows.length, 'cure') + this.worst()),
      table('Cures and the first ok after each', ['cured', 'cure', 'first ok', 'after'], rows)));
  }

  worst() {
    const never = this.run.recoveries.filter((r) => r.first_ok === null).length;
    if (never) return ', after ' + count(never) + ' of them nothing was ok any more';
    const most = this.run.recoveries.reduce((m, r) => Math.max(m, r.first_ok - r.at), 0);
    return ', the slowest recovery took ' + duration(most);
  }

  draw(chart) {
    const took = this.run.recoveries.filter((r) => r.first_ok !== null)
      .map((r) => Math.max(1e3, r.first_ok - r.at));
    const least = took.reduce((a, b) => Math.min(a, b), took.length ? Infinity : 1e6);
    const most = took.reduce((a, b) => Math.max(a, b), 1e6);
    const y = logScale(least, most, chart.height, (ns) => duration(ns).replace(/\.0+(?=\D)/, ''));
    this.charts.left(chart, y);
    for (const r of this.run.recoveries) {
      const x = chart.x(r.at);
      if (r.first_ok === null) {
        chart.root.append('text').attr('class', 'never').attr('x', x - 4)
          .attr('y', kMargin.top + 8).text('\u2717');
        continue;
      }
      const at = y(Math.max(1e3, r.first_ok - r.at));
      chart.root.append('line').attr('class', 'stem').attr('x1', x).attr('x2', x).attr('y1', at)
        .attr('y2', chart.height - kMargin.bottom);
      chart.root.append('circle').attr('class', 'dot').attr('cx', x).attr('cy', at).attr('r', 2.5);
    }
  }

  read(t) {
    const last = this.run.recoveries.filter((r) => r.at <= t).pop();
    if (!last) return 'before the first cure';
    return visible(last.cure) + ' at ' + moment(last.at, 1e6) + ', first ok ' +
      (last.first_ok === null ? 'never' : 'after ' + duration(last.first_ok - last.at));
  }
}

// The longest time between two completions that were ok, the begin and the end included, as far as
// somebody asked for something: a pause in which no operation is open is none of the cluster's.
function longestOutage(run, ops) {
  const ends = new Float64Array(ops.count);
  let n = 0;
  for (let i = 0; i < ops.count; ++i) {
    if (ops.outcome(i) === 0) ends[n++] = ops.end[i];
  }
  const sorted = ends.subarray(0, n).sort();
  let worst = {from: run.begin, to: run.begin};
  let begun = 0;  // operations that began by then, and when the last of them to end does so
  let open = -Infinity;
  for (let i = 0; i <= n; ++i) {
    let from = i ? sorted[i - 1] : run.begin;
    const to = i < n ? sorted[i] : run.end;
    for (; begun < ops.count && ops.start[begun] <= from; ++begun) {
      if (ops.end[begun] !== Infinity) open = Math.max(open, ops.end[begun]);
    }
    if (open <= from) from = begun < ops.count ? ops.start[begun] : to;
    if (to - from > worst.to - worst.from) worst = {from, to};
  }
  return {...worst, any: n > 0};
}

function showAvailability(run, ops, history) {
  if (!ops.count || timeless) return;
  const {from, to, any} = longestOutage(run, ops);
  const text = any ? 'The longest time without an ok was ' + duration(to - from) + ', from ' +
    moment(from, 1e6) + ' to ' + moment(to, 1e6) + '. ' : 'No operation was ok. ';
  const margin = (to - from) * 0.2;
  byId('availability').append(text, element('button', {type: 'button', onclick: () => {
    history.go(from - margin, to + margin);
    byId('history').scrollIntoView();
  }}, 'Show it'));
}
