/** What the documents point to exists. A page that names a file which has moved sends its reader away. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["docs", "src", "tests", "bench"];

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  ),
];

test("there are documents to look at", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "CHANGELOG.md", join("src", "README.md"), join("docs", "tour.md")]));
});

test.each(pages)("every link and every path of the project in %s leads somewhere", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, target = ""]) => join(dirname(page), target));
  const paths = [...text.matchAll(/`((?:src|tests|docs|scripts|bench|bin|schema)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  expect([...links, ...paths].filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
});
