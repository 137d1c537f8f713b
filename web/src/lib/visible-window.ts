/**
 * Tells style sheets how much of the window the keyboard of a phone covers, where the browser lays
 * it upon the page: what is fixed to the foot would stand below it. Zooming is no keyboard.
 */
export function followVisibleWindow(): void {
  const view = window.visualViewport;
  if (!view) return;
  const { style } = document.documentElement;
  const follow = (): void => {
    const top = view.scale === 1 ? view.offsetTop : 0;
    const bottom = view.scale === 1 ? innerHeight - view.height - view.offsetTop : 0;
    style.setProperty("--covered-top", `${Math.max(0, Math.round(top))}px`);
    style.setProperty("--covered-bottom", `${Math.max(0, Math.round(bottom))}px`);
  };
  view.addEventListener("resize", follow);
  view.addEventListener("scroll", follow);
}
