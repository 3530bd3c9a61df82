import { expect, test } from "vitest";
import { paintFor } from "./palette.ts";

test("there is colour on a terminal only, and not where NO_COLOR is set", () => {
  const painted = (isTerminal: boolean, noColor?: string): string => paintFor({ isTerminal, noColor })("red", "text");
  expect(painted(true)).toBe("\u001b[31mtext\u001b[39m");
  expect(painted(true, "")).toBe("\u001b[31mtext\u001b[39m");
  expect(painted(true, "1")).toBe("text");
  expect(painted(false)).toBe("text");
});
