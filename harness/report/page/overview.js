// The strip above the history: all of it, however far one has zoomed in: faults on top, how many
// operations completed when below (what failed on top of what was ok, hatched), the failure as a
// triangle; and a window for the part that is shown, to be moved and resized.

const kOverviewRows = {faults: 7, counts: 30, axis: 16};
const kEdge = 7;  // how near to an edge of the window is on it, in pixels

class Overview {
  constructor(run, history) {
    this.run = run;
    this.history = history;
    this.canvas = byId('history-overview').querySelector('canvas');
    this.pen = this.canvas.getContext('2d');
    this.base = element('canvas');
    this.held = null;
    const on = (name, handler) => this.canvas.addEventListener(name, handler.bind(this));
    on('pointerdown', this.down);
    on('pointermove', this.move);
    on('pointerup', this.up);
    on('pointercancel', () => { this.held = null; });
    on('keydown', this.key);
    on('dblclick', () => history.go(history.whole.from, history.whole.to));
  }

  get perPixel() {
    const {from, to} = this.history.whole;
    return (to - from) / (this.width - this.gutter);
  }
  x(t) { return this.gutter + (t - this.history.whole.from) / this.perPixel; }
  time(x) { return this.history.whole.from + (x - this.gutter) * this.perPixel; }
  get bottom() { return kOverviewRows.faults + kOverviewRows.counts; }

  // As wide as the history, so that both agree while all of it is shown.
  resize({width, gutter, ratio, theme}) {
    Object.assign(this, {width, gutter, theme});
    this.height = this.bottom + kOverviewRows.axis;
    for (const canvas of [this.canvas, this.base]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(this.height * ratio);
    }
    this.canvas.style.width = width + 'px';
    this.canvas.style.height = this.height + 'px';
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const pen = this.base.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = theme.paper;
    pen.fillRect(0, 0, width, this.height);
    this.drawFaults(pen);
    this.drawCounts(pen);
    this.drawAxis(pen);
    this.drawFailure(pen);
  }

  drawFaults(pen) {
    const pattern = hatch(pen, this.theme.fault, 5);
    for (const fault of this.run.faults) {
      const x0 = this.x(fault.from);
      const x1 = Math.max(x0 + 1, this.x(fault.to ?? this.run.end));
      pen.fillStyle = pattern;
      pen.fillRect(x0, 0, x1 - x0, kOverviewRows.faults - 1);
      pen.fillStyle = this.theme.fault;
      pen.fillRect(x0, 0, 1, kOverviewRows.faults - 1);
    }
  }

  // By bin and outcome, as the chart of the rate has them.
  counts() {
    const {series} = this.run.rate;
    const bins = series.reduce((most, s) => Math.max(most, s.count.length), 0);
    const counts = kOutcomes.map(() => new Float64Array(bins));
    for (const {outcome, count: of} of series) of.forEach((n, i) => { counts[outcome][i] += n; });
    return counts;
  }

  drawCounts(pen) {
    const counts = this.counts();
    const {theme, run} = this;
    const fills = [theme.ok, hatch(pen, theme.quiet, 3), hatch(pen, theme.info, 4)];
    const most = counts[0].reduce((m, _, i) => Math.max(m, counts[0][i] + counts[1][i] +
      counts[2][i]), 1);
    for (let i = 0; i < counts[0].length; ++i) {
      const x0 = Math.round(this.x(run.begin + i * run.rate.bin));
      const x1 = Math.round(Math.min(this.x(run.begin + (i + 1) * run.rate.bin),
        this.x(run.end)));
      let y = this.bottom;
      counts.forEach((of, outcome) => {
        if (!of[i]) return;
        const height = Math.max(1, of[i] / most * (kOverviewRows.counts - 2));
        y -= height;
        pen.fillStyle = fills[outcome];
        pen.fillRect(x0, y, Math.max(1, x1 - x0), height);
      });
    }
  }

  drawAxis(pen) {
    const {theme, run} = this;
    const {step, at} = niceTicks(run.begin, run.end, (this.width - this.gutter) / 110);
    pen.fillStyle = theme.line;
    pen.fillRect(this.gutter, this.bottom, this.width - this.gutter, 1);
    pen.font = '10px ' + theme.font;
    pen.textBaseline = 'top';
    for (const t of at) {
      const text = moment(t, step);
      const half = pen.measureText(text).width / 2;
      pen.fillStyle = theme.line;
      pen.fillRect(this.x(t), this.bottom, 1, 3);
      if (this.x(t) - half < this.gutter - 10 || this.x(t) + half > this.width) continue;
      pen.fillStyle = theme.quiet;
      pen.fillText(text, this.x(t) - half, this.bottom + 4);
    }
    pen.fillStyle = theme.quiet;
    pen.fillText('all', 0, this.bottom + 4);
  }

  drawFailure(pen) {
    if (!this.run.failure) return;
    const x = this.x(this.run.failure.at);
    pen.fillStyle = this.theme.bad;
    pen.fillRect(x - 0.75, 0, 1.5, this.bottom);
    pen.beginPath();
    pen.moveTo(x - 6, 0);
    pen.lineTo(x + 6, 0);
    pen.lineTo(x, 9);
    pen.fill();
  }

  draw(view) {
    const {pen, theme} = this;
    pen.drawImage(this.base, 0, 0, this.width, this.height);
    const x0 = this.x(view.from);
    const x1 = Math.max(x0 + 2, this.x(view.to));
    pen.fillStyle = theme.paper;
    pen.globalAlpha = 0.65;  // what is not shown is pale
    pen.fillRect(this.gutter, 0, x0 - this.gutter, this.bottom);
    pen.fillRect(x1, 0, this.width - x1, this.bottom);
    pen.globalAlpha = 1;
    pen.strokeStyle = theme.accent;
    pen.lineWidth = 1.5;
    pen.strokeRect(x0 + 0.75, 0.75, x1 - x0 - 1.5, this.bottom - 1.5);
    pen.fillStyle = theme.accent;
    for (const x of [x0 - 1, x1 - 3]) pen.fillRect(x, this.bottom / 2 - 7, 4, 14);
    const {whole} = this.history;
    const middle = (view.from + view.to) / 2;
    const share = Math.round(100 * (middle - whole.from) / (whole.to - whole.from));
    this.canvas.setAttribute('aria-valuenow', String(share));
    this.canvas.setAttribute('aria-valuetext', moment(view.from, view.to - view.from) + ' to ' +
      moment(view.to, view.to - view.from));
  }

  place(event) {
    return event.clientX - this.canvas.getBoundingClientRect().left;
  }

  // What is there to be held: an edge, the window, or nothing yet.
  part(x, reach = kEdge) {
    const {from, to} = this.history.view;
    const [left, right] = [this.x(from), this.x(to)];
    if (Math.min(Math.abs(x - left), Math.abs(x - right)) <= reach) {
      return Math.abs(x - left) < Math.abs(x - right) ? 'from' : 'to';
    }
    const all = to - from > 0.999 * (this.history.whole.to - this.history.whole.from);
    return left < x && x < right && !all ? 'window' : 'new';
  }

  down(event) {
    if (event.button !== 0) return;
    const x = this.place(event);
    this.held = {part: this.part(x, event.pointerType === 'touch' ? 2 * kEdge : kEdge), x, last: x,
      fixed: this.time(x)};
    if (this.held.part === 'from') this.held.fixed = this.history.view.to;
    if (this.held.part === 'to') this.held.fixed = this.history.view.from;
    this.canvas.setPointerCapture(event.pointerId);
  }

  move(event) {
    const x = this.place(event);
    const {held} = this;
    if (!held) {
      const cursors = {from: 'ew-resize', to: 'ew-resize', window: 'grab', new: 'crosshair'};
      this.canvas.style.cursor = cursors[this.part(x)];
      return;
    }
    if (held.part === 'window') {
      const by = (x - held.last) * this.perPixel;
      this.history.setView(this.history.view.from + by, this.history.view.to + by);
    } else if (held.part !== 'new' || Math.abs(x - held.x) > 4) {
      this.history.setView(...[held.fixed, this.inside(this.time(x))].sort((a, b) => a - b));
    }
    held.last = x;
  }

  // A click beside the window brings it there.
  up(event) {
    const {held} = this;
    this.held = null;
    if (!held || held.part !== 'new' || Math.abs(this.place(event) - held.x) > 4) return;
    const {from, to} = this.history.view;
    this.history.go(held.fixed - (to - from) / 2, held.fixed + (to - from) / 2);
  }

  inside(t) {
    const {from, to} = this.history.whole;
    return Math.min(to, Math.max(from, t));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const {history} = this;
    const {from, to} = history.view;
    const step = (to - from) / 8;
    const by = (way) => (event.shiftKey ? history.setView(from, this.inside(to + way * step))
      : history.setView(from + way * step, to + way * step));
    const actions = {
      ArrowLeft: () => by(-1), ArrowRight: () => by(1),
      PageUp: () => history.setView(2 * from - to, from),
      PageDown: () => history.setView(to, 2 * to - from),
      Home: () => history.setView(history.whole.from, history.whole.from + to - from),
      End: () => history.setView(history.whole.to - (to - from), history.whole.to),
      '+': () => history.zoom(0.6), '=': () => history.zoom(0.6), '-': () => history.zoom(1 / 0.6),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }
}
