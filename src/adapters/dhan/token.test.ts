import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../system/secret.ts";
import { tokenSource } from "./token.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "token-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function opened(token: ReturnType<ReturnType<typeof tokenSource>>): string {
  return token instanceof Secret ? token.open() : `no token: ${token.noToken}`;
}

test("a token comes from the environment variable that is named", () => {
  expect(opened(tokenSource({ env: "MEERA_TOKEN" }, { MEERA_TOKEN: " abc \n" })())).toBe("abc");
});

test.each([{}, { MEERA_TOKEN: "  " }])("a missing variable is told by its name: %j", (env) => {
  expect(opened(tokenSource({ env: "MEERA_TOKEN" }, env)())).toMatch(/no token: the environment variable MEERA_TOKEN is not set/);
});

test("a token that is renewed in its file is in use at the next request", () => {
  const path = join(folder(), "meera");
  writeFileSync(path, "first\n");
  const source = tokenSource({ file: path }, {});
  expect(opened(source())).toBe("first");
  writeFileSync(`${path}.new`, "other\n");
  renameSync(`${path}.new`, path);
  expect(opened(source())).toBe("other");
  writeFileSync(path, "third\n");
  utimesSync(path, new Date(0), new Date(0));
  expect(opened(source())).toBe("third");
});

test("a token file that is gone, or empty, is told by its path and by nothing of its content", () => {
  const path = join(folder(), "meera");
  const source = tokenSource({ file: path }, {});
  expect(opened(source())).toBe(`no token: the access token file ${path} can't be read: ENOENT`);
  writeFileSync(path, " \n");
  expect(opened(source())).toBe(`no token: the access token file ${path} is empty`);
  writeFileSync(path, "abc");
  expect(opened(source())).toBe("abc");
});

test("a token file that is written anew with the same token is no new token", () => {
  const path = join(folder(), "meera");
  writeFileSync(path, "abc");
  const source = tokenSource({ file: path }, {});
  const first = source();
  writeFileSync(path, "abc\n");
  utimesSync(path, new Date(0), new Date(0));
  expect(source()).toBe(first);
});
