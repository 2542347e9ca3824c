// The controls above the history: which operations are shown, and where to go.

function choices(id, label, names) {
  const list = element('datalist', {id: id + '-names'},
    ...names.slice(0, 500).map((name) => element('option', {value: visible(name)})));
  const field = element('input', {type: 'text', list: id + '-names', size: 8, placeholder: 'all',
    autocomplete: 'off', spellcheck: 'false'});
  return {field, shown: element('label', {}, label + ' ', field, list)};
}

function toggles(label, names, changed) {
  const boxes = names.map(() => element('input', {type: 'checkbox', checked: true}));
  boxes.forEach((box) => box.addEventListener('change', changed));
  const shown = element('fieldset', {}, element('legend', {}, label),
    ...names.map((name, i) => element('label', {}, boxes[i], ' ', fromRun(name))));
  return {shown, on: () => boxes.map((box) => box.checked)};
}

class Filter {
  constructor(run, ops, history) {
    this.run = run;
    this.ops = ops;
    this.history = history;
    const changed = () => this.apply();
    this.process = choices('process', 'process', run.processes);
    this.key = choices('key', 'key', run.keys);
    for (const {field} of [this.process, this.key]) field.addEventListener('input', changed);
    this.functions = toggles('f', run.functions, changed);
    this.outcomes = toggles('outcome', kOutcomes.map((o) => kOutcomeSigns[o] + ' ' + o), changed);
    this.note = element('span', {class: 'note', role: 'status'});
    byId('history-tools').append(...this.buttons(), this.process.shown, this.key.shown,
      this.functions.shown, this.outcomes.shown, this.note);
  }

  button(text, action) {
    return element('button', {type: 'button', onclick: action}, text);
  }

  buttons() {
    const {history, run} = this;
    const failing = run.failure && run.failure.key > 0 ? run.keys[run.failure.key] : null;
    const pressed = (name, now, change) => {
      const made = this.button(name, () => {
        change();
        made.setAttribute('aria-pressed', String(now()));
      });
      made.setAttribute('aria-pressed', String(now()));
      return made;
    };
    return [
      run.failure ? this.button('\u2717 Failure', () => history.goToFailure()) : '',
      failing !== undefined && failing !== null ? this.button('Only its key', () => {
        this.key.field.value = visible(failing);
        this.apply();
      }) : '',
      this.button('All', () => this.reset()),
      element('span', {class: 'pair'}, this.button('\u2212', () => history.zoom(2)),
        this.button('+', () => history.zoom(0.5))),
      pressed('Tall lanes', () => history.tallLanes, () => {
        history.tallLanes = !history.tallLanes;
        history.resize();
      }),
      pressed('Pack lanes', () => history.sheet.lanes.packed,
        () => history.pack(!history.sheet.lanes.packed)),
    ].filter((button) => button !== '');
  }

  reset() {
    this.process.field.value = '';
    this.key.field.value = '';
    for (const box of byId('history-tools').querySelectorAll('[type=checkbox]')) box.checked = true;
    this.apply();
    this.history.go(this.history.whole.from, this.history.whole.to);
  }

  // Which indices a field means: all (null), or those with that name.
  meant({field}, names) {
    const text = field.value.trim();
    if (!text) return null;
    const found = new Uint8Array(names.length);
    let any = false;
    names.forEach((name, i) => {
      if (visible(name) === text) found[i] = any = 1;
    });
    field.setAttribute('aria-invalid', String(!any));
    return found;
  }

  apply() {
    for (const {field} of [this.process, this.key]) field.removeAttribute('aria-invalid');
    const process = this.meant(this.process, this.run.processes);
    const key = this.meant(this.key, this.run.keys);
    const f = this.functions.on();
    const outcome = this.outcomes.on();
    const everything = !process && !key && f.every(Boolean) && outcome.every(Boolean);
    const {ops} = this;
    const kinds = f.flatMap((on) => [0, 1, 2, 3].map((o) => on && outcome[o]));
    this.history.filter(everything ? null : (i) => kinds[ops.kind[i]] &&
      (!process || process[ops.process[i]] === 1) && (!key || key[ops.key[i]] === 1));
    this.note.textContent = everything ? ''
      : plural(this.history.sheet.lanes.total, 'operation') + ' of ' + count(ops.count);
    this.history.say();
  }
}

function showLegend(run) {
  const swatch = (kind, text) => element('span', {class: 'key'},
    element('span', {class: 'swatch ' + kind, 'aria-hidden': 'true'}), text);
  byId('history-legend').append(swatch('ok', '\u2713 ok'),
    swatch('fail', '\u2717 fail: did not happen'), swatch('info', '? info: may happen, any time'),
    run.faults.length ? swatch('fault', 'fault') : '',
    run.failure ? swatch('bad', 'the failure') : '');
}
