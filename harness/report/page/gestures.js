// Pointer, wheel and keys on the history. A wheel scrolls the page until the drawing was clicked:
// a page that catches the wheel in passing is a nuisance.

class Gestures {
  constructor(history, canvas) {
    this.history = history;
    this.canvas = canvas;
    this.tip = byId('history-tip');
    this.points = new Map();
    this.moved = 0;
    const on = (name, handler, options) => canvas.addEventListener(name, handler, options);
    on('pointerdown', (event) => this.down(event));
    on('pointermove', (event) => this.move(event));
    on('pointerup', (event) => this.up(event));
    on('pointercancel', (event) => this.points.delete(event.pointerId));
    on('pointerleave', () => { this.tip.hidden = true; });
    on('wheel', (event) => this.wheel(event), {passive: false});
    on('keydown', (event) => this.key(event));
    on('dblclick', (event) => history.zoom(event.shiftKey ? 2 : 0.5, this.place(event).x));
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  }

  down(event) {
    if (event.button !== 0) return;
    this.points.set(event.pointerId, this.place(event));
    if (this.points.size === 1) this.moved = 0;
    this.canvas.setPointerCapture(event.pointerId);
  }

  move(event) {
    const to = this.place(event);
    const from = this.points.get(event.pointerId);
    if (!from) return this.hover(to);
    this.moved += Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
    if (this.points.size === 1 && this.moved > 4) this.drag(from, to, event.pointerType);
    else if (this.points.size === 2) this.pinch(event.pointerId, to);
    this.points.set(event.pointerId, to);
    this.tip.hidden = true;
  }

  drag(from, to, kind) {
    this.history.pan(from.x - to.x);
    if (kind === 'mouse') this.history.box.scrollTop += from.y - to.y;
    this.canvas.classList.add('dragged');
  }

  pinch(id, to) {
    const [[, fixed]] = [...this.points].filter(([other]) => other !== id);
    const before = Math.abs(this.points.get(id).x - fixed.x);
    const now = Math.abs(to.x - fixed.x);
    if (before > 8 && now > 8) this.history.zoom(before / now, fixed.x);
  }

  up(event) {
    const was = this.points.delete(event.pointerId);
    this.canvas.classList.remove('dragged');
    if (!was || this.moved > 4) return;
    const {x, y} = this.place(event);
    const hit = this.history.opAt(x, y);
    if (hit) this.history.choose(hit.op);
  }

  wheel(event) {
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    const scale = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const zooms = event.ctrlKey || event.metaKey || document.activeElement === this.canvas;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      this.history.pan(sideways * scale);
    } else if (zooms) {
      this.history.zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY * scale)) * 0.004),
        this.place(event).x);
    } else {
      return;  // the page or the lanes scroll
    }
    event.preventDefault();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const {history} = this;
    const step = history.sheet.width / 8;
    const actions = {
      '+': () => history.zoom(0.6), '=': () => history.zoom(0.6), '-': () => history.zoom(1 / 0.6),
      ArrowLeft: () => history.pan(-step), ArrowRight: () => history.pan(step),
      ArrowUp: () => history.step(0, -1), ArrowDown: () => history.step(0, 1),
      n: () => history.step(1, 0), p: () => history.step(-1, 0),
      f: () => history.goToFailure(),
      Home: () => history.go(history.whole.from, history.whole.to),
      PageUp: () => { history.box.scrollTop -= 200; },
      PageDown: () => { history.box.scrollTop += 200; },
      Escape: () => this.canvas.blur(),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }

  hover(at) {
    const {history, tip} = this;
    const hit = history.opAt(at.x, at.y);
    const lines = hit ? this.aboutOp(hit) : this.aboutFaults(at);
    tip.hidden = lines.length === 0;
    if (tip.hidden) return;
    tip.replaceChildren(...lines.map((line) => fromRun(line, 'div')));
    const box = this.canvas.getBoundingClientRect();
    const left = Math.min(at.x + 14, box.width - tip.offsetWidth - 4);
    tip.style.left = Math.max(0, left) + box.left + window.scrollX + 'px';
    tip.style.top = at.y + 18 + box.top + window.scrollY + 'px';
  }

  aboutOp({op, crowd}) {
    const {ops} = this.history;
    const outcome = kOutcomes[ops.outcome(op)] ?? '?';
    const took = ops.end[op] === Infinity ? 'never returned'
      : duration(ops.end[op] - ops.start[op]);
    const lines = [ops.label(op), kOutcomeSigns[outcome] + ' ' + outcome + ', ' + took,
      'process ' + ops.processName(op) + ', key ' + ops.keyName(op)];
    if (crowd > 1) lines.push('and ' + count(crowd - 1) + ' more at this pixel: zoom in');
    return lines;
  }

  aboutFaults({x, y}) {
    if (x < this.history.sheet.gutter || y > this.history.sheet.bottom) return [];
    const faults = this.history.faultsAt(this.history.sheet.time(x));
    return faults.slice(0, 4).map((f) => f.name + (f.what ? ': ' + f.what : '') + ', ' +
      moment(f.from, 1e6) + ' to ' + moment(f.to, 1e6));
  }
}
