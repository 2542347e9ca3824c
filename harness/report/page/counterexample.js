// The counterexample: its drawing comes with the page; here its bars learn to tell of themselves.

const kFigureStyle = '.op{cursor:pointer;outline:none}' +
  '.op:focus,.op.chosen{filter:drop-shadow(0 0 2px var(--accent))}' +
  '.op:focus-visible{outline:2px solid var(--accent);outline-offset:2px}svg{display:block}' +
  '@media print{svg{width:auto;height:auto;max-width:100%;max-height:225mm}}';

// A shadow root keeps the drawing's style and the page's apart. Older browsers do not make it from
// the markup by themselves.
function shadowOf(host) {
  if (host.shadowRoot) return host.shadowRoot;
  const template = host.querySelector('template');
  const root = host.attachShadow({mode: 'open'});
  root.append(template.content);
  template.remove();
  return root;
}

function figureOf(id) {
  const host = byId(id + '-figure');
  const root = shadowOf(host);
  const svg = root.querySelector('svg');
  byId(id).hidden = !svg;
  if (svg) {
    const style = element('style');
    style.textContent = kFigureStyle;
    root.append(style);
  }
  return {host, root, svg};
}

// No further than it must: the title and the notes are at the left.
function scrollInto(host, mark) {
  const box = mark.getBoundingClientRect();
  const frame = host.getBoundingClientRect();
  const right = box.right + 24 - frame.right;
  const left = box.left - 24 - frame.left;
  host.scrollLeft += right > 0 ? right : Math.min(0, left);
  if (box.bottom > frame.bottom) host.scrollTop += box.bottom - frame.bottom + 24;
}

class Counterexample {
  constructor(run) {
    this.run = run;
    this.ops = null;
    this.showInHistory = null;  // set by whoever draws the history
    const {host, root, svg} = figureOf('counterexample');
    this.host = host;
    this.svg = svg;
    this.marks = svg ? [...root.querySelectorAll('.op[data-op]')] : [];
    this.chosen = -1;
    this.panel = byId('counterexample-panel');
    if (!svg) {
      byId('counterexample').hidden = !run.counterexample_note;
      this.host.hidden = true;
      this.panel.replaceChildren(fromRun(run.counterexample_note || ''));
      return;
    }
    this.marks.forEach((mark, i) => this.listen(mark, i));
    const failing = this.marks.findIndex((mark) => run.failure && this.op(mark) === run.failure.op);
    if (failing >= 0) scrollInto(host, this.marks[failing]);
    this.choose(Math.max(0, failing));
  }

  op(mark) { return Number(mark.dataset.op); }

  listen(mark, i) {
    mark.setAttribute('tabindex', '-1');  // one stop for Tab; arrows go on from there
    mark.setAttribute('role', 'img');
    mark.addEventListener('pointerenter', () => this.choose(i));
    mark.addEventListener('click', () => { this.choose(i); mark.focus(); });
    mark.addEventListener('focus', () => this.choose(i));
    mark.addEventListener('keydown', (event) => this.key(event, i));
  }

  key(event, i) {
    const to = {ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1,
      Home: 0, End: this.marks.length - 1}[event.key];
    if (to !== undefined) {
      this.marks[Math.min(this.marks.length - 1, Math.max(0, to))].focus();
    } else if (event.key === 'Enter' && this.showInHistory && this.ops) {
      this.showInHistory(this.op(this.marks[i]));
    } else {
      return;
    }
    event.preventDefault();
  }

  choose(i) {
    const mark = this.marks[i];
    if (!mark) return this.panel.replaceChildren();
    if (this.marks[this.chosen]) {
      this.marks[this.chosen].setAttribute('tabindex', '-1');
      this.marks[this.chosen].classList.remove('chosen');
    }
    this.chosen = i;
    mark.setAttribute('tabindex', '0');
    mark.classList.add('chosen');
    this.show(mark);
  }

  show(mark) {
    const op = this.op(mark);
    const failing = this.run.failure && this.run.failure.op === op;
    const why = failing && this.run.failure.sentence
      ? element('p', {class: 'why'}, fromRun(this.run.failure.sentence)) : null;
    if (!this.ops || !(op < this.ops.count)) {
      const title = mark.querySelector('title');
      return this.panel.replaceChildren(
        element('p', {}, fromRun(title ? title.textContent : '')), why || '');
    }
    const button = element('button', {type: 'button',
      onclick: () => this.showInHistory && this.showInHistory(op)}, 'Show in the history');
    this.panel.replaceChildren(
      element('h3', {class: failing ? 'failing' : null}, (failing ? '\u2717 ' : ''),
        fromRun(this.ops.label(op))),
      why || '', element('dl', {}, ...terms(this.ops.details(op))), button);
  }

  setOps(ops) {
    this.ops = ops;
    if (this.chosen >= 0) this.choose(this.chosen);
  }
}
