/**
 * Where an account's access token comes from (design 6: `{ env }` or `{ file }`). It is asked for at every request, so that a
 * token renewed in its file is in use at once: tokens live 24 hours (reference 1.3).
 */
import { readFileSync, statSync } from "node:fs";
import { Secret } from "../system/secret.ts";

export type TokenReference = { readonly env: string } | { readonly file: string };

/** There is no token. The sentence names the variable or the file, never what stands in it. */
export interface NoToken {
  readonly noToken: string;
}

/** The same token is the same object each time: another object is another token. */
export type TokenSource = () => Secret | NoToken;

/** `env` is handed in, because only the program's entry may know the process's own. `what` it is, for the sentences: other secrets are found in the same way. */
export function tokenSource(reference: TokenReference, env: Readonly<Record<string, string | undefined>>, what = "access token"): TokenSource {
  if ("file" in reference) return fromFile(reference.file, what);
  const token = fromVariable(reference.env, env, what);
  return () => token;
}

/** A process's environment does not change under it. */
function fromVariable(name: string, env: Readonly<Record<string, string | undefined>>, what: string): Secret | NoToken {
  const token = env[name]?.trim() ?? "";
  return token === "" ? { noToken: `the environment variable ${name} is not set, and it should hold the ${what}` } : new Secret(token);
}

/** A look at the file's time, size and number costs microseconds; only a file that changed is read again, and one that says the same is no news. */
function fromFile(path: string, what: string): TokenSource {
  let seen = "";
  let token: Secret | NoToken = { noToken: `the ${what} file ${path} has not been read yet` };
  return () => {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const now = `${mtimeMs}:${size}:${ino}`;
      if (now !== seen) {
        const text = readFileSync(path, "utf8").trim();
        if (text === "") token = { noToken: `the ${what} file ${path} is empty` };
        else if (!(token instanceof Secret) || token.open() !== text) token = new Secret(text);
        seen = now;
      }
      return token;
    } catch (error) {
      seen = "";
      token = { noToken: `the ${what} file ${path} can't be read: ${error instanceof Error && "code" in error ? error.code : "unknown"}` };
      return token;
    }
  };
}
