/** The simulator's admin side (docs/simulator.md), as tests use it. */
export interface Admin {
  /** A command, e.g. `act("fault", { … })`. Fails when it is refused. */
  act(command: string, body: object): Promise<unknown>;
  /** What a view shows, e.g. `view("books?clientId=1000000002")`. */
  view(path: string): Promise<unknown>;
}
