/** Assertions stay on in production: a broken promise halts, it does not trade on. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BrokenPromise(message);
}

/** For the `default` of a switch over a union: the compiler lists every place where a new member must be thought about. */
export function unreachable(value: never): never {
  throw new BrokenPromise(`a case nobody thought of: ${JSON.stringify(value)}`);
}

/** A bug in Lockstep, not a fault of the world outside. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}
