import fc from "fast-check";
import { expect, test } from "vitest";
import { splitObjects } from "./json-objects.ts";

const blank = fc.constantFrom("", " ", "\n", "\r\n\t");

test("however many objects stand in a frame, with whatever texts in them, each is found whole and nothing is left over", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));
  const nasty = fc.constantFrom('{"a":"}{"}', '{"a":"\\""}', '{"a":"\\\\"}', '{"}":{"{":[{}]}}', '{"a":"\\\\\\"}"}');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(object, nasty), blank), { maxLength: 6 }), (parts) => {
      const { objects, rest } = splitObjects(parts.map(([text, gap]) => text + gap).join(""));
      expect(objects).toEqual(parts.map(([text]) => text));
      expect(rest).toEqual([]);
    }),
  );
});

test("garbage around objects is told and loses none of them", () => {
  const garbage = fc.stringMatching(/^[^{}"\\]*$/);
  fc.assert(
    fc.property(garbage, garbage, garbage, (before, between, after) => {
      const { objects, rest } = splitObjects(`${before}{"a":1}${between}{"b":"}"}${after}`);
      expect(objects).toEqual(['{"a":1}', '{"b":"}"}']);
      expect(rest).toEqual([before, between, after].map((text) => text.trim()).filter((text) => text !== ""));
    }),
  );
});

test("no text at all makes it throw, and no character is lost but blanks", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", '"', "\\", "a", " ") }), (frame) => {
      const { objects, rest } = splitObjects(frame);
      expect([...objects, ...rest].join("").replaceAll(" ", "")).toHaveLength(frame.replaceAll(" ", "").length);
    }),
  );
});

test("an object that was cut off is left over, and what came before it is kept", () => {
  expect(splitObjects('{"a":1}{"b":{"c":2}')).toEqual({ objects: ['{"a":1}'], rest: ['{"b":{"c":2}'] });
});
