// Colours come from the style sheet, so that there is one place for light, dark and paper.

const kColours = ['paper', 'ink', 'quiet', 'line', 'soft', 'accent', 'bad', 'ok', 'fail', 'info',
  'fault', 'chosen', 'on-ok', 'on-fail', 'on-info'];

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const theme = {font: style.getPropertyValue('--mono').trim()};
  for (const name of kColours) theme[name] = style.getPropertyValue('--' + name).trim();
  return theme;
}

// A colour (#rrggbb) as it stands in the memory of an image (little endian: ABGR).
function packed(colour) {
  const n = parseInt(colour.slice(1), 16);
  return (0xff000000 | ((n & 0xff) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}

// Diagonal strokes: faults are told from operations without colour.
function hatch(context, colour, step) {
  const tile = element('canvas', {width: step, height: step});
  const pen = tile.getContext('2d');
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const shift of [-step, 0, step]) {
    pen.moveTo(shift - 1, step + 1);
    pen.lineTo(shift + step + 1, -1);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}

// Round steps for an axis: 1, 2 or 5 times a power of ten, at most `most` of them.
function niceStep(span, most) {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough * (1 - 1e-9));
}

function niceTicks(from, to, most) {
  if (!(to > from)) return {step: 1, at: [from]};
  const step = niceStep(to - from, most);
  const at = [];
  const first = Math.ceil(from / step);  // maybe so large that one more is the same number
  for (let i = 0; i <= 2 * most + 2 && (first + i) * step <= to; ++i) at.push((first + i) * step);
  return {step, at};
}
