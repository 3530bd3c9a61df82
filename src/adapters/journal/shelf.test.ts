import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BrokenPromise } from "../../domain/assert.ts";
import type { Kept } from "../../domain/book/shelf.ts";
import { FileShelf, openShelf } from "./shelf.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-shelf-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, "lockstep.db-shelf");
const SOME = Buffer.from("what is over");

function opened(): FileShelf {
  const shelf = openShelf(path());
  if (shelf instanceof Error) throw shelf;
  return shelf;
}

function laid(shelf: FileShelf, bytes: Uint8Array): Kept {
  const kept = shelf.put(bytes);
  if (kept === undefined) throw new Error("it has no room");
  return kept;
}

/** So much that the rest of it must be in the file. */
function fill(shelf: FileShelf): readonly Kept[] {
  return Array.from({ length: 40 }, (_, index) => laid(shelf, Buffer.alloc(3_000, index)));
}

test("whatever is put there is there, however much came after it", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30_000, size: "max" }), { maxLength: 20 }), fc.nat({ max: 20 }), (all, clearedAfter) => {
      const shelf = opened();
      let lying: { readonly bytes: Uint8Array; readonly kept: Kept }[] = [];
      for (const [index, bytes] of all.entries()) {
        if (index === clearedAfter) {
          shelf.clear();
          lying = [];
        }
        lying.push({ bytes, kept: laid(shelf, bytes) });
        for (const { bytes: one, kept } of lying) expect(Buffer.compare(kept.read(), one)).toBe(0);
      }
      shelf.close();
    }),
    { numRuns: 50 },
  );
});

test("no one else finds the file, and nothing is left of it at the end", () => {
  const shelf = opened();
  fill(shelf);
  if (process.platform === "linux") expect(readdirSync(folder)).toEqual([]);
  shelf.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("it is its owner's alone, and what a process before this one has left is not taken for his own", () => {
  writeFileSync(path(), "left by another", { mode: 0o644 });
  const file = openSync(path(), "r");
  const shelf = opened();
  fill(shelf);
  expect(readFileSync(file, "utf8")).toBe("left by another");
  closeSync(file);
  shelf.close();
  const visible = new FileShelf(openSync(path(), "wx+", 0o600), path());
  if (process.platform !== "win32") expect(statSync(path()).mode & 0o777).toBe(0o600);
  visible.close();
});

test("where no file can be made there is none", () => {
  expect(openShelf(join(folder, "not-there", "shelf"))).toMatchObject({ code: "ENOENT" });
});

describe("where the disk takes nothing", () => {
  // Written to, it says that there is no room; as a file that may only be read says that it may not.
  const refusing = (): FileShelf => {
    writeFileSync(path(), "");
    return new FileShelf(openSync(path(), "r"), path());
  };

  test("what has no room is not taken, and what was taken is there", () => {
    const shelf = refusing();
    const taken: { readonly kept: Kept; readonly value: number }[] = [];
    let refused = 0;
    for (let value = 0; value < 100; value += 1) {
      const kept = shelf.put(Buffer.alloc(3_000, value));
      if (kept === undefined) refused += 1;
      else taken.push({ kept, value });
    }
    expect([taken.length, refused]).toEqual([21, 79]);
    for (const { kept, value } of taken) expect(kept.read()).toEqual(Buffer.alloc(3_000, value));
    shelf.close();
  });

  test("the next day it is tried again", () => {
    const shelf = refusing();
    while (shelf.put(Buffer.alloc(3_000)) !== undefined);
    shelf.clear();
    expect(laid(shelf, SOME).read()).toEqual(SOME);
    shelf.close();
  });
});

test("what is not there as it was written is not taken for what was put there: the process ends, and the next has the journal", () => {
  const shelf = new FileShelf(openSync(path(), "wx+", 0o600), path());
  const [first] = fill(shelf);
  writeFileSync(path(), Buffer.alloc(statSync(path()).size, 0xa5), { flag: "r+" });
  expect(() => first?.read()).toThrow(BrokenPromise);
  writeFileSync(path(), "");
  expect(() => first?.read()).toThrow(BrokenPromise);
  shelf.close();
});

test("a closed one touches no file, whoever has its number by then", () => {
  const shelf = opened();
  const kept = laid(shelf, SOME);
  shelf.close();
  const other = join(folder, "another");
  const file = openSync(other, "wx+");
  writeFileSync(file, "another's");
  shelf.clear();
  expect(shelf.put(SOME)).toBeUndefined();
  expect(() => kept.read()).toThrow(BrokenPromise);
  shelf.close();
  closeSync(file);
  expect(existsSync(other) && readFileSync(other, "utf8")).toBe("another's");
});
