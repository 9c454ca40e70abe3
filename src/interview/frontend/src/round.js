// The order of one round: a queue into which missed questions come back.

const GAP = 3; // other questions between a miss and its return

export class Round {
  /**
   * @param {string[]} ids questions in the order in which they are asked; at least one
   * @param {boolean} repeatMissed whether a missed question comes again
   */
  constructor(ids, repeatMissed = true) {
    this.repeatMissed = repeatMissed;
    this.entries = ids.map((id) => ({ id, right: null }));
    this.at = 0;
  }

  get current() {
    return this.entries[this.at];
  }

  get isFirst() {
    return this.at === 0;
  }

  /** Note the answer to the current question; a missed one returns later in the round. */
  answer(right) {
    const { id } = this.current;
    this.current.right = right;
    const comesAgain = this.entries.slice(this.at + 1).some((entry) => entry.id === id);
    if (this.repeatMissed && !right && !comesAgain) this.insert(id, this.at + 1 + GAP);
  }

  /** Ask a question next. */
  askNext(id) {
    this.insert(id, this.at + 1);
    this.at += 1;
  }

  insert(id, at) {
    this.entries.splice(at, 0, { id, right: null });
  }

  /** Go one on; false at the end. */
  next() {
    if (this.at + 1 >= this.entries.length) return false;
    this.at += 1;
    return true;
  }

  previous() {
    this.at = Math.max(0, this.at - 1);
  }

  /** Whether each question that was answered was right at the first try: a Map by its id. */
  get firstTries() {
    const first = new Map();
    for (const { id, right } of this.entries) {
      if (right !== null && !first.has(id)) first.set(id, right);
    }
    return first;
  }
}
