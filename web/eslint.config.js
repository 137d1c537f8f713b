import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** Forbids imports by where they point, `@/room/…` and `../room/…` alike. */
const notFrom = (rooms, message) => ({
  "no-restricted-imports": [
    "error",
    { patterns: rooms.map((room) => ({ regex: `^(@|(\\.\\./)+)/?${room}(/|$)`, message })) },
  ],
});

export default tseslint.config(
  { ignores: ["dist", "test-results", "playwright-report", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", { max: 250 }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-misused-spread": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "HTML of others is shown by the one reviewed component.",
        },
        { selector: "ExportAllDeclaration", message: "No barrel files: import from where it is." },
      ],
    },
  },
  {
    files: ["src/ui/**"],
    rules: notFrom(
      ["features", "routes", "pickers", "api", "lib"],
      "Primitives know nothing of ours.",
    ),
  },
  {
    files: ["src/lib/**"],
    rules: notFrom(["features", "routes", "pickers", "api", "ui"], "lib knows no rooms above it."),
  },
  {
    files: ["src/api/**"],
    rules: notFrom(["features", "routes", "pickers", "ui"], "api knows nothing of the screen."),
  },
  {
    files: ["src/pickers/**"],
    rules: notFrom(["features", "routes"], "Pickers know nothing of where they are used."),
  },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: notFrom(
      [
        "routes",
        ...features.filter((other) => other !== feature).flatMap((o) => [`features/${o}`, o]),
      ],
      "Features share through api, ui or lib.",
    ),
  })),
  {
    files: ["e2e/**", "bench/**"],
    // Playwright's fixtures say by an empty pattern what they need, and their `use` is no hook.
    rules: { "no-empty-pattern": "off", "react-hooks/rules-of-hooks": "off" },
  },
  { files: ["public/**"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["public/**"],
    languageOptions: { globals: { document: "readonly", localStorage: "readonly" } },
  },
  { files: ["*.js"], ...tseslint.configs.disableTypeChecked },
  { files: ["*.js"], languageOptions: { globals: { URL: "readonly" } } },
);
