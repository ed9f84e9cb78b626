// A question without an answer: what happened, by its code, and one line that says so.

export class Failure extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}
