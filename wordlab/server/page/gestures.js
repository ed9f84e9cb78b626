// What a pointer, fingers, a wheel and keys do to a map.

const STEP = 1.6; // times closer by a key
const ARROW = 60; // pixels that an arrow key moves
const CLICK = 4; // pixels within which a pointer may move and yet click
const ZOOMS = { "+": STEP, "=": STEP, "-": 1 / STEP };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Gestures {
  #pointers = new Map(); // where each that is down was last
  #start = null; // where the first went down, until it is a drag

  // Changes `view`, and tells `map`, a MapView, what was meant.
  constructor(canvas, view, map) {
    this.canvas = canvas;
    this.view = view;
    this.map = map;
    canvas.addEventListener("wheel", (event) => this.#turn(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#release(event));
    canvas.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => map.on.hover(null));
    canvas.addEventListener("keydown", (event) => this.#type(event));
  }

  #turn(event) {
    event.preventDefault();
    this.map.stop();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    this.view.zoomAt(...this.#place(event), Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0016))); // Ctrl: a pinch
    this.map.moved();
  }

  #press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.map.stop();
    this.#pointers.set(event.pointerId, this.#place(event));
    this.#start = this.#pointers.size === 1 ? this.#place(event) : null;
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    const now = this.#place(event);
    if (before === undefined) {
      const word = this.map.find(...now);
      this.canvas.style.cursor = word === null ? "" : "pointer";
      this.map.on.hover(word);
      return;
    }
    if (this.#start !== null && apart(now, this.#start) < CLICK) return;
    this.#start = null;
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const spread = Math.max(10, apart(now, other)) / Math.max(10, apart(before, other));
      this.view.zoomAt((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, spread);
    }
    const pixels = this.view.unit * (other === undefined ? 1 : 2); // of two fingers each moves the map by half
    this.view.move((before[0] - now[0]) / pixels, (now[1] - before[1]) / pixels);
    this.#pointers.set(event.pointerId, now);
    this.map.moved();
  }

  #release(event) {
    this.#pointers.delete(event.pointerId);
    if (this.#start === null) return;
    this.#start = null;
    const word = this.map.find(...this.#place(event));
    if (word !== null) this.map.on.choose(word);
  }

  #type(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ZOOMS) this.map.zoom(ZOOMS[event.key]);
    else if (event.key === "0") this.map.all();
    else if (event.key in ARROWS) {
      const [right, up] = ARROWS[event.key];
      this.map.stop();
      this.view.move((right * ARROW) / this.view.unit, (up * ARROW) / this.view.unit);
      this.map.moved();
    } else return;
    event.preventDefault();
  }

  #place(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
}

const apart = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);
