// The API's reader: the served contract, with a key of the reader's own to try it.
const CONTRACT = "/api/v2/openapi.json";
const KEPT = "looplane.reader.key";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

/** The contract without what the inbox alone calls, which takes no key. */
async function forKeys() {
  const contract = await (await fetch(CONTRACT)).json();
  const paths = Object.entries(contract.paths).filter(([, path]) => !path.servers);
  return { ...contract, paths: Object.fromEntries(paths) };
}

/** The key is kept for as long as the tab is open, and goes nowhere else. */
const rememberKey = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (authorize) => (given) => {
          sessionStorage.setItem(KEPT, given.Authorization.value);
          return authorize(given);
        },
        logout: (logout) => (names) => {
          sessionStorage.removeItem(KEPT);
          return logout(names);
        },
      },
    },
  },
});

const reader = SwaggerUIBundle({
  spec: await forKeys(),
  dom_id: "#reader",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
  plugins: [rememberKey],
  onComplete: () => {
    const key = sessionStorage.getItem(KEPT);
    if (key) reader.preauthorizeApiKey("Authorization", key);
  },
});
