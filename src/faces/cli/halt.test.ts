import { expect, test } from "vitest";
import { haltCommand } from "./halt.ts";

test.each(["copy", "account"])("two names after --%s are refused: the last alone would be halted, and the other trade on", async (option) => {
  const halted: unknown[] = [];
  const command = haltCommand(async (options) => void halted.push(options))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const halt = (...names: readonly string[]) =>
    command.parseAsync(
      names.flatMap((name) => [`--${option}`, name]),
      { from: "user" },
    );
  await expect(halt("meera-arjun", "meera-kabir")).rejects.toThrow("One name at a time: there was meera-arjun before it");
  expect(halted).toEqual([]);
});

test("one name is taken", async () => {
  const halted: unknown[] = [];
  await haltCommand(async (options) => void halted.push(options)).parseAsync(["--copy", "meera-arjun"], { from: "user" });
  expect(halted).toMatchObject([{ copy: "meera-arjun" }]);
});
