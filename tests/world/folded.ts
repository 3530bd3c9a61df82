/** I8: the fold of the journal is what the process has in memory, whatever of that lies on its shelf. */
import { expect } from "vitest";
import { emptyBook } from "../../src/domain/book/book.ts";
import { fold } from "../../src/engine/recorder.ts";
import { differenceOf } from "../simulation/world/difference.ts";
import type { World } from "./world.ts";

export function expectFoldOf({ book, disk }: Pick<World, "book" | "disk">): void {
  const again = emptyBook();
  fold(again, disk.reader());
  expect(differenceOf(again, book, "the book")).toBeUndefined();
}
