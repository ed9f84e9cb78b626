// Words over a map, on a canvas of their own: first those that are lit, then the most frequent ones in sight,
// as many as fit without touching each other. Zooming in makes room for rarer ones.

import { visible } from "./dom.js";

const AREA = 6000; // square pixels of the map for a label
const MOST_TRIED = 4000; // points in sight that may ask for a label, of the most frequent
const LONGEST = 28; // characters
const GAP = [14, 5]; // pixels beside a label and above it that stay free
const ABOVE = [[0, -1]];
const SIDES = [[0, -1], [0, 1], [1, 0], [-1, 0]];
const FONT = "system-ui, sans-serif";

export class Labels {
  #canvas;
  #context;
  #widths = new Map();

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
  }

  // Draws the words of `map` as `view` shows them. `lit` is {words, neighbours, hovered}, ids in `map`; no label
  // touches the boxes `reserved`.
  draw(map, view, lit, colours, reserved) {
    const context = this.#context;
    const ratio = this.#canvas.width / view.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const taken = [...reserved];
    const strong = [lit.hovered, ...lit.words].filter((id) => id >= 0);
    for (const id of lit.neighbours) this.#dot(map, view, id, 3.5, colours.accent, colours.paper);
    for (const id of strong) this.#dot(map, view, id, 5, colours.accent, colours.paper);
    for (const id of [...strong, ...lit.neighbours]) {
      const [x, y] = view.toScreen(map.coordinates[2 * id], map.coordinates[2 * id + 1]);
      taken.push([x - 5, y - 5, x + 5, y + 5]);
    }
    const style = { colour: colours.accent, paper: colours.paper, gap: [2, 0] };
    for (const id of strong) this.#label(map, view, id, taken, { ...style, weight: 650, always: true });
    for (const id of lit.neighbours) this.#label(map, view, id, taken, { ...style, weight: 500, sides: SIDES });
    const colour = lit.words.length ? colours.muted : colours.ink;
    this.#frequent(map, view, taken, { ...style, colour, gap: GAP, weight: 400 });
  }

  #frequent(map, view, taken, style) {
    const { coordinates } = map;
    const most = Math.floor((view.width * view.height) / AREA);
    const [left, top] = view.toPlane(0, 0);
    const [right, bottom] = view.toPlane(view.width, view.height);
    let tried = 0;
    for (let id = 0; id < map.words.length && taken.length < most && tried < MOST_TRIED; id++) {
      const x = coordinates[2 * id];
      const y = coordinates[2 * id + 1];
      if (x < left || x > right || y < bottom || y > top) continue;
      tried++;
      this.#label(map, view, id, taken, style);
    }
  }

  // Writes the word beside its point, at the first of the `sides` where it touches nothing; else not at all, or,
  // if `always`, above it.
  #label(map, view, id, taken, { colour, paper, weight, gap, sides = ABOVE, always = false }) {
    const [x, y] = view.toScreen(map.coordinates[2 * id], map.coordinates[2 * id + 1]);
    const size = Math.max(11.5, 15 - Math.log10(id + 1));
    const text = shortened(map.words[id], Math.min(LONGEST, view.width / 9));
    const width = this.#width(text, size, weight);
    const boxAt = ([right, down]) => {
      const middle = [x + right * (width / 2 + 8), y + down * (size / 2 + 7)];
      return [middle[0] - width / 2 - gap[0], middle[1] - size / 2 - gap[1], middle[0] + width / 2 + gap[0], middle[1] + size / 2 + gap[1]];
    };
    const fits = (box) => box[0] >= 0 && box[2] <= view.width && box[1] >= 0 && box[3] <= view.height
      && !taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
    const box = sides.map(boxAt).find(fits) ?? (always ? within(boxAt(sides[0]), view) : null);
    if (box === null) return;
    taken.push(box);
    const context = this.#context;
    context.font = `${weight} ${size}px ${FONT}`;
    context.strokeStyle = paper;
    context.lineWidth = 3.5;
    context.strokeText(text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
    context.fillStyle = colour;
    context.fillText(text, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
  }

  #dot(map, view, id, radius, colour, paper) {
    const [x, y] = view.toScreen(map.coordinates[2 * id], map.coordinates[2 * id + 1]);
    const context = this.#context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.strokeStyle = paper;
    context.lineWidth = 3;
    context.stroke();
    context.fill();
  }

  #width(text, size, weight) {
    const key = `${weight} ${size.toFixed(1)} ${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.#context.font = `${weight} ${size}px ${FONT}`;
      width = this.#context.measureText(text).width;
      if (this.#widths.size > 50_000) this.#widths.clear();
      this.#widths.set(key, width);
    }
    return width;
  }
}

// The box moved into sight from the left or right.
function within([left, top, right, bottom], view) {
  const shift = Math.max(0, -left) - Math.max(0, right - view.width);
  const inSight = right > 0 && left < view.width;
  return inSight ? [left + shift, top, right + shift, bottom] : [left, top, right, bottom];
}

function shortened(word, most) {
  if (word.length <= most) return visible(word);
  return `${visible([...word].slice(0, most - 1).join(""))}\u2026`;
}
