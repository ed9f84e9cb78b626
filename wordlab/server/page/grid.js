// Which point is nearest to a place: points sorted into the cells of a grid, once.

const CELLS = 256; // a side; with 400,000 points a cell holds six of them

export class Grid {
  #coordinates;
  #starts = new Uint32Array(CELLS * CELLS + 1);
  #ids;

  // Takes x and y of each point, from -1 to 1.
  constructor(coordinates) {
    this.#coordinates = coordinates;
    const number = coordinates.length / 2;
    const cells = new Uint32Array(number);
    for (let id = 0; id < number; id++) {
      cells[id] = cell(coordinates[2 * id + 1]) * CELLS + cell(coordinates[2 * id]);
      this.#starts[cells[id] + 1]++;
    }
    for (let place = 0; place < CELLS * CELLS; place++) this.#starts[place + 1] += this.#starts[place];
    const next = this.#starts.slice();
    this.#ids = new Uint32Array(number);
    for (let id = 0; id < number; id++) this.#ids[next[cells[id]]++] = id;
  }

  // The id of the point nearest to (x, y), the more frequent of equals; -1 if none is within `radius`.
  nearest(x, y, radius) {
    let best = -1;
    let least = radius * radius;
    for (let row = cell(y - radius); row <= cell(y + radius); row++) {
      for (let place = row * CELLS + cell(x - radius); place <= row * CELLS + cell(x + radius); place++) {
        for (let item = this.#starts[place]; item < this.#starts[place + 1]; item++) {
          const id = this.#ids[item];
          const right = this.#coordinates[2 * id] - x;
          const up = this.#coordinates[2 * id + 1] - y;
          const distance = right * right + up * up;
          if (distance < least || (distance === least && best < 0)) {
            best = id;
            least = distance;
          }
        }
      }
    }
    return best;
  }
}

const cell = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor(((value + 1) / 2) * CELLS)));
