// Where styles are made in the browser, as for dialogs, this is what they look for; the policy of
// the page lets no others in.
globalThis.__webpack_nonce__ = document.currentScript?.nonce;

// Runs before the first paint, so that a chosen theme does not flash.
try {
  const theme = localStorage.getItem("looplane.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the theme is that of the system.
}
