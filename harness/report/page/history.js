// The whole history: what part of it is seen, what is chosen, and what is said about it. Gestures
// (gestures.js) and the filter (filter.js) call what is here.

const kShortestView = 200;  // ns

class History {
  constructor(run, ops) {
    this.run = run;
    this.ops = ops;
    this.sheet = new HistoryCanvas(run, ops);
    this.box = byId('history-scroll');
    this.panel = byId('history-panel');
    this.frames = 0;
    this.tallLanes = false;
    const pad = Math.max(1000, (run.end - run.begin) * 0.01);
    this.whole = {from: run.begin - pad, to: run.end + pad};
    this.view = {...this.whole};
    this.overview = new Overview(run, this);
    this.pack(run.processes.length > 120);
    this.box.addEventListener('scroll', () => this.invalidate());
    this.say();
  }

  // All of them, after a sketch.
  adopt(ops) {
    this.ops = this.sheet.ops = ops;
    this.pack(this.sheet.lanes.packed);
    this.say();
  }

  pack(packed) {
    const wanted = this.wanted || (() => true);
    this.sheet.lanes = new Lanes(this.ops, packed);
    if (this.wanted) this.sheet.lanes.filter(wanted);
    this.resize();
  }

  filter(wanted) {
    this.wanted = wanted;
    this.sheet.lanes.filter(wanted || (() => true));
    this.invalidate();
  }

  resize(width = this.box.clientWidth) {
    const tallest = this.printing ? 1e4 : Math.max(240, Math.round(window.innerHeight * 0.62));
    const height = this.tallLanes ? 18 : 0;
    this.sheet.layout(Math.max(200, width), tallest, height);
    this.overview.resize(this.sheet);
    this.box.style.height = this.sheet.height + 'px';
    byId('history-space').style.height = this.sheet.full + 'px';
    this.drawNow();
  }

  invalidate() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    ++this.frames;
    this.sheet.draw(this.view, this.box.scrollTop);
    this.overview.draw(this.view);
  }

  setView(from, to) {
    const most = this.whole.to - this.whole.from;
    const span = Math.min(most, Math.max(kShortestView, to - from));
    const shift = (to - from - span) / 2;  // what is too near or too far keeps its middle
    const low = Math.min(this.whole.to - span, Math.max(this.whole.from, from + shift));
    this.view = {from: low, to: low + span};
    this.invalidate();
  }

  pan(pixels) {
    const by = pixels * this.sheet.perPixel;
    this.setView(this.view.from + by, this.view.to + by);
  }

  // Keeps the time at pixel x where it is.
  zoom(factor, x = (this.sheet.gutter + this.sheet.width) / 2) {
    const t = this.sheet.time(x);
    const {from, to} = this.view;
    const span = Math.min(this.whole.to - this.whole.from,
      Math.max(kShortestView, (to - from) * factor));
    const share = (t - from) / (to - from);
    this.setView(t - share * span, t - share * span + span);
  }

  // Goes there: at once, or, where motion is welcome, so that one sees whither.
  go(from, to) {
    const start = {...this.view};
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.setView(from, to);
    const began = performance.now();
    const step = (now) => {
      const done = Math.min(1, Math.max(0, (now - began) / 250));
      const eased = 1 - (1 - done) ** 3;
      this.setView(start.from + (from - start.from) * eased, start.to + (to - start.to) * eased);
      if (done < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  // A stretch in which some 12 operations of a process fit.
  goTo(op) {
    if (!(op >= 0 && op < this.ops.count)) return;
    const {ops} = this;
    const lasted = Math.min(ops.end[op], this.run.end) - ops.start[op];
    const perOp = (this.run.end - this.run.begin) * this.sheet.lanes.count / ops.count;
    const span = Math.max(3 * lasted, 12 * perOp, kShortestView);
    const middle = ops.start[op] + Math.min(lasted, span) / 2;
    this.choose(op);
    this.go(middle - span / 2, middle + span / 2);
  }

  goToFailure() {
    const {failure} = this.run;
    if (!failure) return;
    if (failure.op >= 0 && failure.op < this.ops.count) return this.goTo(failure.op);
    const span = (this.run.end - this.run.begin) / 50;
    this.go(failure.at - span / 2, failure.at + span / 2);
  }

  laneAt(y) {
    if (y < this.sheet.head || y >= this.sheet.bottom) return -1;
    const lane = Math.floor((y - this.sheet.head + this.box.scrollTop) / this.sheet.laneHeight);
    return lane < this.sheet.lanes.count ? lane : -1;
  }

  // The operation under a point or within 4 pixels of it, and how many share its pixel.
  opAt(x, y) {
    const lane = this.laneAt(y);
    if (lane < 0 || x < this.sheet.gutter) return null;
    const {lanes, perPixel} = this.sheet;
    const t = this.sheet.time(x);
    const next = lanes.after(lane, t);
    const near = [next - 1, next].filter((i) => i >= lanes.from[lane] && i < lanes.from[lane + 1])
      .map((i) => ({op: lanes.order[i], off: Math.max(lanes.start[i] - t, t - lanes.end[i], 0)}))
      .sort((a, b) => a.off - b.off)[0];
    if (!near || near.off > 4 * perPixel) return null;
    const crowd = lanes.after(lane, t + perPixel / 2) - lanes.after(lane, t - perPixel / 2);
    return {op: near.op, crowd};
  }

  faultsAt(t) {
    return this.sheet.faults.filter((fault) => fault.from <= t && t <= fault.to);
  }

  choose(op) {
    this.sheet.selected = op;
    const lane = this.sheet.lanes.laneOf[this.ops.process[op]];
    const top = lane * this.sheet.laneHeight;
    const room = this.sheet.bottom - this.sheet.head;
    if (top < this.box.scrollTop || top + this.sheet.laneHeight > this.box.scrollTop + room) {
      this.box.scrollTop = top - room / 2;
    }
    this.say();
    this.invalidate();
  }

  // From the chosen operation: the next of its process, or that of another process at the time.
  step(slots, lanesBy) {
    const {lanes, selected} = this.sheet;
    if (selected < 0) return this.chooseFirst();
    const lane = lanes.laneOf[this.ops.process[selected]];
    const at = lanes.after(lane, this.ops.start[selected]) - 1;
    if (slots) {
      const slot = at + slots;
      if (slot < lanes.from[lane] || slot >= lanes.from[lane + 1]) return;
      return this.reveal(lanes.order[slot]);
    }
    for (let to = lane + lanesBy; to >= 0 && to < lanes.count; to += lanesBy) {
      if (lanes.from[to] === lanes.from[to + 1]) continue;
      const slot = Math.max(lanes.from[to], lanes.after(to, this.ops.start[selected]) - 1);
      return this.reveal(lanes.order[slot]);
    }
  }

  chooseFirst() {
    const {lanes} = this.sheet;
    for (let lane = 0; lane < lanes.count; ++lane) {
      const [from, to] = lanes.seen(lane, this.view.from, this.view.to);
      if (from < to) return this.choose(lanes.order[from]);
    }
  }

  reveal(op) {
    const t = this.ops.start[op];
    const span = this.view.to - this.view.from;
    if (t < this.view.from || t > this.view.to - span / 20) {
      this.setView(t - span / 2, t + span / 2);
    }
    this.choose(op);
  }

  say() {
    const op = this.sheet.selected;
    if (!this.ops.count) {
      this.panel.replaceChildren(element('p', {class: 'none'}, 'The history has no operations.'));
    } else if (this.ops.sketched) {
      this.panel.replaceChildren(element('p', {class: 'none'}, 'Reading the operations \u2026'));
    } else if (op < 0) {
      const text = plural(this.sheet.lanes.total, 'operation') + ' of ' +
        plural(this.run.processes.length, 'process', 'processes') +
        '. Point at one, or choose it by a click or by n and p, to read about it.';
      this.panel.replaceChildren(element('p', {class: 'none'}, text));
    } else {
      const pairs = this.ops.details(op);
      const faults = [...new Set(this.faultsAt(this.ops.start[op]).map((fault) =>
        fault.name + (fault.what ? ' (' + fault.what + ')' : '')))];
      if (faults.length) pairs.push(['fault', faults.slice(0, 5).join('; ')]);
      this.panel.replaceChildren(element('h3', {}, fromRun(this.ops.label(op))),
        element('dl', {}, ...terms(pairs)));
    }
  }

  refresh() {  // colours or the size of the window changed
    this.sheet.setTheme();
    this.resize();
  }
}
