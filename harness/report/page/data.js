// The run (JSON) and its operations (columns of packed numbers), as the page works with them.

const kOutcomes = ['ok', 'fail', 'info'];
const kListsOfRun = ['facts', 'commands', 'processes', 'functions', 'keys', 'values', 'errors',
  'faults', 'marks', 'recoveries', 'leaders', 'clocks', 'ops_by_outcome', 'checks', 'logs'];

// Whatever an older or a cut-short run does not say is empty.
function readRun(text) {
  const run = JSON.parse(text);
  for (const name of kListsOfRun) run[name] = Array.isArray(run[name]) ? run[name] : [];
  for (const name of ['latency', 'rate']) run[name] = run[name] || {bin: 0, series: []};
  run.begin = Number(run.begin) || 0;
  run.end = Math.max(Number(run.end) || 0, run.begin);
  run.verdict = run.verdict || 'unknown';
  run.environment = run.environment || {};
  run.failure = run.failure || null;
  return run;
}

class Varints {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  next() {
    let byte = this.bytes[this.at++];
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let factor = 128; byte >= 128; factor *= 128) {  // *: more than 32 bits
      byte = this.bytes[this.at++];
      value += (byte & 127) * factor;
    }
    if (this.at > this.bytes.length) throw new RangeError('the operations are cut short');
    return value;
  }
}

function emptyColumns(n) {
  const column = () => new Uint32Array(n);
  return {
    count: n, start: new Float64Array(n), end: new Float64Array(n), process: column(),
    kind: column(), key: column(), argument: column(), result: column(), error: column(),
    position: column(),
  };
}

function readColumns(bytes) {
  const in_ = new Varints(bytes);
  const ops = emptyColumns(bytes.length ? in_.next() : 0);
  let start = 0;
  let position = 0;
  for (let i = 0; i < ops.count; ++i) {
    start += in_.next();
    const lasted = in_.next();
    ops.start[i] = start;
    ops.end[i] = lasted ? start + lasted - 1 : Infinity;
    ops.process[i] = in_.next();
    ops.kind[i] = in_.next();
    ops.key[i] = in_.next();
    ops.argument[i] = in_.next();
    ops.result[i] = in_.next();
    ops.error[i] = in_.next();
    position += in_.next();
    ops.position[i] = position;
  }
  if (in_.at > bytes.length) throw new RangeError('the operations are cut short');
  return ops;
}

function fromBase64(text) {
  const raw = atob(text.trim());
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

async function readOps(text) {
  if (!text.trim()) return emptyColumns(0);
  if (typeof DecompressionStream === 'undefined') {
    throw new Error('This browser cannot unpack the operations (it has no DecompressionStream). ' +
      'Chrome and Edge can from version 80, Safari from 16.4, Firefox from 113. ' +
      'All operations are also in history.jsonl, beside this file.');
  }
  const packed = new Blob([fromBase64(text)]).stream();
  const stream = packed.pipeThrough(new DecompressionStream('deflate'));
  return readColumns(new Uint8Array(await new Response(stream).arrayBuffer()));
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
      ['line', count(this.position[i] + 2) + ' of history.jsonl'],
    ];
  }
}
