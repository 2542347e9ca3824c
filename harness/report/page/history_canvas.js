// Draws the history: faults above and behind the lanes, an axis below. Knows nothing of pointers
// and keys; what is to be seen (view, selection) is set by history.js.

const kAxisHeight = 22;
const kFaultRow = 15;
const kMostBars = 2500;  // beyond them, pixels

// Faults in rows, so that labels of those at the same time do not cover one another.
function faultRows(faults, end, most) {
  const free = [];
  const before = [];
  return faults.map((given) => {
    const fault = {...given, to: given.to ?? end, next: Infinity};
    let row = free.findIndex((since) => since <= fault.from);
    if (row < 0) row = free.length < most ? free.length : most - 1;
    free[row] = Math.max(free[row] || 0, fault.to);
    if (before[row]) before[row].next = fault.from;
    before[row] = fault;
    fault.row = row;
    return fault;
  });
}

class HistoryCanvas {
  constructor(run, ops) {
    this.run = run;
    this.ops = ops;
    this.canvas = byId('history-canvas');
    this.pen = this.canvas.getContext('2d');
    this.raster = new Raster();
    this.faults = faultRows(run.faults, run.end, 3);
    const rows = this.faults.reduce((most, fault) => Math.max(most, fault.row + 1), 0);
    this.head = rows * kFaultRow + (run.marks.length ? kFaultRow + 2 : 0) + 4;
    this.marksRow = rows;
    this.selected = -1;
    this.lanes = null;
    this.setTheme();
  }

  setTheme() {
    this.theme = readTheme();
    this.pattern = hatch(this.pen, this.theme.fault, 8);
  }

  // In CSS pixels; the canvas itself has those of the screen.
  layout(width, tallest, laneHeight) {
    const n = Math.max(1, this.lanes.count);
    const fit = Math.floor(tallest / n);
    this.laneHeight = laneHeight || Math.min(22, Math.max(5, fit));
    this.height = this.head + Math.min(tallest, n * this.laneHeight) + kAxisHeight;
    this.full = this.head + n * this.laneHeight + kAxisHeight;
    this.width = width;
    this.gutter = width < 500 ? 40 : 64;
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    this.canvas.style.width = width + 'px';
    this.canvas.style.height = this.height + 'px';
  }

  x(t) { return this.gutter + (t - this.view.from) / this.perPixel; }
  time(x) { return this.view.from + (x - this.gutter) * this.perPixel; }
  get perPixel() { return (this.view.to - this.view.from) / (this.width - this.gutter); }
  laneY(lane) { return this.head + lane * this.laneHeight - this.scroll; }
  get bottom() { return this.height - kAxisHeight; }

  draw(view, scroll) {
    this.view = view;
    this.scroll = scroll;
    const {pen, theme} = this;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.fillStyle = theme.paper;
    pen.fillRect(0, 0, this.width, this.height);
    this.first = Math.max(0, Math.floor(scroll / this.laneHeight));
    const room = this.bottom - this.head;
    this.last = Math.min(this.lanes.count, Math.ceil((scroll + room) / this.laneHeight));
    this.clip(this.gutter, 0, this.width - this.gutter, this.bottom, () => this.drawFaults());
    this.clip(0, this.head, this.width, room, () => this.drawLanes());
    this.clip(this.gutter, 0, this.width - this.gutter, this.bottom, () => this.drawMarks());
    this.drawAxis();
  }

  clip(x, y, width, height, draw) {
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(x, y, width, height);
    this.pen.clip();
    draw();
    this.pen.restore();
  }

  drawFaults() {
    const {pen, theme} = this;
    pen.font = '11px ' + theme.font;
    pen.textBaseline = 'middle';
    const taken = [];
    for (const fault of this.faults) {
      const x0 = this.x(fault.from);
      const x1 = Math.max(x0 + 1, this.x(fault.to));
      if (x1 < this.gutter || x0 > this.width) continue;
      const y = fault.row * kFaultRow;
      pen.fillStyle = this.pattern;
      pen.globalAlpha = 0.22;
      pen.fillRect(x0, this.head, x1 - x0, this.bottom - this.head);
      pen.globalAlpha = 1;
      pen.fillRect(x0, y + 1, x1 - x0, kFaultRow - 3);
      pen.fillStyle = theme.fault;
      pen.fillRect(x0, y + 1, 1, kFaultRow - 3);
      this.faultLabel(fault, x0, x1, y, taken);
    }
  }

  faultLabel(fault, x0, x1, y, taken) {
    const {pen, theme} = this;
    const from = Math.max(x0, this.gutter, taken[fault.row] ?? 0) + 3;
    const text = isolated(fault.name);
    const width = pen.measureText(text).width;
    const room = Math.min(this.width, Math.max(x1, this.x(fault.next)));
    if (from + width > room) return;
    pen.fillStyle = theme.paper;
    pen.fillRect(from - 1, y + 1, width + 2, kFaultRow - 3);
    pen.fillStyle = theme.fault;
    pen.fillText(text, from, y + kFaultRow / 2);
    taken[fault.row] = from + width;
  }

  drawLanes() {
    let bars = 0;
    for (let lane = this.first; lane < this.last && bars <= kMostBars; ++lane) {
      const [from, to] = this.lanes.seen(lane, this.view.from, this.view.to);
      bars += Math.max(0, to - from);
    }
    this.drawLines();
    this.painted = bars > kMostBars || this.ops.sketched;
    this.clip(this.gutter, this.head, this.width - this.gutter, this.bottom - this.head, () => {
      if (this.painted) this.drawPixels();
      else drawBars(this);
      this.frame(this.run.failure ? this.run.failure.op : -1, this.theme.bad);
      this.frame(this.selected, this.theme.chosen);
    });
    this.drawNames();
  }

  drawLines() {
    const {pen, theme, laneHeight} = this;
    if (laneHeight < 8) return;
    pen.fillStyle = theme.soft;
    for (let lane = this.first; lane < this.last; ++lane) {
      pen.fillRect(this.gutter, this.laneY(lane) + laneHeight - 1, this.width, 1);
    }
  }

  barHeight() { return Math.max(3, this.laneHeight - (this.laneHeight > 8 ? 4 : 1)); }

  drawPixels() {
    const {ratio} = this;
    const width = Math.round((this.width - this.gutter) * ratio);
    const image = this.raster.draw(this.lanes, {
      first: this.first, last: this.last, width,
      y: (this.laneY(this.first) - this.head + 1) * ratio,
      height: this.laneHeight * ratio, bar: Math.round(this.barHeight() * ratio),
      from: this.view.from, perPixel: (this.view.to - this.view.from) / width,
      tall: Math.round((this.bottom - this.head) * ratio),
    }, this.theme);
    this.pen.drawImage(image, this.gutter, this.head, image.width / ratio, image.height / ratio);
  }

  frame(op, colour) {
    if (!(op >= 0 && op < this.ops.count) || this.ops.sketched) return;
    const lane = this.lanes.laneOf[this.ops.process[op]];
    const x0 = Math.max(-9, this.x(this.ops.start[op]));
    const x1 = Math.min(this.width + 9, this.x(Math.min(this.ops.end[op], this.run.end)));
    if (x1 < 0 || x0 > this.width) return;
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = 2;
    this.pen.strokeRect(x0 - 1, this.laneY(lane), Math.max(4, x1 - x0) + 2, this.barHeight() + 2);
  }

  drawNames() {
    const {pen, theme} = this;
    const every = Math.max(1, Math.ceil(12 / this.laneHeight));
    pen.font = '11px ' + theme.font;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    const mine = this.selected < 0 ? -1 : this.lanes.laneOf[this.ops.process[this.selected]];
    for (let lane = this.first; lane < this.last; ++lane) {
      if (lane % every !== 0 && lane !== mine) continue;
      if (mine >= 0 && lane !== mine && Math.abs(lane - mine) < every) continue;
      const names = this.lanes.names[lane];
      const name = visible(this.run.processes[names[0]] ?? '');
      const text = name.slice(0, names.length > 1 ? 5 : 8) + (names.length > 1 ? '\u2026' : '');
      pen.fillStyle = lane === mine ? theme.chosen : theme.quiet;
      pen.fillText('\u2068' + text + '\u2069', this.gutter - 6,
        this.laneY(lane) + this.barHeight() / 2 + 1);
    }
    pen.textAlign = 'left';
  }

  drawMarks() {
    const {pen, theme, run} = this;
    const y = this.marksRow * kFaultRow + kFaultRow / 2;
    pen.font = '11px ' + theme.font;
    pen.textBaseline = 'middle';
    let free = 0;
    for (const mark of run.marks) {
      const x = this.x(mark.at);
      if (x < this.gutter || x > this.width) continue;
      pen.fillStyle = theme.quiet;
      pen.fillRect(x, y + 6, 1, 5);  // below the label of the one before
      const text = isolated(mark.name + (mark.what ? ' ' + mark.what : ''));
      const width = pen.measureText(text).width;
      const from = Math.min(x, this.width - width);
      if (from < free) continue;
      pen.fillText(text, from, y);
      free = from + 6 + width;
    }
    this.drawFailure();
  }

  drawFailure() {
    if (!this.run.failure) return;
    const {pen, theme} = this;
    const x = this.x(this.run.failure.at);
    pen.fillStyle = theme.bad;
    pen.fillRect(x - 0.75, 0, 1.5, this.bottom);
    pen.beginPath();
    pen.moveTo(x - 6, this.bottom);
    pen.lineTo(x + 6, this.bottom);
    pen.lineTo(x, this.bottom - 8);
    pen.fill();
  }

  drawAxis() {
    const {pen, theme} = this;
    const {step, at} = niceTicks(this.view.from, this.view.to, (this.width - this.gutter) / 110);
    pen.fillStyle = theme.line;
    pen.fillRect(this.gutter, this.bottom, this.width - this.gutter, 1);
    pen.font = '11px ' + theme.font;
    pen.textBaseline = 'top';
    for (const t of at) {
      const x = this.x(t);
      const text = moment(t, step);
      const half = pen.measureText(text).width / 2;
      pen.fillStyle = theme.line;
      pen.fillRect(x, this.bottom, 1, 4);
      if (x - half < this.gutter - 10 || x + half > this.width) continue;
      pen.fillStyle = theme.quiet;
      pen.fillText(text, x - half, this.bottom + 7);
    }
    pen.fillStyle = theme.quiet;
    pen.fillText(this.lanes.packed ? 'lane' : 'process', 0, this.bottom + 7);
  }
}
