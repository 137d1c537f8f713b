const AFTER_MS = 400;
/** For so long after one was shown, the next one comes at once. */
const WARM_MS = 300;
/** Long enough to reach the tooltip itself, which stays while the pointer is on it. */
const LEAVE_MS = 120;

const ownerOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-tooltip]") : null;

/** Tells whose tooltip is to be shown, as pointers and keys go from one thing to the other. */
export function followTooltips(show: (owner: HTMLElement | null) => void): () => void {
  let near: HTMLElement | null = null;
  let isShown = false;
  let hiddenAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const hide = (): void => {
    clearTimeout(timer);
    near = null;
    if (isShown) hiddenAt = performance.now();
    isShown = false;
    show(null);
  };
  const open = (owner: HTMLElement): void => {
    isShown = true;
    show(owner);
  };
  const approach = (owner: HTMLElement, isAtOnce: boolean): void => {
    clearTimeout(timer);
    if (owner === near) return;
    const isWarm = isShown || performance.now() - hiddenAt < WARM_MS;
    if (near) hide();
    near = owner;
    if (isAtOnce || isWarm) open(owner);
    else timer = setTimeout(open, AFTER_MS, owner);
  };
  const leave = (): void => {
    if (!near) return;
    clearTimeout(timer);
    if (isShown) timer = setTimeout(hide, LEAVE_MS);
    else near = null;
  };
  const onPointerOver = ({ target, pointerType }: PointerEvent): void => {
    if (pointerType === "touch") return;
    const owner = ownerOf(target);
    if (owner) approach(owner, false);
    else if (target instanceof Element && target.closest("[data-tooltip-shown]")) {
      clearTimeout(timer);
    } else leave();
  };
  const onFocusIn = ({ target }: FocusEvent): void => {
    const owner = ownerOf(target);
    if (owner && target instanceof Element && target.matches(":focus-visible")) {
      approach(owner, true);
    }
  };
  const onFocusOut = ({ target }: FocusEvent): void => {
    if (near && ownerOf(target) === near && !near.matches(":hover")) hide();
  };
  // A press says that it is known what the button does.
  const onPointerDown = (): void => {
    const pressed = near;
    hide();
    hiddenAt = -Infinity;
    near = pressed;
  };
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (near && key !== "Tab" && key !== "Shift") hide();
  };
  const onScroll = ({ target }: Event): void => {
    if (near && target instanceof Node && target.contains(near)) hide();
  };
  const abort = new AbortController();
  const { signal } = abort;
  document.addEventListener("pointerover", onPointerOver, { signal });
  document.documentElement.addEventListener("pointerleave", leave, { signal });
  document.addEventListener("focusin", onFocusIn, { signal });
  document.addEventListener("focusout", onFocusOut, { signal });
  document.addEventListener("pointerdown", onPointerDown, { signal, capture: true });
  document.addEventListener("keydown", onKeyDown, { signal, capture: true });
  document.addEventListener("scroll", onScroll, { signal, capture: true, passive: true });
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
