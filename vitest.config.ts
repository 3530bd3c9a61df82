import { defineConfig } from "vitest/config";

// Nothing is retried: a test that passes now and then is a fault, in the code or in the test.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts", "bench/**/*.test.ts"],
    setupFiles: ["tests/drawn.ts"],
    retry: 0,
    maxWorkers: 2,
    // Tests start processes and open sockets of their own: what is left open by one file must not reach the next.
    isolate: true,
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
  },
});
