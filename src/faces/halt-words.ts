/** What a halt or a resume is over, in the names of the configuration. */
import { unreachable } from "../domain/assert.ts";
import type { HaltScope } from "../domain/halt/halt.ts";
import type { ClientId } from "../domain/identity.ts";

export function scopeWords(over: HaltScope, nameOf: (client: ClientId) => string): string {
  switch (over.of) {
    case "all":
      return "all copies";
    case "account":
      return `all copies of or into ${nameOf(over.account)}`;
    case "follower":
      return `all copies into ${nameOf(over.follower)}`;
    case "copy":
      return `the copy of ${nameOf(over.leader)} into ${nameOf(over.follower)}`;
    default:
      return unreachable(over);
  }
}
