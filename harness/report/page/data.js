// The run (JSON) and its operations (columns of packed numbers), as the page works with them.

const kOutcomes = ['ok', 'fail', 'info'];
const kListsOfRun = ['facts', 'commands', 'processes', 'functions', 'keys', 'values', 'errors',
  'faults', 'marks', 'recoveries', 'leaders', 'clocks', 'ops_by_outcome', 'checks', 'logs'];

// Whatever an older or a cut-short run does not say is empty.
function readRun(text) {
  const run = JSON.parse(text);
  for (const name of kListsOfRun) run[name] = Array.isArray(run[name]) ? run[name] : [];
  for (const name of ['latency', 'rate']) run[name] = run[name] || {bin: 0, series: []};
  for (const name of ['leaders_note', 'file']) run[name] = String(run[name] || '');
  run.space_time = run.space_time || {};
  setTimeless(run.timed === false);
  run.begin = Number(run.begin) || 0;
  run.end = Math.max(Number(run.end) || 0, run.begin);
  run.verdict = run.verdict || 'unknown';
  run.environment = run.environment || {};
  run.failure = run.failure || null;
  return run;
}

// Unsigned LEB128 numbers, one after the other.
class Varints {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  fill(column) {
    const {bytes} = this;
    let {at} = this;
    for (let i = 0; i < column.length; ++i) {
      let byte = bytes[at++];
      let value = byte & 127;
      for (let factor = 128; byte >= 128; factor *= 128) {  // *: more than 32 bits
        byte = bytes[at++];
        value += (byte & 127) * factor;
      }
      column[i] = value;
    }
    this.at = at;
    return column;
  }
}

// Column by column. The first are enough to draw the history; what is said of each operation is
// read by readRest(), afterwards.
function readColumns(bytes) {
  const numbers = new Varints(bytes);
  const n = bytes.length ? numbers.fill(new Float64Array(1))[0] : 0;
  if (!(n * 9 < bytes.length + 9)) throw new RangeError('The operations are cut short.');
  const whole = () => numbers.fill(new Uint32Array(n));
  const start = numbers.fill(new Float64Array(n));  // as the time since the one before
  const end = numbers.fill(new Float64Array(n));  // as 1 + the time it took, 0: it never ended
  const ops = {count: n, start, end, process: whole(), kind: whole()};
  for (let i = 0; i < n; ++i) {
    if (i > 0) start[i] += start[i - 1];
    end[i] = end[i] === 0 ? Infinity : start[i] + end[i] - 1;
  }
  ops.readRest = function() {
    for (const name of ['key', 'argument', 'result', 'error', 'line']) this[name] = whole();
    for (let i = 0, line = 0; i < n; ++i) {  // as the way from the one before, twofold
      const way = this.line[i];
      line += way & 1 ? -((way + 1) / 2) : way / 2;
      this.line[i] = line;
    }
    if (numbers.at > bytes.length) throw new RangeError('The operations are cut short.');
  };
  return ops;
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// Not by way of a Blob or a Response, which are slower by the detour through another process.
async function inflated(bytes) {
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  written.catch(() => {});  // reading fails, too, and says so
  const chunks = [];
  let size = 0;
  const reader = stream.readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    size += next.value.length;
  }
  await written;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

async function readOps(packed) {
  const text = packed.trim();
  if (!text) return readColumns(new Uint8Array(0));
  if (typeof DecompressionStream === 'undefined') {
    throw new Error('This browser cannot unpack the operations (it has no DecompressionStream). ' +
      'Chrome and Edge can from version 80, Safari from 16.4, Firefox from 113. ' +
      'All operations are also in history.jsonl, beside this file.');
  }
  return readColumns(await inflated(fromBase64(text)));
}

// What is said of one operation, in words.
class Ops {
  constructor(run, columns) {
    Object.assign(this, columns);
    this.run = run;
  }

  outcome(i) { return this.kind[i] & 3; }
  f(i) { return this.run.functions[this.kind[i] >> 2] ?? '?'; }
  processName(i) { return this.run.processes[this.process[i]] ?? '?'; }
  keyName(i) { return this.run.keys[this.key[i]] ?? '?'; }

  label(i) {
    const argument = this.argument[i];
    const result = this.result[i];
    const value = (index) => this.run.values[index] ?? '?';
    if (argument === 0) return this.f(i) + (this.outcome(i) === 0 ? ' ' + value(result) : '');
    const more = result !== 0 && result !== argument ? ' \u2192 ' + value(result) : '';
    return this.f(i) + ' ' + value(argument) + more;
  }

  // For a panel: pairs of name and value.
  details(i) {
    const outcome = kOutcomes[this.outcome(i)] ?? '?';
    const lasted = this.end[i] - this.start[i];
    const error = this.run.errors[this.error[i]];
    return [
      ['process', this.processName(i)], ['key', this.keyName(i)],
      ['outcome', (kOutcomeSigns[outcome] ?? '?') + ' ' + outcome + (error ? ': ' + error : '')],
      ['invoked', moment(this.start[i])],
      ['returned', this.end[i] === Infinity ? 'never' : moment(this.end[i])],
      ['took', this.end[i] === Infinity ? 'open' : duration(lasted)],
      ['line', count(this.line[i]) + ' of ' + (this.run.file || 'the history')],
    ];
  }
}
