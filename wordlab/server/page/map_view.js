// The map of one set: points, labels, and what a pointer and keys do to them.

import { count, el, visible } from "./dom.js";
import { Grid } from "./grid.js";
import { Labels } from "./labels.js";
import { Scatter } from "./scatter.js";
import { View } from "./view.js";

const REACH = 14; // pixels within which a point is meant
const FLIGHT = 450; // milliseconds
const SLOW = 40; // milliseconds of a frame in motion, beyond which fewer points are drawn until it rests
const STEP = 60; // pixels that an arrow key moves
const KEYS = { "+": 1.6, "=": 1.6, "-": 1 / 1.6 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class MapView {
  #map = null;
  #view = new View();
  #lit = { words: [], neighbours: [], hovered: -1 };
  #number = Infinity;
  #moving = 0;
  #waiting = false;
  #flight = 0;
  #pointers = new Map();
  #colours = null;

  // `on` hears: choose(word), hover(word or null), move(text of the view).
  constructor(number, on) {
    this.on = on;
    this.points = el("canvas", { "aria-hidden": "true" });
    this.words = el("canvas", {
      class: "over", tabindex: "0", role: "application", "aria-roledescription": "map",
      "aria-label": "Map of words. Plus and minus zoom, arrow keys move, 0 shows all. The lists say what it shows.",
    });
    this.title = el("h2", { class: "title" });
    this.notice = el("div", { class: "notice", role: "status" });
    const button = (text, label, work) => el("button", { type: "button", "aria-label": label, title: label, onclick: work }, text);
    this.element = el("div", { class: `map set${number}` }, this.points, this.words, this.title, this.notice,
      el("div", { class: "zoom" },
        button("+", "Zoom in", () => this.#zoom(KEYS["+"])),
        button("\u2212", "Zoom out", () => this.#zoom(KEYS["-"])),
        button("\u2922", "Show all words", () => this.all())));
    this.labels = new Labels(this.words);
    this.scatter = new Scatter(this.points, () => this.refresh());
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(this.element);
  }

  // The view as text, for the address.
  get text() {
    return this.#view.toString();
  }

  // Shows `map`, {words, counts, coordinates}, or nothing yet; `view` is the text of a view.
  show(name, map, view) {
    this.#map = map;
    this.#lit = { words: [], neighbours: [], hovered: -1 };
    this.#view.read(view);
    this.title.replaceChildren(el("bdi", {}, name));
    if (map !== null) {
      map.ids ??= new Map(map.words.map((word, id) => [word, id]));
      map.grid ??= new Grid(map.coordinates);
      this.title.append(el("span", {}, `${count(map.words.length)} words, ${map.method.toUpperCase()}`));
      this.notice.replaceChildren();
    }
    this.scatter.load(map === null ? new Float32Array() : map.coordinates);
    this.#number = Infinity;
    this.refresh();
  }

  // Lights `words` and, more quietly, `neighbours`; with `fly` it goes there.
  light(words, neighbours, fly) {
    if (this.#map === null) return;
    const ids = (list) => list.map((word) => this.#map.ids.get(word)).filter((id) => id !== undefined);
    this.#lit.words = ids(words);
    this.#lit.neighbours = ids(neighbours);
    if (fly && this.#lit.words.length) this.#fly(this.#around([...this.#lit.words, ...this.#lit.neighbours]));
    this.refresh();
  }

  // Lights a word that the pointer is on here or in the other map.
  hover(word) {
    const id = word === null ? -1 : this.#map?.ids.get(word) ?? -1;
    if (id === this.#lit.hovered) return;
    this.#lit.hovered = id;
    this.refresh();
  }

  look(view) {
    if (view !== this.#view.toString()) {
      this.#view.read(view);
      this.refresh();
    }
  }

  all() {
    this.#fly({ x: 0, y: 0, zoom: 1 });
  }

  refresh() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame((now) => {
      this.#waiting = false;
      this.draw(now);
    });
  }

  // Draws a frame. In motion slow machines draw the most frequent words only, and the rest once it rests.
  draw(now = performance.now()) {
    const motion = now - this.#moving < 150;
    const colours = (this.#colours ??= this.#readColours());
    const total = this.#map === null ? 0 : this.#map.words.length;
    const size = pointSize(total, this.#view) * devicePixelRatio;
    const dim = this.#lit.words.length ? 0.45 : 1;
    const alpha = Math.min(0.85, Math.max(0.16, 14 / Math.sqrt(total + 1) * Math.sqrt(this.#view.zoom) + 0.2)) * dim;
    const number = motion ? Math.max(20_000, Math.min(total, this.#number)) : total;
    this.scatter.draw(this.#view, { colour: [...colours.points, alpha], size, number });
    if (this.#map !== null) this.labels.draw(this.#map, this.#view, this.#lit, colours.text);
    else this.words.getContext("2d").clearRect(0, 0, this.words.width, this.words.height);
    if (motion) {
      if (this.last && now - this.last > SLOW && now - this.last < 400) this.#number = Math.min(number, total) / 1.5;
      this.last = now;
      setTimeout(() => this.refresh(), 160);
    } else {
      this.last = 0;
    }
  }

  // Takes over the page's colours, which may have changed from light to dark.
  restyle() {
    this.#colours = null;
    this.refresh();
  }

  #readColours() {
    const probe = el("span");
    this.element.append(probe);
    const text = {};
    for (const name of ["accent", "ink", "muted", "paper"]) {
      probe.style.color = `var(--${name})`;
      text[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return { text, points: numbers(text.accent) };
  }

  #resize() {
    const { width, height } = this.element.getBoundingClientRect();
    if (!width || !height) return;
    for (const canvas of [this.points, this.words]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    Object.assign(this.#view, { width, height });
    this.#waiting = false;
    this.draw();
  }

  #around(ids) {
    const { coordinates } = this.#map;
    const distances = ids.map((id) =>
      Math.max(Math.abs(coordinates[2 * id] - coordinates[2 * ids[0]]), Math.abs(coordinates[2 * id + 1] - coordinates[2 * ids[0] + 1])));
    const reach = distances.sort((one, other) => one - other)[Math.floor((distances.length - 1) * 0.8)];
    const zoom = Math.max(1, Math.min(60, 0.7 / (reach + 1e-6)));
    return { x: coordinates[2 * ids[0]], y: coordinates[2 * ids[0] + 1], zoom };
  }

  #fly(target) {
    const { x, y, zoom } = this.#view;
    const started = performance.now();
    const flight = ++this.#flight;
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = (now) => {
      if (flight !== this.#flight) return;
      const part = quiet ? 1 : Math.min(1, Math.max(0, (now - started) / FLIGHT));
      const eased = part * part * (3 - 2 * part);
      this.#view.zoom = zoom * (target.zoom / zoom) ** eased;
      // the middle keeps pace with what is seen of the plane, not with the clock
      const gone = target.zoom === zoom ? eased : (1 - zoom / this.#view.zoom) / (1 - zoom / target.zoom);
      this.#view.x = x + (target.x - x) * gone;
      this.#view.y = y + (target.y - y) * gone;
      this.#moved(now);
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #zoom(factor) {
    const { x, y, zoom } = this.#view;
    this.#fly({ x, y, zoom: Math.max(0.5, Math.min(4000, zoom * factor)) });
  }

  #moved(now = performance.now()) {
    this.#moving = now;
    this.on.move(this.#view.toString());
    this.refresh();
  }

  #find(event) {
    if (this.#map === null) return -1;
    const [left, top] = place(event, this.words);
    const [x, y] = this.#view.toPlane(left, top);
    return this.#map.grid.nearest(x, y, REACH / this.#view.unit);
  }

  #listen() {
    const canvas = this.words;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#flight++;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      this.#view.zoomAt(...place(event, canvas), Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)));
      this.#moved();
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#flight++;
      this.#pointers.set(event.pointerId, place(event, canvas));
      if (this.#pointers.size === 1) this.start = place(event, canvas);
    });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => {
        const alone = this.#pointers.size === 1;
        this.#pointers.delete(event.pointerId);
        if (!alone || name === "pointercancel" || this.start === null) return;
        const id = this.#find(event);
        if (id >= 0) this.on.choose(this.#map.words[id]);
      });
    }
    canvas.addEventListener("pointerleave", () => this.on.hover(null));
    canvas.addEventListener("keydown", (event) => this.#press(event));
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    const now = place(event, this.words);
    if (before === undefined) {
      const id = this.#find(event);
      this.words.style.cursor = id < 0 ? "" : "pointer";
      this.on.hover(id < 0 ? null : this.#map.words[id]);
      return;
    }
    if (this.start !== null && Math.hypot(now[0] - this.start[0], now[1] - this.start[1]) < 4) return;
    this.start = null; // a drag, and no click
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, each]) => each);
    if (others.length) {
      const [other] = others;
      const spread = (each) => Math.max(10, Math.hypot(each[0] - other[0], each[1] - other[1]));
      this.#view.zoomAt((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, spread(now) / spread(before));
    }
    const part = 1 / (1 + others.length);
    this.#view.move((-part * (now[0] - before[0])) / this.#view.unit, (part * (now[1] - before[1])) / this.#view.unit);
    this.#pointers.set(event.pointerId, now);
    this.#moved();
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in KEYS) this.#zoom(KEYS[event.key]);
    else if (event.key === "0") this.all();
    else if (event.key in ARROWS) {
      const [right, up] = ARROWS[event.key];
      this.#view.move((right * STEP) / this.#view.unit, (up * STEP) / this.#view.unit);
      this.#moved();
    } else return;
    event.preventDefault();
  }

  // Says how far a map is that is being made, or why there is none.
  say(text, part = null) {
    const line = el("p", {}, visible(text));
    this.notice.replaceChildren(line, part === null ? "" : el("progress", { max: "1", value: String(part), "aria-label": text }));
  }
}

// Pixels of a rare word's point: small where there are many, larger as one comes closer.
function pointSize(number, view) {
  const alone = Math.sqrt((view.width * view.height) / (number + 1));
  return Math.max(0.9, Math.min(5, 0.55 * alone * Math.sqrt(view.zoom)));
}

function place(event, canvas) {
  const { left, top } = canvas.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

// Red, green and blue of a computed colour, from 0 to 1.
function numbers(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map((value) => Number(value) / 255);
}
