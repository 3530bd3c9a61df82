import { expect, test } from "vitest";
import { castOf, clientIdOf } from "./cast.ts";

test("each token is known to be its owner's, which the copier looks at before it begins", () => {
  const { leader, followers } = castOf(12);
  const people = [leader, ...followers];
  expect(people.map(({ token }) => clientIdOf(token))).toEqual(people.map(({ clientId }) => clientId));
  expect([clientIdOf("another's"), clientIdOf(undefined)]).toEqual([undefined, undefined]);
});
