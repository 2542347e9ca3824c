// Latency, rate, recovery, leaders and clocks as charts.

const kQuantiles = ['p50', 'p95', 'p99', 'max'];

function picker(legend, name, names, chosen, changed) {
  return element('fieldset', {}, element('legend', {}, legend), ...names.map((text, i) => {
    const input = element('input', {type: 'radio', name, checked: i === chosen});
    input.addEventListener('change', () => changed(i));
    return element('label', {}, input, ' ', fromRun(text));
  }));
}

function sample(kind, text) {
  return element('span', {class: 'key'},
    element('span', {class: 'sample ' + kind, 'aria-hidden': 'true'}), text);
}

class Latency {
  constructor(run, charts) {
    this.run = run;
    this.charts = charts;
    this.host = byId('latency-charts');
    const {series} = run.latency;
    byId('latency').hidden = timeless || !series.length;
    if (byId('latency').hidden) return;
    const present = [0, 1, 2].map((o) => series.some((s) => s.outcome === o));
    this.outcome = Math.max(0, present.indexOf(true));
    const names = kOutcomes.map((o) => kOutcomeSigns[o] + ' ' + o);
    byId('latency-tools').append(picker('outcome', 'latency-outcome', names, this.outcome, (o) => {
      this.outcome = o;
      this.fill();
      this.charts.render();
    }), ...kQuantiles.map((q) => sample(q, q)));
    this.fill();
  }

  fill() {
    this.charts.clear(this.host);
    const shown = this.run.latency.series.filter((s) => s.outcome === this.outcome);
    for (const series of shown) {
      const f = this.run.functions[series.f] ?? '?';
      this.charts.add(this.host, {
        title: fromRun(f), label: 'Latency of ' + visible(f) + ' over time',
        draw: (chart) => this.draw(chart, series), read: (t) => this.read(series, t),
      });
    }
    if (!shown.length) {
      this.host.append(element('p', {class: 'none'}, 'No operation had this outcome.'));
    }
  }

  draw(chart, series) {
    const known = kQuantiles.flatMap((q) => series[q] || []).filter((v) => v !== null);
    if (!known.length) return this.charts.empty(chart, 'no operations');
    const least = known.reduce((a, b) => Math.min(a, b));
    const most = known.reduce((a, b) => Math.max(a, b));
    const y = logScale(Math.max(0.001, least), Math.max(0.001, most), chart.height,
      (us) => duration(us * 1e3).replace(/\.0+(?=\D)/, ''));
    this.charts.left(chart, y);
    for (const q of kQuantiles) {
      const points = (series[q] || []).map((v, i) => [this.x(chart, i), v === null ? null : y(v)]);
      if (q === 'max') this.charts.dots(chart, q, points);
      else this.charts.line(chart, q, points);
    }
  }

  x(chart, i) {
    const middle = this.run.begin + (i + 0.5) * this.run.latency.bin;
    return Math.min(chart.x(middle), chart.width - kMargin.right);
  }

  read(series, t) {
    const i = Math.floor((t - this.run.begin) / this.run.latency.bin);
    if (!series.n || !series.n[i]) return 'no operations';
    return kQuantiles.map((q) => q + ' ' + duration(series[q][i] * 1e3)).join('  ') +
      '  of ' + count(series.n[i]);
  }
}

class Rate {
  constructor(run, charts) {
    this.run = run;
    this.charts = charts;
    const {series} = run.rate;
    byId('rate').hidden = timeless || !series.length;
    if (byId('rate').hidden) return;
    this.f = 0;
    const tools = byId('rate-tools');
    if (run.functions.length > 1) {
      tools.append(picker('f', 'rate-f', ['all', ...run.functions], 0, (i) => {
        this.f = i;
        this.sum();
        charts.render();
      }));
    }
    tools.append(...kOutcomes.map((o) => sample(o, kOutcomeSigns[o] + ' ' + o)));
    this.sum();
    charts.add(byId('rate-charts'), {
      title: 'completions per second', label: 'Operations per second by outcome, over time',
      draw: (chart) => this.draw(chart), read: (t) => this.read(t),
    });
  }

  sum() {
    const {series, bin} = this.run.rate;
    const length = series.reduce((most, s) => Math.max(most, s.count.length), 0);
    this.sums = kOutcomes.map(() => new Float64Array(length));
    for (const {f, outcome, count: counts} of series) {
      if (this.f && f !== this.f - 1) continue;
      counts.forEach((n, i) => { this.sums[outcome][i] += n * 1e9 / bin; });
    }
  }

  draw(chart) {
    const most = this.sums.reduce((m, s) => s.reduce((a, b) => Math.max(a, b), m), 0);
    const y = linearScale(most, chart.height, (n) => count(n));
    this.charts.left(chart, y);
    this.sums.forEach((sums, o) => {
      if (!sums.some((n) => n > 0)) return;
      const points = Array.from(sums, (n, i) => [
        Math.min(chart.x(this.run.begin + (i + 0.5) * this.run.rate.bin),
          chart.width - kMargin.right), n === 0 && o === 2 ? null : y(n)]);
      this.charts.line(chart, kOutcomes[o], points);
    });
  }

  read(t) {
    const i = Math.floor((t - this.run.begin) / this.run.rate.bin);
    return kOutcomes.map((o, k) => o + ' ' + count(Math.round(this.sums[k][i] || 0)) + '/s')
      .join('  ');
  }
}

class Leaders {
  constructor(run, charts) {
    byId('leaders').hidden = !run.leaders.length && !run.leaders_note;
    byId('leaders-note').append(fromRun(run.leaders_note));
    if (!run.leaders.length) return;
    this.run = run;
    this.nodes = [...new Set(run.leaders.map((l) => l.node))].sort((a, b) =>
      String(a).localeCompare(String(b), 'en', {numeric: true}));
    this.charts = charts;
    charts.add(byId('leaders-charts'), {
      title: 'who leads, with its term', label: 'Leaders over time',
      height: 46 + 22 * this.nodes.length, draw: (chart) => this.draw(chart),
      read: (t) => this.at(t).map((l) => this.text(l)).join('; ') || 'nobody known',
    });
    const rows = run.leaders.map((l) => [moment(l.at),
      this.end(l) < Infinity ? moment(l.to) : 'the end', fromRun(l.node ?? 'none'),
      l.term === null || l.term === undefined ? '\u2013' : count(l.term)]);
    byId('leaders-table').append(element('details', {},
      element('summary', {}, plural(rows.length, 'leader') + ', one after the other'),
      table('Leaders', ['from', 'to', 'node', 'term'], rows)));
  }

  // More than one, where one does not know yet that there is another.
  at(t) {
    return this.run.leaders.filter((l) => l.at <= t && t < this.end(l));
  }

  end(leader) { return leader.to ?? Infinity; }

  text(leader) {
    return visible(leader.node ?? 'none') + (leader.term ? ', term ' + leader.term : '');
  }

  draw(chart) {
    const y = rowScale(this.nodes, chart.height);
    this.charts.left(chart, y);
    this.run.leaders.forEach((leader) => {
      const x0 = chart.x(leader.at);
      const x1 = Math.max(x0 + 1.5, chart.x(Math.min(this.end(leader), this.run.end)));
      chart.root.append('rect').attr('class', 'leader').attr('x', x0).attr('width', x1 - x0)
        .attr('y', y(leader.node) - 7).attr('height', 14);
      if (leader.term && x1 - x0 > 8 + 7 * String(leader.term).length) {
        chart.root.append('text').attr('class', 'on-leader').attr('x', x0 + 4)
          .attr('y', y(leader.node) + 4).text(leader.term);
      }
    });
  }
}

class Clocks {
  constructor(run, charts) {
    const clocks = run.clocks.filter((clock) => clock.points && clock.points.length);
    byId('clocks').hidden = !clocks.length;
    if (!clocks.length) return;
    const values = clocks.flatMap((clock) => clock.points.map(([, offset]) => offset));
    const least = values.reduce((a, b) => Math.min(a, b), 0);
    const most = values.reduce((a, b) => Math.max(a, b), 0);
    const at = (clock, t) => clock.points.filter(([when]) => when <= t).pop();
    for (const clock of clocks) {
      charts.add(byId('clocks-charts'), {
        title: fromRun(clock.node), label: 'Clock offset of ' + visible(clock.node), height: 100,
        draw: (chart) => {
          const y = aroundZero(least, most, chart.height, duration);
          charts.left(chart, y);
          charts.line(chart, 'p50', clock.points.map(([t, offset]) => [chart.x(t), y(offset)]));
        },
        read: (t) => (at(clock, t) ? duration(at(clock, t)[1]) : 'not known'),
      });
    }
  }
}
