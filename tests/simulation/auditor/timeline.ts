/** A number over time, that can be asked for what it was in a stretch of it. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

export class Timeline {
  readonly #points: Point[] = [];
  readonly #first: number;

  constructor(first = 0) {
    this.#first = first;
  }

  get now(): number {
    return this.#points.at(-1)?.value ?? this.#first;
  }

  get isEmpty(): boolean {
    return this.#points.length === 0;
  }

  set(at: number, value: number): void {
    this.#points.push({ at, value });
  }

  /** The value that held at a moment. */
  at(moment: number): number {
    return this.#points.findLast((point) => point.at <= moment)?.value ?? this.#first;
  }

  /** When the value first was this much. */
  reached(value: number): number | undefined {
    return this.#points.find((point) => point.value >= value)?.at;
  }

  /** Every value that held at some moment from `from` to `to`, with when it began. */
  within(from: number, to: number): readonly Point[] {
    return [{ at: from, value: this.at(from) }, ...this.#points.filter((point) => point.at > from && point.at <= to)];
  }
}

export class Timelines {
  readonly #byKey = new Map<string, Timeline>();

  of(key: string): Timeline {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const fresh = new Timeline();
    this.#byKey.set(key, fresh);
    return fresh;
  }

  add(key: string, at: number, change: number): void {
    const line = this.of(key);
    line.set(at, line.now + change);
  }

  entries(): Iterable<readonly [string, Timeline]> {
    return this.#byKey.entries();
  }
}
