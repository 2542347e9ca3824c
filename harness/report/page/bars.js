// Operations as bars, for when there is room: with what they say inside.

function barsInView(sheet) {
  const found = [[], [], []];
  const {lanes, view} = sheet;
  for (let lane = sheet.first; lane < sheet.last; ++lane) {
    const [from, to] = lanes.seen(lane, view.from, view.to);
    for (let slot = from; slot < to; ++slot) {
      const op = lanes.order[slot];
      const x0 = sheet.x(lanes.start[slot]);
      const known = sheet.ops.end[op] === Infinity ? lanes.start[slot] : sheet.ops.end[op];
      const x1 = Math.max(x0 + 1.5, sheet.x(known) - 0.5);
      const open = Math.max(x1, sheet.x(lanes.end[slot]));
      if (open < sheet.gutter) continue;
      found[sheet.ops.outcome(op)].push({op, x0, x1, open, y: sheet.laneY(lane) + 1});
    }
  }
  return found;
}

function drawBars(sheet) {
  const {pen, theme} = sheet;
  const height = sheet.barHeight();
  const above = height >= 16;  // what failed is low; if there is room, its label is above it
  const low = above ? 12 : height >> 1;
  const [ok, fail, info] = barsInView(sheet);
  pen.fillStyle = theme.ok;
  for (const bar of ok) pen.fillRect(bar.x0, bar.y, bar.x1 - bar.x0, height);
  pen.fillStyle = theme.fail;
  for (const bar of fail) pen.fillRect(bar.x0, bar.y + low, bar.x1 - bar.x0, height - low);
  const stripes = info.length ? hatch(pen, theme.info, 4) : null;
  for (const bar of info) drawInfo(pen, theme, stripes, bar, height);
  if (height < 10) return;
  pen.font = '11px ' + theme.font;
  pen.textBaseline = 'middle';
  const wide = pen.measureText('0').width;
  const middle = height / 2 + 0.5;
  for (const bar of ok) barLabel(sheet, bar, middle, wide, theme['on-ok']);
  const [failedAt, onFailed] = above ? [6.5, theme.quiet] : [middle, theme['on-fail']];
  for (const bar of fail) barLabel(sheet, bar, failedAt, wide, onFailed, '\u2717 ');
  for (const bar of info) barLabel(sheet, bar, middle, wide, theme['on-info'], '? ');
}

// Striped while it ran, then a line: it may still take effect.
function drawInfo(pen, theme, stripes, bar, height) {
  pen.fillStyle = stripes;
  pen.fillRect(bar.x0, bar.y, bar.x1 - bar.x0, height);
  pen.fillStyle = theme.info;
  pen.fillRect(bar.x0, bar.y, 1, height);
  pen.fillRect(bar.x1, bar.y + height / 2 - 0.75, bar.open - bar.x1, 1.5);
}

function barLabel(sheet, bar, middle, wide, colour, sign = '') {
  const from = Math.max(bar.x0, sheet.gutter) + 3;
  const end = sign === '? ' ? bar.open : bar.x1;
  const fits = Math.floor((end - from - 1) / wide);
  if (fits < sign.length + 3) return;
  const text = sign + visible(sheet.ops.label(bar.op));
  const cut = text.length > fits ? text.slice(0, fits - 1) + '\u2026' : text;
  const {pen} = sheet;
  if (sign === '? ') {  // stripes are hard to read on
    pen.fillStyle = sheet.theme.paper;
    pen.globalAlpha = 0.8;
    pen.fillRect(from - 1, bar.y, cut.length * wide + 2, middle * 2 - 1);
    pen.globalAlpha = 1;
  }
  pen.fillStyle = colour;
  pen.fillText('\u2068' + cut + '\u2069', from, bar.y + middle, end - from);
}
