// Operations in lanes, in levels of detail. A lane has one process, or several that did not live at
// the same time. Level 0 of a lane is its operations by time; a block of level l stands for up to
// 4^l neighbours: when the last of them ended, and (a bit each) which outcomes they had. So what is
// drawn costs a step per pixel, however many operations there are.

const kFan = 2;  // log2 of the children of a block

// The lane of each process; where they are packed, a process takes the first lane that is free.
function laneOfProcess(ops, packed) {
  const n = ops.run.processes.length;
  if (!packed) return {lanes: n, of: Uint32Array.from({length: n}, (_, i) => i)};
  const first = new Float64Array(n).fill(Infinity);
  const last = new Float64Array(n).fill(-Infinity);
  for (let i = 0; i < ops.count; ++i) {
    const p = ops.process[i];
    first[p] = Math.min(first[p], ops.start[i]);
    last[p] = Math.max(last[p], ops.end[i] === Infinity ? ops.start[i] : ops.end[i]);
  }
  const byTime = [...first.keys()].filter((p) => first[p] < Infinity)
    .sort((a, b) => first[a] - first[b] || a - b);
  const free = [];
  const of = new Uint32Array(n);
  for (const p of byTime) {
    let lane = free.findIndex((since) => since <= first[p]);
    if (lane < 0) lane = free.length;
    free[lane] = last[p];
    of[p] = lane;
  }
  return {lanes: Math.max(free.length, Math.min(n, 1)), of};
}

class Lanes {
  constructor(ops, packed) {
    this.ops = ops;
    this.packed = packed;
    const {lanes, of} = laneOfProcess(ops, packed);
    this.count = lanes;
    this.laneOf = of;
    this.names = Array.from({length: lanes}, () => []);
    of.forEach((lane, p) => this.names[lane] && this.names[lane].push(p));
    this.filter(() => true);
  }

  // Keeps the operations that `wanted` (by index) and builds the levels anew.
  filter(wanted) {
    const {ops} = this;
    const from = new Uint32Array(this.count + 1);
    const kept = new Uint8Array(ops.count);
    for (let i = 0; i < ops.count; ++i) {
      if (!wanted(i)) continue;
      kept[i] = 1;
      ++from[this.laneOf[ops.process[i]] + 1];
    }
    for (let lane = 0; lane < this.count; ++lane) from[lane + 1] += from[lane];
    this.from = from;
    this.total = from[this.count];
    this.fill(kept);
    this.levels = [{from, end: this.end, mask: this.mask}];
    while (this.longest() > 1) this.levels.push(this.above(this.levels[this.levels.length - 1]));
  }

  fill(kept) {
    const {ops, total} = this;
    const at = this.from.slice();
    this.order = new Uint32Array(total);
    this.start = new Float64Array(total);
    this.end = new Float64Array(total);
    this.mask = new Uint8Array(total);
    for (let i = 0; i < ops.count; ++i) {
      if (!kept[i]) continue;
      const slot = at[this.laneOf[ops.process[i]]]++;
      this.order[slot] = i;
      this.start[slot] = ops.start[i];
      this.end[slot] = ops.end[i];
      this.mask[slot] = 1 << ops.outcome(i);
    }
    this.open();
  }

  // An info op may take effect whenever: it is drawn to where its lane goes on, or to the end.
  open() {
    for (let lane = 0; lane < this.count; ++lane) {
      let next = this.ops.run.end;
      for (let slot = this.from[lane + 1] - 1; slot >= this.from[lane]; --slot) {
        if (this.mask[slot] === 4 || this.end[slot] === Infinity) this.end[slot] = next;
        next = this.start[slot];
      }
    }
  }

  longest() {
    const {from} = this.levels[this.levels.length - 1];
    let most = 0;
    for (let lane = 0; lane < this.count; ++lane) {
      most = Math.max(most, from[lane + 1] - from[lane]);
    }
    return most;
  }

  above(below) {
    const from = new Uint32Array(this.count + 1);
    for (let lane = 0; lane < this.count; ++lane) {
      const n = below.from[lane + 1] - below.from[lane];
      from[lane + 1] = from[lane] + ((n + (1 << kFan) - 1) >> kFan);
    }
    const end = new Float64Array(from[this.count]);
    const mask = new Uint8Array(from[this.count]);
    for (let lane = 0; lane < this.count; ++lane) {
      for (let i = below.from[lane]; i < below.from[lane + 1]; ++i) {
        const block = from[lane] + ((i - below.from[lane]) >> kFan);
        mask[block] |= below.mask[i];
        if (below.end[i] > end[block]) end[block] = below.end[i];
      }
    }
    return {from, end, mask};
  }

  // The first slot of the lane whose operation starts after t.
  after(lane, t) {
    let low = this.from[lane];
    let high = this.from[lane + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.start[middle] <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Slots of the lane that can be seen in [from, to]: processes take one step at a time, so that
  // only the last one before may reach into it.
  seen(lane, from, to) {
    const first = Math.max(this.from[lane], this.after(lane, from) - 1);
    return [first, this.after(lane, to)];
  }

  // Marks in `columns` (a byte a pixel) which outcomes can be seen in the lane, from time `from`
  // on. Bit 3: open, nothing but an info op that never ended.
  mark(columns, lane, from, perPixel) {
    const width = columns.length;
    const base = this.from[lane];
    const to = from + width * perPixel;
    const [first, last] = this.seen(lane, from, to);
    const {levels, start} = this;
    const top = levels.length - 1;
    let level = 0;
    for (let i = first - base, n = last - base; i < n;) {
      while (level > 0 && (i & ((1 << (kFan * level)) - 1)) !== 0) --level;
      while (level < top && (i & ((1 << (kFan * (level + 1))) - 1)) === 0 &&
             this.endOf(lane, level + 1, i) - start[base + i] <= perPixel) ++level;
      while (level > 0 && this.endOf(lane, level, i) - start[base + i] > perPixel) --level;
      const block = levels[level].from[lane] + (i >> (kFan * level));
      this.paint(columns, base + i, levels[level].end[block], levels[level].mask[block],
        level ? null : this.order[base + i], from, perPixel);
      i += 1 << (kFan * level);
    }
  }

  endOf(lane, level, i) {
    const {from, end} = this.levels[level];
    return end[from[lane] + (i >> (kFan * level))];
  }

  paint(columns, slot, end, mask, op, from, perPixel) {
    const width = columns.length;
    const x0 = Math.max(0, Math.floor((this.start[slot] - from) / perPixel));
    const x1 = Math.min(width - 1, Math.floor((end - from) / perPixel));
    let solid = x1;
    if (op !== null && mask === 4) {
      const known = this.ops.end[op] === Infinity ? this.start[slot] : this.ops.end[op];
      solid = Math.min(x1, Math.floor((known - from) / perPixel));
    }
    for (let x = x0; x <= solid; ++x) columns[x] |= mask;
    for (let x = Math.max(x0, solid + 1); x <= x1; ++x) columns[x] |= 8;
  }
}
