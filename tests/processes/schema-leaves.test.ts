/**
 * No key of the configuration is read and then ignored: for every leaf of the published schema, changing it alone changes what
 * the broker receives, what is refused, or where the program listens and writes. A leaf without a proof fails here.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SchemaLeaf, schemaLeaves } from "../../src/settings/published-schema.ts";
import { type Changes, IN_NO_COPY, PLAIN_COPY, playSession, type Session } from "./leaves/session.ts";
import { SHOWN_BY_RUN, saidOnBadUsage } from "./leaves/shown-by-run.ts";
import { SHOWN_IN_SESSION } from "./leaves/shown-in-session.ts";
import { leavesApart, type Written } from "./leaves/written.ts";

const LIMIT = { timeout: 60_000 };
const PLAIN = "plain";

const leaves = schemaLeaves();
const single = leaves.filter(({ choices }) => choices?.length === 1);
const others = leaves.filter((leaf) => !single.includes(leaf));

/** Names of followers, in a form that a copy's id may have. */
const changedName = (key: string) => key.slice(key.indexOf(".") + 1);
const otherName = (key: string) => `${changedName(key)}-not`;

test("every leaf has its proof, and no proof is about a leaf that is not there", () => {
  expect([...Object.keys(SHOWN_IN_SESSION), ...Object.keys(SHOWN_BY_RUN)].sort()).toEqual(others.map(({ key }) => key).sort());
});

test.each(Object.entries(SHOWN_IN_SESSION))("%s: nothing else is changed for its proof", (key, { copy, account, against, alongside = [] }) => {
  const apart = [
    ...leavesApart(copyOf(copy), copyOf(against?.copy), "copies[]"),
    ...leavesApart({ ...PLAIN_ACCOUNT, ...account }, { ...PLAIN_ACCOUNT, ...against?.account }, "accounts[]"),
  ];
  // Two followers of one file are two accounts by themselves.
  expect(apart.sort()).toEqual(key === "copies[].follower" ? [] : [key, ...alongside].sort());
});

const PLAIN_ACCOUNT = { clientId: "of its own", token: { env: "of its own" } };

function copyOf(copy: Written = {}): Written {
  return { id: "of its own", ...PLAIN_COPY, ...copy };
}

describe("changing it alone changes what the broker receives, or what is refused", () => {
  let session: Session;

  beforeAll(async () => {
    const cast = new Map<string, Changes>([
      [PLAIN, {}],
      [IN_NO_COPY, {}],
    ]);
    for (const [key, row] of Object.entries(SHOWN_IN_SESSION)) {
      cast.set(changedName(key), row);
      if (row.against !== undefined) cast.set(otherName(key), row.against);
    }
    const unheeded = Object.entries(SHOWN_IN_SESSION).filter(([, { isHurried }]) => isHurried === true);
    session = await playSession(cast, new Set(unheeded.map(([key]) => changedName(key))));
  }, LIMIT.timeout);

  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
  });

  test.each(Object.entries(SHOWN_IN_SESSION).map(([key, row]) => ({ key, ...row })))("$key: $shows", async ({ key, against, proof }) => {
    await proof(session.follower(changedName(key)), session.follower(against === undefined ? PLAIN : otherName(key)), session);
  });
});

describe("changing it alone changes where the program listens, writes, asks and looks", () => {
  test.concurrent.each(Object.entries(SHOWN_BY_RUN).map(([key, row]) => ({ key, ...row })))("$key: $shows", LIMIT, ({ proof }) => proof());
});

describe("a leaf with one value so far: any other exits 2, and names the key", () => {
  test.concurrent.each(single)("$key", LIMIT, async ({ key }: SchemaLeaf) => {
    const [scope, ...steps] = key.split(".");
    const wrong = steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), "something-else");
    const changes =
      scope === "copies[]" ? { copy: mapping(wrong) } : scope === "accounts[]" ? { accounts: { arjun: mapping(wrong) } } : { top: { [scope ?? ""]: wrong } };
    expect(await saidOnBadUsage(changes)).toMatch(
      new RegExp(
        `: ${key
          .replace("accounts[]", "accounts[1]")
          .replace("[]", "[0]")
          .replaceAll(/[.[\]]/g, "\\$&")}: `,
      ),
    );
  });
});

function mapping(value: unknown): Written {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
