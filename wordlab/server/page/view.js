// Which part of the plane a map shows: the point in its middle, and how many pixels a unit takes.

const MARGIN = 0.92; // of the shorter side that a whole map fills
export const CLOSEST = 4000;

export class View {
  x = 0;
  y = 0;
  zoom = 1;
  width = 1;
  height = 1;

  // Pixels that a unit of the plane takes; the whole map is two units wide.
  get unit() {
    return (this.zoom * MARGIN * Math.min(this.width, this.height)) / 2;
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.unit, this.height / 2 - (y - this.y) * this.unit];
  }

  toPlane(left, top) {
    return [this.x + (left - this.width / 2) / this.unit, this.y - (top - this.height / 2) / this.unit];
  }

  // Zooms by `factor`, so that what is under (left, top) stays there.
  zoomAt(left, top, factor) {
    const [x, y] = this.toPlane(left, top);
    this.zoom = Math.max(0.5, Math.min(CLOSEST, this.zoom * factor));
    const [now, above] = this.toPlane(left, top);
    this.move(x - now, y - above);
  }

  move(right, up) {
    this.x = Math.max(-1, Math.min(1, this.x + right));
    this.y = Math.max(-1, Math.min(1, this.y + up));
  }

  toString() {
    const digits = Math.max(2, Math.ceil(Math.log10(this.zoom)) + 3);
    return [this.x.toFixed(digits), this.y.toFixed(digits), this.zoom.toPrecision(4)].join(",");
  }

  // Shows what `text`, which toString gave, says; anything else shows all.
  read(text) {
    const [x, y, zoom] = text.split(",").map(Number);
    const fits = Math.abs(x) <= 1 && Math.abs(y) <= 1 && zoom >= 0.5 && zoom <= CLOSEST;
    Object.assign(this, fits ? { x, y, zoom } : { x: 0, y: 0, zoom: 1 });
  }
}
