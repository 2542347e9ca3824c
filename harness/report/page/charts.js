// Charts over time. All share the axis of the history, shade its faults, and show one time under
// the pointer together. A chart is drawn anew for each width: text keeps its size.

const kMargin = {left: 64, right: 14, top: 20, bottom: 22};

// A scale as d3-axis wants it: a function with domain, range, copy, ticks and tickFormat.
function scaleOf(domain, range, position, ticks, format) {
  const [from, to] = domain.map(position);
  const scale = (value) => to === from ? (range[0] + range[1]) / 2
    : range[0] + (position(value) - from) / (to - from) * (range[1] - range[0]);
  return Object.assign(scale, {domain: () => domain, range: () => range, copy: () => scale, ticks,
    tickFormat: () => format});
}

function timeScale(run, width) {
  const {step, at} = niceTicks(run.begin, run.end, width / 110);
  return scaleOf([run.begin, run.end], [kMargin.left, width - kMargin.right], (t) => t, () => at,
    (t) => moment(t, step));
}

function linearScale(most, height, format) {
  const {step, at} = niceTicks(0, most || 1, 4);
  const top = Math.max(at[at.length - 1], most || step);
  return scaleOf([0, top], [height - kMargin.bottom, kMargin.top], (v) => v, () => at, format);
}

function aroundZero(least, most, height, format) {
  const [low, high] = least < most ? [least, most] : [least - 1, most + 1];
  const {at} = niceTicks(low, high, 4);
  return scaleOf([low, high], [height - kMargin.bottom, kMargin.top], (v) => v, () => at, format);
}

function logScale(least, most, height, format) {
  const low = Math.floor(Math.log10(least));
  const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const at = Array.from({length: high - low + 1}, (_, i) => 10 ** (low + i));
  return scaleOf([10 ** low, 10 ** high], [height - kMargin.bottom, kMargin.top],
    (v) => Math.log10(Math.max(v, 10 ** low)), () => at, format);
}

// One row a name, top down.
function rowScale(names, height) {
  const rows = Math.max(1, names.length);
  const room = height - kMargin.top - kMargin.bottom;
  const scale = (name) => kMargin.top + (names.indexOf(name) + 0.5) * room / rows;
  return Object.assign(scale, {domain: () => names, range: () => [kMargin.top, height],
    copy: () => scale, ticks: () => names, tickFormat: () => (name) => visible(name).slice(0, 9)});
}

// Values with gaps (null) as a path; one alone is a dot.
function linePath(points) {
  let path = '';
  let drawing = false;
  points.forEach(([x, y], i) => {
    const known = y !== null;
    if (known) path += (drawing ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1);
    const next = points[i + 1];
    if (known && !drawing && !(next && next[1] !== null)) path += 'h0.01';
    drawing = known;
  });
  return path;
}

class Charts {
  constructor(run) {
    this.run = run;
    this.all = [];
    this.onpick = null;
  }

  // host: where; title; height; draw(chart) adds marks; read(t) says in words what is at a time.
  add(host, {title, label, height = 150, draw, read}) {
    const note = element('span', {class: 'reading', 'aria-live': 'off'});
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const figure = element('figure', {class: 'chart'},
      element('figcaption', {}, element('span', {class: 'name'}, title), note), svg);
    host.append(figure);
    const chart = {host, svg, note, label, height, draw, read, width: 0};
    svg.setAttribute('tabindex', '0');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.addEventListener('pointermove', (event) => this.point(chart, event));
    svg.addEventListener('pointerleave', () => this.show(null));
    svg.addEventListener('blur', () => this.show(null));
    svg.addEventListener('keydown', (event) => this.key(event));
    svg.addEventListener('click', (event) => {
      const t = this.timeAt(chart, event);
      if (this.onpick && t !== null) this.onpick(t);
    });
    this.all.push(chart);
    return chart;
  }

  clear(host) {
    this.all = this.all.filter((chart) => chart.host !== host);
    host.replaceChildren();
  }

  render(width) {
    for (const chart of this.all) {
      chart.width = Math.max(240, width || chart.host.clientWidth);
      this.renderOne(chart);
    }
  }

  renderOne(chart) {
    const {svg, width, height} = chart;
    chart.x = timeScale(this.run, width);
    const root = d3.select(svg).attr('width', width).attr('height', height)
      .attr('viewBox', '0 0 ' + width + ' ' + height);
    root.selectAll('*').remove();
    chart.root = root;
    this.shade(chart);
    chart.draw(chart);
    root.append('g').attr('class', 'axis time')
      .attr('transform', 'translate(0,' + (height - kMargin.bottom) + ')')
      .call(d3.axisBottom(chart.x).tickSizeOuter(0).tickSize(4));
    if (this.run.failure) {
      root.append('line').attr('class', 'failure').attr('x1', chart.x(this.run.failure.at))
        .attr('x2', chart.x(this.run.failure.at)).attr('y1', kMargin.top - 6)
        .attr('y2', height - kMargin.bottom);
    }
    chart.cross = root.append('line').attr('class', 'cross').attr('y1', kMargin.top - 6)
      .attr('y2', height - kMargin.bottom).attr('visibility', 'hidden');
  }

  // Bands narrower than a pixel that follow one another are one.
  shade(chart) {
    const {root, x, height} = chart;
    const bands = [];
    for (const fault of this.run.faults) {
      const x0 = x(fault.from);
      const x1 = Math.max(x0 + 1, x(fault.to ?? this.run.end));
      const last = bands[bands.length - 1];
      if (last && x0 <= last.x1 + 0.5) last.x1 = Math.max(last.x1, x1);
      else bands.push({x0, x1});
    }
    const id = 'hatch-' + this.all.indexOf(chart);
    const pattern = root.append('defs').append('pattern').attr('id', id).attr('width', 6)
      .attr('height', 6).attr('patternUnits', 'userSpaceOnUse')
      .attr('patternTransform', 'rotate(45)');
    pattern.append('rect').attr('class', 'hatch').attr('width', 1).attr('height', 6);
    root.selectAll('.band').data(bands).join('rect').attr('class', 'band')
      .attr('x', (band) => band.x0).attr('width', (band) => band.x1 - band.x0)
      .attr('y', kMargin.top).attr('height', height - kMargin.top - kMargin.bottom)
      .attr('fill', 'url(#' + id + ')');
  }

  left(chart, scale) {
    chart.root.append('g').attr('class', 'axis')
      .attr('transform', 'translate(' + kMargin.left + ',0)')
      .call(d3.axisLeft(scale).tickSizeOuter(0)
        .tickSizeInner(kMargin.left + kMargin.right - chart.width).tickPadding(6));
  }

  line(chart, kind, points) {
    chart.root.append('path').attr('class', 'series ' + kind).attr('d', linePath(points));
  }

  dots(chart, kind, points) {
    const known = points.filter(([, y]) => y !== null);
    chart.root.append('g').attr('class', 'dots ' + kind).selectAll('circle').data(known)
      .join('circle').attr('cx', ([x]) => x).attr('cy', ([, y]) => y).attr('r', 1.6);
  }

  empty(chart, text) {
    chart.root.append('text').attr('class', 'none').attr('x', kMargin.left + 8)
      .attr('y', chart.height / 2).text(text);
  }

  timeAt(chart, event) {
    const box = chart.svg.getBoundingClientRect();
    const from = kMargin.left;
    const share = (event.clientX - box.left - from) / (chart.width - from - kMargin.right);
    if (share < 0 || share > 1) return null;
    return this.run.begin + share * (this.run.end - this.run.begin);
  }

  point(chart, event) {
    this.show(this.timeAt(chart, event));
  }

  key(event) {
    const {begin, end} = this.run;
    const now = this.now ?? (begin + end) / 2;
    const to = {ArrowLeft: now - (end - begin) / 100, ArrowRight: now + (end - begin) / 100,
      Home: begin, End: end}[event.key];
    if (event.key === 'Enter' && this.onpick) this.onpick(now);
    if (to === undefined) return;
    event.preventDefault();
    this.show(Math.min(end, Math.max(begin, to)));
  }

  show(t) {
    this.now = t;
    for (const chart of this.all) {
      if (!chart.cross) continue;
      chart.cross.attr('visibility', t === null ? 'hidden' : 'visible');
      chart.note.textContent = '';
      if (t === null) continue;
      chart.cross.attr('x1', chart.x(t)).attr('x2', chart.x(t));
      chart.note.textContent = moment(t, (this.run.end - this.run.begin) / 1e3) + '  ' +
        chart.read(t);
    }
  }
}
