// Lanes with more operations than there is room for bars: painted pixel by pixel into an image.
// The shapes are those of the bars: ok is a full bar, fail its lower half, info is striped, and
// what never ended is a line in the middle. Where they fall on one pixel, each still shows.

class Raster {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.context = this.canvas.getContext('2d', {willReadFrequently: true});
    this.image = null;
    this.theme = null;
  }

  resize(width, height) {
    if (this.image && this.image.width === width && this.image.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.columns = new Uint8Array(width);
    this.lines = [0, 1, 2].map(() => new Uint32Array(width));  // upper, middle, lower
  }

  // By a pixel's mask and whether it is odd: the colour of upper, middle and lower line.
  colours(theme) {
    if (this.theme === theme) return;
    this.theme = theme;
    const [ok, fail, info] = [packed(theme.ok), packed(theme.fail), packed(theme.info)];
    this.table = [0, 1, 2].map(() => new Uint32Array(32));
    for (let mask = 0; mask < 16; ++mask) {
      for (let odd = 0; odd < 2; ++odd) {
        const striped = mask & 4 && (odd || !(mask & 3)) ? (odd ? info : 0) : 0;
        const upper = striped || (mask & 1 ? ok : 0);
        const lower = mask & 2 ? fail : upper;
        const middle = upper || lower || (mask & 8 ? info : 0);
        [upper, middle, lower].forEach((c, line) => { this.table[line][mask * 2 + odd] = c; });
      }
    }
  }

  // Lanes first..last of `height` pixels each, the first one at y.
  draw(lanes, {first, last, y, height, bar, from, perPixel, width, tall}, theme) {
    this.resize(width, tall);
    this.colours(theme);
    this.pixels.fill(0);
    for (let lane = first; lane < last; ++lane) {
      this.columns.fill(0);
      lanes.mark(this.columns, lane, from, perPixel);
      this.compose();
      this.copy(Math.round(y + (lane - first) * height), bar, tall);
    }
    this.context.putImageData(this.image, 0, 0);
    return this.canvas;
  }

  compose() {
    const {columns, lines, table} = this;
    for (let x = 0; x < columns.length; ++x) {
      if (columns[x] === 0) {
        lines[0][x] = lines[1][x] = lines[2][x] = 0;
        continue;
      }
      const entry = columns[x] * 2 + ((x >> 1) & 1);
      lines[0][x] = table[0][entry];
      lines[1][x] = table[1][entry];
      lines[2][x] = table[2][entry];
    }
  }

  copy(y, bar, tall) {
    const half = bar >> 1;
    for (let row = 0; row < bar; ++row) {
      const line = row < half ? 0 : row === half ? 1 : 2;
      const at = y + row;
      if (at >= 0 && at < tall) this.pixels.set(this.lines[line], at * this.columns.length);
    }
  }
}
